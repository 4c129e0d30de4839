import pytest

from reference_impl.directory.population import (
    PASSWORD,
    PopulationError,
    default_population,
    population_of,
    read_population,
)
from reference_impl.domain.mailbox import BookingPolicy, BusinessCard, MailboxKind, WorkingHours
from reference_impl.domain.permissions import Level
from reference_impl.domain.rooms import BookingKind
from reference_impl.service import directory
from reference_impl.service.world import World
from reference_impl.store.store import open_store


@pytest.fixture
def world():
    made = World(store=open_store())
    made.store.populate(default_population(), made.ids, made.clock.now())
    yield made
    made.store.close()


def test_the_default_people_are_always_the_same():
    people = default_population()
    assert [person.address for person in people] == [
        "organizer0@example.com",
        *(f"attendee{number}@example.com" for number in range(10)),
        "room0@example.com",
        "list0@example.com",
        "AlexW@contoso.com",
        "AdeleV@contoso.com",
    ]
    assert people == default_population()
    assert len({person.id for person in people}) == len(people)
    by_address = {person.address: person for person in people}
    assert by_address["room0@example.com"].kind is MailboxKind.ROOM
    assert by_address["room0@example.com"].person.name == "room0@example.com"
    assert by_address["list0@example.com"].members == tuple(f"attendee{number}@example.com" for number in range(5))
    assert by_address["AlexW@contoso.com"].time_zone == "Pacific Standard Time"
    assert by_address["AlexW@contoso.com"].person.name == "Alex Wilber"
    assert by_address["attendee3@example.com"].person.name == "Attendee 3"
    assert [person.address for person in people if person.may_impersonate] == ["organizer0@example.com"]


def test_people_are_found_by_address_in_any_case_and_by_id(world):
    found = directory.find_mailbox(world, " ALEXW@Contoso.com ")
    assert found.address == "AlexW@contoso.com"
    assert directory.mailbox_by_id(world, found.id) == found
    assert directory.mailbox_by_id(world, "nobody") is None
    assert directory.find_mailbox(world, "nobody@example.com") is None
    assert directory.people(world) == default_population()


def test_only_the_right_password_lets_in(world):
    assert directory.authenticate(world, "attendee0@example.com", PASSWORD).address == "attendee0@example.com"
    for address, password in (
        ("attendee0@example.com", "wrong"),
        ("attendee0@example.com", ""),
        ("attendee0@example.com", "Ünïcode"),
        ("nobody@example.com", PASSWORD),
        ("nobody@example.com", ""),
        ("list0@example.com", ""),
        ("list0@example.com", PASSWORD),
    ):
        assert directory.authenticate(world, address, password) is None


def test_a_file_describes_people_rooms_and_lists(tmp_path):
    path = tmp_path / "people.toml"
    path.write_text(
        """
        [[mailbox]]
        address = "anna@example.org"
        name = "Anna"
        password = "secret"
        time_zone = "Europe/Berlin"
        working_days = ["monday", "Friday"]
        working_from = "07:30"
        working_until = "16:00"
        default_access = "none"
        access = { "Bert@example.org" = "full" }
        may_impersonate = true

        [[mailbox]]
        address = "room@example.org"
        kind = "room"
        auto_accept = true
        booking = { window_days = 30, allow_conflicts = true }

        [[mailbox]]
        address = "all@example.org"
        kind = "list"
        members = ["anna@example.org"]
        """
    )
    anna, room, everybody = read_population(path)
    assert (anna.person.name, anna.password, anna.time_zone) == ("Anna", "secret", "W. Europe Standard Time")
    assert anna.working_hours == WorkingHours(frozenset({0, 4}), 450, 960)
    assert anna.default_access is Level.NONE
    assert anna.access == (("bert@example.org", Level.REVIEWER),)
    assert anna.may_impersonate
    assert room.booking == BookingPolicy(window_days=30, allow_conflicts=True)
    assert (room.kind, room.auto_accept, room.password, room.person.name) == (
        MailboxKind.ROOM,
        True,
        PASSWORD,
        "room",
    )
    assert (everybody.kind, everybody.members, everybody.password) == (MailboxKind.LIST, ("anna@example.org",), "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "expected [[mailbox]] tables, and [[application]] and [tenant] if any, got nothing"),
        ("[mailbox]\naddress = 'a@b'", "[[mailbox]]"),
        ("mailbox = [1]", "expected a table, got 1"),
        ("x = 1\n[[mailbox]]\naddress = 'a@b'", "got mailbox, x"),
        ("[[mailbox]]\nname = 'x'", "address must be an SMTP address"),
        ("[[mailbox]]\naddress = 'a@b'\nname = 1", "name must be a text, got 1"),
        (
            "[[mailbox]]\naddress = 'a@b'\nkind = 'robot'",
            "kind must be one of user, room, equipment, list, got 'robot'",
        ),
        ("[[mailbox]]\naddress = 'a@b'\ntime_zone = 'Mars'", "time_zone must be a Windows or IANA zone name"),
        ("[[mailbox]]\naddress = 'a@b'\nworking_days = ['Caturday']", "working_days must be names of days"),
        ("[[mailbox]]\naddress = 'a@b'\nworking_days = 'monday'", "working_days must be a list of texts"),
        ("[[mailbox]]\naddress = 'a@b'\nworking_from = '25:00'", "working_from must be a time"),
        ("[[mailbox]]\naddress = 'a@b'\nworking_from = 8", "working_from must be a time"),
        ("[[mailbox]]\naddress = 'a@b'\nworking_from = '18:00'", "working_until must be later"),
        ("[[mailbox]]\naddress = 'a@b'\naccess = 'full'", "access must be a table"),
        ("[[mailbox]]\naddress = 'a@b'\naccess = {x = 'much'}", "got 'much'"),
        ("[[mailbox]]\naddress = 'a@b'\nauto_accept = 'yes'", "auto_accept must be true or false"),
        ("[[mailbox]]\naddress = 'a@b'\nbooking = 'yes'", "booking must be a table"),
        ("[[mailbox]]\naddress = 'a@b'\nbooking = { window = 3 }", "booking must be a table of window_days"),
        ("[[mailbox]]\naddress = 'a@b'\nbooking = { window_days = true }", "booking.window_days must be a whole"),
        ("[[mailbox]]\naddress = 'a@b'\nbooking = { window_days = -1 }", "booking.window_days must be a whole"),
        ("[[mailbox]]\naddress = 'a@b'\nbooking = { allow_conflicts = 1 }", "allow_conflicts must be true or false"),
        ("[[mailbox]]\naddress = 'a@b'\nmembers = ['c@d']", "a user has no members"),
        ("[[mailbox]]\naddress = 'a@b'\nroom_list = true", "a user lists no rooms"),
        ("[[mailbox]]\naddress = 'a@b'\nroom_list = 1", "room_list must be true or false"),
        ("[[mailbox]]\naddress = 'a@b'\noffice = 7", "office must be a text, got 7"),
        ("[[mailbox]]\naddress = 'a@b'\nadress = 'c@d'", "unknown adress"),
        ("[[mailbox]]\naddress = 'a@b'\n[[mailbox]]\naddress = 'A@B'", "described twice"),
        ("[[mailbox", "is not TOML"),
    ],
)
def test_a_faulty_file_is_refused_with_the_reason_and_the_place(tmp_path, text, words):
    path = tmp_path / "people.toml"
    path.write_text(text)
    with pytest.raises(PopulationError) as refusal:
        read_population(path)
    assert words in str(refusal.value)
    assert "people.toml" in str(refusal.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(PopulationError, match="cannot be read"):
        read_population(tmp_path / "absent.toml")


def test_a_file_says_what_an_address_book_does(tmp_path):
    path = tmp_path / "people.toml"
    path.write_text(
        """
        [[mailbox]]
        address = "anna@example.org"
        given_name = "Anna"
        surname = "Berg"
        alias = "aberg"
        office = "3/14"
        business_phone = "+45 1"
        hidden = true

        [[mailbox]]
        address = "rooms@example.org"
        kind = "list"
        room_list = true
        """
    )
    anna, rooms = read_population(path)
    assert anna.card == BusinessCard("Anna", "Berg", "aberg", office="3/14", business_phone="+45 1")
    assert (anna.alias, anna.is_hidden, anna.is_room_list) == ("aberg", True, False)
    assert (rooms.alias, rooms.is_hidden, rooms.is_room_list) == ("rooms", False, True)
    assert anna.distinguished_name != rooms.distinguished_name


ROOM = {"address": "room@example.com", "kind": "room"}


def test_a_room_is_described():
    facts = {"capacity": 8, "tags": ["quiet"], "booking": "standard", "address": {"city": "Oslo", "latitude": 60}}
    (room,) = population_of([{**ROOM, "room": facts}], "test")
    assert (room.room.capacity, room.room.tags, room.room.booking) == (8, ("quiet",), BookingKind.STANDARD)
    assert room.room.address is not None
    assert (room.room.address.city, room.room.address.latitude) == ("Oslo", 60)


@pytest.mark.parametrize(
    "facts",
    [
        "large",
        {"capacity": "eight"},
        {"capacity": True},
        {"tags": "quiet"},
        {"booking": "never"},
        {"address": "Oslo"},
        {"address": {"planet": "Mars"}},
        {"address": {"city": 7}},
        {"windows": 4},
    ],
)
def test_a_room_that_is_described_wrongly_is_refused(facts):
    with pytest.raises(PopulationError, match=r"test, mailbox 1: room"):
        population_of([{**ROOM, "room": facts}], "test")


def test_only_rooms_and_lists_are_places():
    with pytest.raises(PopulationError, match="no place"):
        population_of([{"address": "a@example.com", "room": {"capacity": 1}}], "test")
