"""People, calendars, settings and zones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from reference_impl.domain.items import TimeSlot
from reference_impl.domain.mailbox import BusinessCard, Mailbox, Person
from reference_impl.domain.oof import ExternalAudience, OofSettings, OofState, ReplyText
from reference_impl.graph.fields.field import V1, View
from reference_impl.graph.fields.person import USER
from reference_impl.graph.odata.selecting import Selection
from reference_impl.graph.prefer import Preferences
from reference_impl.service.out_of_office import set_oof_settings


def test_me_is_the_signed_in_person(office):
    me = office.alex.get("/v1.0/me")
    assert (me["displayName"], me["mail"], me["userPrincipalName"]) == (
        "Alex Wilber",
        "AlexW@contoso.com",
        "AlexW@contoso.com",
    )
    assert me["@odata.context"] == "http://server.test:8080/v1.0/$metadata#users/$entity"
    chosen = office.alex.get("/v1.0/me?$select=displayName,id")
    assert set(chosen.json) == {"@odata.context", "displayName", "id"}


def test_a_person_has_what_the_address_book_says():
    card = BusinessCard("Anna", "Berg", job_title="Clerk", office="3/14", business_phone="+45 1", mobile_phone="+45 2")
    anna = Mailbox(id="1", person=Person("anna@example.com", "Anna"), card=card)
    shown = USER.show(anna, View(V1, Preferences()), Selection())
    assert {name: shown[name] for name in ("givenName", "surname", "jobTitle", "officeLocation", "mobilePhone")} == {
        "givenName": "Anna",
        "surname": "Berg",
        "jobTitle": "Clerk",
        "officeLocation": "3/14",
        "mobilePhone": "+45 2",
    }
    assert shown["businessPhones"] == ["+45 1"]


def test_there_is_one_calendar_and_it_is_the_default(office):
    (calendar,) = office.alex.get("/v1.0/me/calendars")["value"]
    assert calendar["isDefaultCalendar"] is True
    assert (calendar["canEdit"], calendar["canShare"], calendar["canViewPrivateItems"]) == (True, True, True)
    assert calendar["owner"] == {"name": "Alex Wilber", "address": "AlexW@contoso.com"}
    one = office.alex.get("/v1.0/me/calendar").json
    other = office.alex.get(f"/v1.0/me/calendars/{calendar['id']}").json
    assert {name: one[name] for name in calendar} == calendar == {name: other[name] for name in calendar}
    assert set(office.alex.get("/v1.0/me/calendar?$select=name").json) == {"@odata.context", "id", "name"}


def test_the_settings_come_whole_or_one_by_one(office):
    whole = office.alex.get("/v1.0/me/mailboxSettings")
    assert whole["timeZone"] == "Pacific Standard Time"
    assert whole["workingHours"] == {
        "daysOfWeek": ["monday", "tuesday", "wednesday", "thursday", "friday"],
        "startTime": "08:00:00.0000000",
        "endTime": "17:00:00.0000000",
        "timeZone": {"name": "Pacific Standard Time"},
    }
    assert whole["automaticRepliesSetting"]["status"] == "disabled"
    for name in set(whole.json) - {"@odata.context"}:
        one = office.alex.get(f"/v1.0/me/mailboxSettings/{name}")
        members = {key: value for key, value in one.json.items() if key != "@odata.context"}
        assert members == (whole[name] if isinstance(whole[name], dict) else {"value": whole[name]})
        assert one["@odata.context"].endswith(f"/mailboxSettings/{name}")
    assert office.caller("room0@example.com").get("/v1.0/me/mailboxSettings")["userPurpose"] == "room"


def test_an_absence_is_the_one_that_the_mailbox_announced(office):
    start = datetime(2026, 2, 1, tzinfo=UTC)
    absence = OofSettings(
        state=OofState.SCHEDULED,
        audience=ExternalAudience.KNOWN,
        slot=TimeSlot(start, start + timedelta(days=7)),
        internal=ReplyText("Inside"),
        external=ReplyText("<p>Outside</p>"),
    )
    set_oof_settings(office.world, office.alex.actor, absence)
    told = office.alex.get("/v1.0/me/mailboxSettings/automaticRepliesSetting", prefer='outlook.timezone="Asia/Tokyo"')
    assert {name: value for name, value in told.json.items() if name != "@odata.context"} == {
        "status": "scheduled",
        "externalAudience": "contactsOnly",
        "internalReplyMessage": "Inside",
        "externalReplyMessage": "<p>Outside</p>",
        "scheduledStartDateTime": {"dateTime": "2026-02-01T00:00:00.0000000", "timeZone": "UTC"},
        "scheduledEndDateTime": {"dateTime": "2026-02-08T00:00:00.0000000", "timeZone": "UTC"},
    }
    set_oof_settings(office.world, office.alex.actor, OofSettings(audience=ExternalAudience.ALL))
    assert office.alex.get("/v1.0/me/mailboxSettings")["automaticRepliesSetting"]["status"] == "disabled"


def test_an_automatic_reply_is_plain_mail(office, lunch):
    absence = OofSettings(state=OofState.ENABLED, internal=ReplyText("Away."), external=ReplyText("Away."))
    set_oof_settings(office.world, office.adele.actor, absence)
    office.alex.post("/v1.0/me/events", lunch)
    (reply,) = office.alex.get("/v1.0/me/mailFolders/inbox/messages")["value"]
    assert "@odata.type" not in reply
    assert (reply["subject"], reply["bodyPreview"]) == ("Automatic reply: Lunch", "Away.")


def test_zones_are_listed_by_windows_name_or_by_iana_name(office):
    windows = {zone["alias"] for zone in office.alex.get("/v1.0/me/outlook/supportedTimeZones")["value"]}
    assert {"UTC", "Pacific Standard Time"} <= windows
    assert "Europe/Berlin" not in windows
    standard = "microsoft.graph.timeZoneStandard"
    iana = office.alex.get(f"/v1.0/me/outlook/supportedTimeZones(TimeZoneStandard={standard}'Iana')")
    assert {"Europe/Berlin", "Asia/Tokyo"} <= {zone["alias"] for zone in iana["value"]}
    again = office.alex.get(f"/v1.0/me/outlook/supportedTimeZones(TimeZoneStandard={standard}'Windows')")
    assert {zone["alias"] for zone in again["value"]} == windows
    wrong = office.alex.get(f"/v1.0/me/outlook/supportedTimeZones(TimeZoneStandard={standard}'Mars')")
    assert (wrong.status, wrong.code) == (400, "ErrorInvalidParameter")


@pytest.mark.parametrize("standard", ["Windows", "Iana"])
def test_every_zone_listed_is_understood(office, standard):
    target = f"/v1.0/me/outlook/supportedTimeZones(TimeZoneStandard=microsoft.graph.timeZoneStandard'{standard}')"
    for zone in office.alex.get(target)["value"]:
        answer = office.alex.get("/v1.0/me/events?$top=1", prefer=f'outlook.timezone="{zone["alias"]}"')
        assert answer.status == 200
