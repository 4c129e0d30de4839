"""Rooms and lists of rooms, and the people of the directory."""

from __future__ import annotations

import pytest

from reference_impl.directory.population import default_population, population_of
from reference_impl.domain.copying import replace
from reference_impl.domain.mailbox import BusinessCard
from reference_impl.http import HttpRequest

ROOMS = "/v1.0/places/microsoft.graph.room"
LISTS = "/v1.0/places/microsoft.graph.roomlist"
FACTS = {
    "capacity": 12,
    "building": "North",
    "floor_number": 3,
    "tags": ["quiet", "view"],
    "booking": "reserved",
    "is_wheelchair_accessible": True,
    "address": {"city": "Bergen", "latitude": 60.4},
}
TABLES = [
    {"address": "fjord@example.com", "name": "Fjord", "kind": "room", "room": FACTS},
    {"address": "attic@example.com", "name": "Attic", "kind": "room", "room": {"capacity": 2, "building": "South"}},
    {"address": "secret@example.com", "name": "Secret", "kind": "room", "hidden": True},
    {
        "address": "north@example.com",
        "name": "Rooms of the North",
        "kind": "list",
        "room_list": True,
        "members": ["fjord@example.com", "secret@example.com"],
    },
]


@pytest.fixture
def house(office):
    """The default office with a few rooms more."""
    mailboxes = (*default_population(), *population_of(TABLES, "tables"))
    office.world.store.populate(mailboxes, office.world.ids, office.world.clock.now())
    return office


def request(house, target: str) -> HttpRequest:
    return HttpRequest(method="GET", path=target, actor=house.alex.actor, scopes=frozenset({"*"}))


def names(caller, target: str) -> list[str]:
    return [place["displayName"] for place in caller.get(target)["value"]]


def test_a_room_tells_its_facts(house):
    (fjord,) = house.alex.get(f"{ROOMS}?$filter=displayName eq 'fjord'")["value"]
    assert {name: value for name, value in fjord.items() if name != "id"} == {
        "displayName": "Fjord",
        "emailAddress": "fjord@example.com",
        "address": {"street": None, "city": "Bergen", "state": None, "countryOrRegion": None, "postalCode": None},
        "geoCoordinates": {
            "altitude": None,
            "latitude": 60.4,
            "longitude": None,
            "accuracy": None,
            "altitudeAccuracy": None,
        },
        "phone": None,
        "nickname": None,
        "label": None,
        "capacity": 12,
        "building": "North",
        "floorLabel": None,
        "floorNumber": 3,
        "bookingType": "reserved",
        "audioDeviceName": None,
        "videoDeviceName": None,
        "displayDeviceName": None,
        "isWheelChairAccessible": True,
        "tags": ["quiet", "view"],
    }


def test_rooms_and_lists_of_rooms_are_listed_without_hidden_ones(house):
    assert names(house.alex, ROOMS) == ["room0@example.com", "Fjord", "Attic"]
    assert names(house.alex, LISTS) == ["Rooms of the North"]
    (north,) = house.alex.get(LISTS)["value"]
    assert set(north) == {"id", "displayName", "emailAddress", "address", "geoCoordinates", "phone"}
    for key in (north["id"], "north@example.com"):
        assert names(house.alex, f"/v1.0/places/{key}/microsoft.graph.roomlist/rooms") == ["Fjord"]


def test_types_may_be_named_by_the_alias_of_their_namespace(house):
    for target in (ROOMS, LISTS, "/v1.0/places/north@example.com/microsoft.graph.roomlist/rooms"):
        short = target.replace("microsoft.graph.", "Graph.")
        assert house.endpoint.answer(request(house, short)).status == 200
    assert b'Alias="graph"' in house.alex.get("/v1.0/$metadata").body


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("$filter=capacity ge 2", ["Fjord", "Attic"]),
        ("$filter=capacity eq null", ["room0@example.com"]),
        ("$filter=building eq 'north' and isWheelChairAccessible eq true", ["Fjord"]),
        ("$filter=address/city eq 'Bergen'", ["Fjord"]),
        ("$filter=tags/any(t:t eq 'quiet')", ["Fjord"]),
        ("$filter=bookingType eq 'reserved'", ["Fjord"]),
        ("$filter=startswith(displayName,'a')", ["Attic"]),
        ("$top=1&$skip=1", ["Fjord"]),
    ],
)
def test_rooms_are_filtered_and_paged(house, query, found):
    assert names(house.alex, f"{ROOMS}?{query}") == found


def test_counts_and_members_are_chosen(house):
    page = house.alex.get(f"{ROOMS}?$count=true&$top=1&$select=capacity")
    assert page["@odata.count"] == 3
    assert set(page["value"][0]) == {"id", "capacity"}
    assert "$skip=1" in page["@odata.nextLink"]


@pytest.mark.requirement("GRAPH-MBX-010")
def test_a_page_has_a_hundred_places(house):
    many = [{"address": f"cell{n}@example.com", "name": f"Cell {n}", "kind": "room"} for n in range(101)]
    lists = [{"address": f"l{n}@example.com", "kind": "list", "room_list": True} for n in range(101)]
    mailboxes = population_of([*many, *lists], "tables")
    house.world.store.populate(mailboxes, house.world.ids, house.world.clock.now())
    for target in (ROOMS, LISTS):
        page = house.alex.get(target)
        assert len(page["value"]) == 100
        assert "$skip=100" in page["@odata.nextLink"]


def test_a_place_is_known_by_id_and_by_address_and_tells_its_type(house):
    fjord = house.alex.get("/v1.0/places/fjord@example.com")
    assert fjord["@odata.type"] == "#microsoft.graph.room"
    for key in (fjord["id"], fjord["id"].upper(), "FJORD@example.com"):
        assert house.alex.get(f"/v1.0/places/{key}")["displayName"] == "Fjord"
    assert house.alex.get("/v1.0/places/north@example.com")["@odata.type"] == "#microsoft.graph.roomList"
    chosen = house.alex.get("/v1.0/places/fjord@example.com?$select=capacity")
    assert set(chosen.json) == {"@odata.context", "@odata.type", "id", "capacity"}


@pytest.mark.parametrize(
    "target",
    [
        "/v1.0/places/nobody@example.com",
        "/v1.0/places/AlexW@contoso.com",
        "/v1.0/places/list0@example.com",
        "/v1.0/places/secret@example.com",
        "/v1.0/places/00000000-0000-0000-0000-000000000000",
        "/v1.0/places/fjord@example.com/microsoft.graph.roomlist/rooms",
    ],
)
def test_what_is_no_place_is_not_found(house, target):
    answer = house.alex.get(target)
    assert (answer.status, answer.code) == (404, "ResourceNotFound")


CHANGES = {
    "capacity": 20,
    "nickname": "The big one",
    "label": "3.14",
    "building": None,
    "floorLabel": "three",
    "floorNumber": -1,
    "audioDeviceName": "Speaker",
    "videoDeviceName": "Camera",
    "displayDeviceName": "Screen",
    "isWheelChairAccessible": False,
    "tags": ["loud"],
    "phone": "+47 1",
    "address": {"street": "Strandgaten 1", "city": "Oslo", "state": None, "countryOrRegion": "NO", "postalCode": "1"},
    "geoCoordinates": {
        "latitude": 59.9,
        "longitude": 10.75,
        "altitude": 1.5,
        "accuracy": None,
        "altitudeAccuracy": None,
    },
}


@pytest.mark.parametrize("member", CHANGES)
def test_only_the_members_sent_are_changed(house, member):
    before = house.alex.get("/v1.0/places/fjord@example.com").json
    body = {"@odata.type": "microsoft.graph.room", member: CHANGES[member]}
    changed = house.alex.patch("/v1.0/places/fjord@example.com", body)
    assert changed.json == {**before, member: CHANGES[member]}
    assert house.alex.get("/v1.0/places/fjord@example.com").json == changed.json


def test_changes_outlast_a_new_reading_of_the_population(house):
    changed = house.alex.patch("/v1.0/places/fjord@example.com", CHANGES)
    assert changed.status == 200
    mailboxes = population_of(TABLES, "tables")
    house.world.store.populate(mailboxes, house.world.ids, house.world.clock.now())
    assert house.alex.get("/v1.0/places/fjord@example.com").json == changed.json


def test_names_and_addresses_of_places_are_ignored_in_changes(house):
    body = {"displayName": "Other", "emailAddress": "x@y.z", "id": "1", "bookingType": "standard"}
    changed = house.alex.patch("/v1.0/places/fjord@example.com", body)
    assert (changed["displayName"], changed["bookingType"]) == ("Fjord", "reserved")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"capacity": -1}, 400, "RequestBodyRead"),
        ({"capacity": "many"}, 400, "RequestBodyRead"),
        ({"tags": [1]}, 400, "RequestBodyRead"),
        ({"windows": 4}, 400, "RequestBodyRead"),
        ({"address": {"planet": "Mars"}}, 400, "RequestBodyRead"),
    ],
)
def test_changes_that_cannot_be_are_refused(house, body, status, code):
    before = house.world.store.snapshot()
    answer = house.alex.patch("/v1.0/places/fjord@example.com", body)
    assert (answer.status, answer.code) == (status, code)
    assert house.world.store.snapshot() == before


def test_places_need_their_permissions(house):
    reader = house.caller("AlexW@contoso.com", scopes=frozenset({"Place.Read.All"}))
    assert reader.get(ROOMS).status == 200
    assert reader.patch("/v1.0/places/fjord@example.com", {}).status == 403
    assert house.caller("AlexW@contoso.com", scopes=frozenset({"Calendars.Read"})).get(ROOMS).status == 403
    application = house.caller("organizer0@example.com", application=True, scopes=frozenset({"Place.Read.All"}))
    assert application.get(LISTS).status == 200


def test_answers_about_places_are_whole(house, see_damage):
    house.alex.patch("/v1.0/places/fjord@example.com", CHANGES)
    assert see_damage(
        [
            ("room.schema.json#/$defs/collection", house.alex.get(ROOMS).json),
            ("room.schema.json#/$defs/entity", house.alex.get("/v1.0/places/fjord@example.com").json),
            ("roomList.schema.json#/$defs/collection", house.alex.get(LISTS).json),
            ("place.schema.json#/$defs/entity", house.alex.get("/v1.0/places/north@example.com").json),
        ]
    )


def test_users_are_listed_without_lists_and_hidden_ones(house):
    shown = names(house.alex, "/v1.0/users")
    assert {"Alex Wilber", "Adele Vance", "Fjord"} <= set(shown)
    assert not {"List 0", "Secret", "Rooms of the North"} & set(shown)
    found = house.alex.get("/v1.0/users?$filter=mail eq 'adelev@contoso.com'&$select=displayName,mail")
    assert found["value"] == [{"displayName": "Adele Vance", "mail": "AdeleV@contoso.com"}]
    assert names(house.alex, "/v1.0/users?$filter=startswith(displayName,'attendee')&$top=2") == [
        "Attendee 0",
        "Attendee 1",
    ]
    by_title = house.alex.get("/v1.0/users?$orderby=jobTitle,displayName desc&$top=1")["value"]
    assert by_title[0]["displayName"] == "room0@example.com"
    reader = house.caller("AlexW@contoso.com", scopes=frozenset({"User.Read"}))
    assert reader.get("/v1.0/users").status == 403


def test_some_members_of_a_user_are_told_when_they_are_asked_for(office):
    card = BusinessCard(department="Sales", company="Contoso", alias="al")
    alex = replace(office.alex.actor, card=card)
    office.world.store.populate([alex], office.world.ids, office.world.clock.now())
    wanted = "department,companyName,mailNickname,userType,accountEnabled,proxyAddresses"
    assert not set(wanted.split(",")) & set(office.alex.get("/v1.0/me").json)
    told = office.alex.get(f"/v1.0/me?$select={wanted}").json
    assert {name: value for name, value in told.items() if "@" not in name} == {
        "department": "Sales",
        "companyName": "Contoso",
        "mailNickname": "al",
        "userType": "Member",
        "accountEnabled": True,
        "proxyAddresses": ["SMTP:AlexW@contoso.com"],
    }
    answer = office.alex.get("/v1.0/me?$select=shoeSize")
    assert (answer.status, answer.code) == (400, "BadRequest")
