"""exchangelib, unmodified, asks who is who, and tells who is away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from exchangelib import (
    BASIC,
    DELEGATE,
    UTC,
    Account,
    Configuration,
    Credentials,
    EWSDateTime,
    EWSTimeZone,
    Message,
    OofSettings,
)
from exchangelib.errors import ErrorItemNotFound, ErrorNameResolutionNoResults

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.meetproof(
        mailboxes=[
            {"address": "anna@example.com", "name": "Anna Berg", "given_name": "Anna", "surname": "Berg"},
            {"address": "bo@example.com", "name": "Bo Berg"},
            {"address": "room1@example.com", "name": "Room One", "kind": "room"},
            {"address": "rooms@example.com", "name": "Rooms", "kind": "list", "room_list": True}
            | {"members": ["room1@example.com"]},
            {"address": "all@example.com", "name": "Everybody", "kind": "list"}
            | {"members": ["anna@example.com", "bo@example.com", "rooms@example.com"]},
        ]
    ),
]


def opened(server, address):
    config = Configuration(
        service_endpoint=server.ews_url, credentials=Credentials(address, server.password), auth_type=BASIC
    )
    account = Account(address, config=config, autodiscover=False, access_type=DELEGATE)
    assert account.protocol.version.api_version.startswith("Exchange20")  # guessed, before anything else is asked
    return account


@pytest.fixture
def anna(meetproof_server):
    account = opened(meetproof_server, "anna@example.com")
    yield account
    account.protocol.close()


def test_names_are_resolved(anna):
    (bo,) = anna.protocol.resolve_names(["bo"])
    assert (bo.name, bo.email_address, bo.mailbox_type) == ("Bo Berg", "bo@example.com", "Mailbox")
    assert [found.email_address for found in anna.protocol.resolve_names(["Berg"])] == [
        "anna@example.com",
        "bo@example.com",
    ]
    assert [type(found) for found in anna.protocol.resolve_names(["nobody"])] == [ErrorNameResolutionNoResults]


def test_names_are_resolved_with_their_contacts(anna):
    ((mailbox, contact),) = anna.protocol.resolve_names(["anna"], return_full_contact_data=True, shape="AllProperties")
    assert mailbox.email_address == "anna@example.com"
    assert (contact.display_name, contact.given_name, contact.surname) == ("Anna Berg", "Anna", "Berg")
    assert [entry.email for entry in contact.email_addresses] == ["SMTP:anna@example.com"]


def test_a_list_is_opened(anna):
    members = anna.protocol.expand_dl("all@example.com")
    assert [(member.email_address, member.mailbox_type) for member in members] == [
        ("anna@example.com", "Mailbox"),
        ("bo@example.com", "Mailbox"),
        ("rooms@example.com", "PublicDL"),
    ]


def test_rooms_are_found_by_their_lists(anna):
    (found,) = anna.protocol.get_roomlists()
    assert (found.name, found.email_address) == ("Rooms", "rooms@example.com")
    (room,) = anna.protocol.get_rooms("rooms@example.com")
    assert (room.name, room.email_address) == ("Room One", "room1@example.com")


def test_an_absence_is_announced_and_ended(anna):
    assert anna.oof_settings.state == OofSettings.DISABLED
    start = EWSDateTime.now(tz=UTC).replace(microsecond=0) + timedelta(days=1)
    anna.oof_settings = OofSettings(
        state=OofSettings.SCHEDULED,
        external_audience="Known",
        start=start,
        end=start + timedelta(days=7),
        internal_reply="Back next week.",
        external_reply="Away.",
    )
    found = anna.oof_settings
    assert (found.state, found.external_audience) == (OofSettings.SCHEDULED, "Known")
    assert (found.start, found.end) == (start, start + timedelta(days=7))
    assert (found.internal_reply, found.external_reply) == ("Back next week.", "Away.")
    anna.oof_settings = OofSettings(state=OofSettings.DISABLED)
    assert anna.oof_settings.state == OofSettings.DISABLED


def test_whoever_writes_to_somebody_away_gets_a_reply(anna, meetproof_server):
    anna.oof_settings = OofSettings(state=OofSettings.ENABLED, internal_reply="Away.", external_reply="Away.")
    bo = opened(meetproof_server, "bo@example.com")
    Message(account=bo, subject="Numbers", body="Please.", to_recipients=["anna@example.com"]).send()
    (reply,) = bo.inbox.all()
    assert (reply.subject, reply.body, reply.item_class) == (
        "Automatic reply: Numbers",
        "Away.",
        "IPM.Note.Rules.OofTemplate.Microsoft",
    )
    bo.protocol.close()


@pytest.mark.parametrize(("year", "month"), [(2006, 4), (2007, 3), (2026, 3)], ids=["before", "with", "long after"])
def test_the_rules_of_a_zone_are_those_of_a_year(anna, year, month):
    zone = EWSTimeZone.from_ms_id("Pacific Standard Time")
    (definition,) = anna.protocol.get_timezones(timezones=[zone], return_full_timezone_data=True)
    standard, daylight, period = definition.get_std_and_dst(for_year=year)
    assert (period.bias_in_minutes, standard.bias, daylight.bias) == (480, 0, -60)
    assert daylight.iso_month == month


def test_every_zone_can_be_told_by_standard_and_daylight_time(anna):
    definitions = list(anna.protocol.get_timezones(return_full_timezone_data=True))
    assert len(definitions) > 100
    for definition in definitions:
        for year in (1999, 2010, 2014, 2026, 2040):
            _, _, period = definition.get_std_and_dst(for_year=year)
            assert period.name == "Standard", definition.id


def test_the_options_of_the_web_client_are_read(anna):
    options = anna.root.get_user_configuration(name="OWA.UserOptions")
    assert options.dictionary == {"timezone": "UTC"}
    with pytest.raises(ErrorItemNotFound):
        anna.calendar.get_user_configuration(name="OWA.UserOptions")
