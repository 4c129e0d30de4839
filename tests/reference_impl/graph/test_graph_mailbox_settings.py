"""The owner's settings, and the lists of categories, zones and languages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from reference_impl.directory.population import default_population
from reference_impl.domain.delegation import MeetingDelivery
from reference_impl.domain.mailbox import WorkingHours
from reference_impl.domain.oof import ExternalAudience, OofState
from reference_impl.service import delegates
from reference_impl.service.out_of_office import oof_settings

SETTINGS = "/v1.0/me/mailboxSettings"
NINE_TO_FIVE = {
    "daysOfWeek": ["monday", "wednesday"],
    "startTime": "09:00:00.0000000",
    "endTime": "17:30:00.0000000",
    "timeZone": {"name": "Tokyo Standard Time"},
}
CUSTOM = {
    "@odata.type": "#microsoft.graph.customTimeZone",
    "name": "Customized Time Zone",
    "bias": -200,
    "standardOffset": {
        "time": "02:00:00.0000000",
        "dayOccurrence": 5,
        "dayOfWeek": "sunday",
        "month": 10,
        "year": 0,
    },
    "daylightOffset": {
        "daylightBias": 60,
        "time": "02:00:00.0000000",
        "dayOccurrence": 2,
        "dayOfWeek": "sunday",
        "month": 3,
        "year": 0,
    },
}


def settings(caller) -> dict:
    return {name: value for name, value in caller.get(SETTINGS).json.items() if name != "@odata.context"}


@pytest.mark.requirement("GRAPH-MBX-001")
def test_a_mailbox_has_settings_before_anybody_sets_them(office):
    told = settings(office.alex)
    assert (told["dateFormat"], told["timeFormat"], told["language"]["locale"]) == ("M/d/yyyy", "h:mm tt", "en-US")
    assert told["delegateMeetingMessageDeliveryOptions"] == "sendToDelegateOnly"
    assert told["automaticRepliesSetting"]["externalAudience"] == "none"
    assert {"timeZone", "workingHours", "userPurpose", "archiveFolder"} <= told.keys()


def test_settings_are_selected(office):
    told = office.alex.get(f"{SETTINGS}?$select=timeZone,DateFormat").json
    assert {name for name in told if "@" not in name} == {"timeZone", "dateFormat"}
    assert told["@odata.context"].endswith("/mailboxSettings(timeZone,dateFormat)")
    assert office.alex.get(f"{SETTINGS}?$select=mood").code == "BadRequest"


CHANGES = {
    "timeZone": "Europe/Berlin",
    "dateFormat": "dd.MM.yyyy",
    "timeFormat": "HH:mm",
    "workingHours": NINE_TO_FIVE,
    "delegateMeetingMessageDeliveryOptions": "sendToDelegateAndPrincipal",
    "language": {"locale": "de-DE", "displayName": "German (Germany)"},
    "automaticRepliesSetting": {
        "status": "scheduled",
        "externalAudience": "all",
        "internalReplyMessage": "Away",
        "externalReplyMessage": "<p>Away</p>",
        "scheduledStartDateTime": {"dateTime": "2026-02-01T00:00:00.0000000", "timeZone": "UTC"},
        "scheduledEndDateTime": {"dateTime": "2026-02-08T00:00:00.0000000", "timeZone": "UTC"},
    },
}


@pytest.mark.requirement("GRAPH-MBX-002")
@pytest.mark.parametrize("member", CHANGES)
def test_only_the_members_sent_are_changed_and_they_are_answered(office, member):
    before = settings(office.alex)
    answer = office.alex.patch(SETTINGS, {member: CHANGES[member]})
    assert {name: value for name, value in answer.json.items() if name != "@odata.context"} == {member: CHANGES[member]}
    assert settings(office.alex) == {**before, member: CHANGES[member]}
    assert settings(office.adele)[member] != CHANGES[member]
    assert office.alex.patch(SETTINGS, {}).status == 200


def test_what_an_owner_chose_outlasts_a_new_reading_of_the_population(office):
    office.alex.patch(SETTINGS, CHANGES)
    told = settings(office.alex)
    office.world.store.populate(default_population(), office.world.ids, office.world.clock.now())
    assert settings(office.alex) == told


def test_members_within_a_setting_are_changed_one_by_one(office):
    office.alex.patch(SETTINGS, CHANGES)
    hours = office.alex.patch(SETTINGS, {"workingHours": {"endTime": "18:00"}})["workingHours"]
    assert hours == {**NINE_TO_FIVE, "endTime": "18:00:00.0000000"}
    absence = {"scheduledEndDateTime": {"dateTime": "2026-02-09T09:00:00", "timeZone": "Tokyo Standard Time"}}
    told = office.alex.patch(SETTINGS, {"automaticRepliesSetting": absence})["automaticRepliesSetting"]
    assert told == {
        **CHANGES["automaticRepliesSetting"],
        "scheduledEndDateTime": {"dateTime": "2026-02-09T00:00:00.0000000", "timeZone": "UTC"},
    }
    assert office.alex.patch(SETTINGS, {"automaticRepliesSetting": {}})["automaticRepliesSetting"] == told


def test_hours_stay_with_their_clock_and_are_kept_to_the_minute(office):
    office.alex.patch(SETTINGS, {"workingHours": {"startTime": "07:15:40"}, "timeZone": "Tokyo Standard Time"})
    hours = settings(office.alex)["workingHours"]
    assert (hours["startTime"], hours["timeZone"]) == ("07:15:00.0000000", {"name": "Pacific Standard Time"})


def test_a_zone_of_ones_own_rules_comes_back(office):
    told = office.alex.patch(SETTINGS, {"workingHours": {"timeZone": CUSTOM}})["workingHours"]
    assert told["timeZone"] == CUSTOM
    still = {**CUSTOM, "standardOffset": None, "daylightOffset": None}
    zone = office.alex.patch(SETTINGS, {"workingHours": {"timeZone": still}})["workingHours"]["timeZone"]
    assert (zone["bias"], zone["daylightOffset"]["daylightBias"], zone["standardOffset"]["month"]) == (-200, 0, 0)
    known = office.alex.patch(SETTINGS, {"workingHours": {"timeZone": {"name": "UTC", "bias": None}}})
    assert known["workingHours"]["timeZone"] == {"name": "UTC"}


def test_an_absence_is_the_one_that_ews_tells(office):
    office.alex.patch(SETTINGS, CHANGES)
    absence = oof_settings(office.world, office.alex.actor)
    assert (absence.state, absence.audience) == (OofState.SCHEDULED, ExternalAudience.ALL)
    assert absence.slot is not None
    assert absence.slot.end == datetime(2026, 2, 8, tzinfo=UTC)
    assert absence.internal is not None
    assert absence.internal.content == "Away"


def test_an_absence_without_words_is_announced_to_nobody_outside(office, lunch):
    told = office.adele.patch(SETTINGS, {"automaticRepliesSetting": {"status": "AlwaysEnabled"}})
    assert told["automaticRepliesSetting"]["externalAudience"] == "none"
    office.alex.post("/v1.0/me/events", lunch)
    assert office.alex.get("/v1.0/me/mailFolders/inbox/messages")["value"] == []
    office.adele.patch(SETTINGS, {"automaticRepliesSetting": {"internalReplyMessage": "Back on Monday."}})
    office.alex.post("/v1.0/me/events", lunch)
    (reply,) = office.alex.get("/v1.0/me/mailFolders/inbox/messages")["value"]
    assert reply["bodyPreview"] == "Back on Monday."
    office.adele.patch(SETTINGS, {"automaticRepliesSetting": {"status": "disabled"}})
    office.alex.post("/v1.0/me/events", lunch)
    assert len(office.alex.get("/v1.0/me/mailFolders/inbox/messages")["value"]) == 1


@pytest.mark.parametrize(
    ("option", "delivery"),
    [
        ("sendToDelegateOnly", MeetingDelivery.DELEGATES_ONLY),
        ("sendToDelegateAndPrincipal", MeetingDelivery.DELEGATES_AND_ME),
        ("sendToDelegateAndInformationToPrincipal", MeetingDelivery.DELEGATES_AND_INFORM_ME),
    ],
)
def test_delivery_to_delegates_is_that_of_ews(office, option, delivery):
    delegates.deliver_meetings(office.world, office.alex.actor, MeetingDelivery.NO_FORWARD)
    assert settings(office.alex)["delegateMeetingMessageDeliveryOptions"] == "sendToDelegateAndPrincipal"
    office.alex.patch(SETTINGS, {"delegateMeetingMessageDeliveryOptions": option})
    assert delegates.delegation(office.world, office.alex.actor).delivery is delivery


def test_a_day_may_end_at_midnight(office):
    whole = WorkingHours(frozenset(range(7)), 0, 1440)
    with office.world.store.begin() as unit:
        unit.put_mailbox(office.alex.actor, {"working_hours": whole})
    assert settings(office.alex)["workingHours"]["endTime"] == "23:59:59.9999999"


def absence(**members) -> dict:
    return {"automaticRepliesSetting": members}


def moment(text: str, zone: str = "UTC") -> dict:
    return {"dateTime": text, "timeZone": zone}


WRONG = {
    "hours that end at their start": ({"workingHours": {"startTime": "17:00:00"}}, "ErrorInvalidTimeSettings"),
    "hours that end before": ({"workingHours": {"endTime": "07:00:00"}}, "ErrorInvalidTimeSettings"),
    "an unknown day": ({"workingHours": {"daysOfWeek": ["moonday"]}}, "InvalidArguments"),
    "an unknown zone of hours": ({"workingHours": {"timeZone": {"name": "Mars"}}}, "InvalidTimeZone"),
    "an unknown zone": ({"timeZone": "Mars"}, "InvalidTimeZone"),
    "no zone": ({"timeZone": ""}, "InvalidTimeZone"),
    "a definition in place of a zone": ({"timeZone": "{}"}, "InvalidTimeZone"),
    "a time of day that is none": ({"workingHours": {"startTime": "25:00:00"}}, "RequestBodyRead"),
    "days that are no list": ({"workingHours": {"daysOfWeek": "monday"}}, "RequestBodyRead"),
    "a language nobody speaks": ({"language": {"locale": "xx-YY"}}, "InvalidArguments"),
    "a format of no date": ({"dateFormat": "hh:mm"}, "InvalidArguments"),
    "a format of no time": ({"timeFormat": "yyyy"}, "InvalidArguments"),
    "an empty format": ({"timeFormat": ""}, "InvalidArguments"),
    "an unknown delivery": ({"delegateMeetingMessageDeliveryOptions": "toNobody"}, "RequestBodyRead"),
    "an unknown status": (absence(status="away"), "RequestBodyRead"),
    "a schedule without times": (absence(status="scheduled"), "ErrorInvalidScheduledOofDuration"),
    "half a schedule": (
        absence(scheduledStartDateTime=moment("2026-02-01T00:00:00")),
        "ErrorInvalidScheduledOofDuration",
    ),
    "a schedule that ends before it starts": (
        absence(
            status="scheduled",
            scheduledStartDateTime=moment("2026-02-02T00:00:00"),
            scheduledEndDateTime=moment("2026-02-01T00:00:00"),
        ),
        "ErrorInvalidScheduledOofDuration",
    ),
    "a schedule in an unknown zone": (
        absence(scheduledStartDateTime=moment("2026-02-02T00:00:00", "Mars")),
        "TimeZoneNotSupportedException",
    ),
    "a time that is none": (absence(scheduledStartDateTime=moment("soon")), "RequestBodyRead"),
    "a zone with one change": (
        {"workingHours": {"timeZone": {**CUSTOM, "daylightOffset": None}}},
        "InvalidTimeZone",
    ),
    "a zone that changes in one year": (
        {"workingHours": {"timeZone": {**CUSTOM, "standardOffset": {**CUSTOM["standardOffset"], "year": 2026}}}},
        "InvalidTimeZone",
    ),
    "a zone two days away": ({"workingHours": {"timeZone": {**CUSTOM, "bias": 2880}}}, "InvalidTimeZone"),
    "an unknown member": ({"mood": "good"}, "RequestBodyRead"),
    "null": ({"timeZone": None}, "RequestBodyRead"),
}


@pytest.mark.requirement("GRAPH-MBX-003", "GRAPH-MBX-004")
@pytest.mark.parametrize("name", WRONG)
def test_settings_that_cannot_be_are_refused_and_so_is_what_comes_with_them(office, name):
    body, code = WRONG[name]
    before = office.world.store.snapshot()
    answer = office.alex.patch(SETTINGS, {"dateFormat": "yyyy-MM-dd", **body})
    assert (answer.status, answer.code) == (400, code)
    assert office.world.store.snapshot() == before
    assert settings(office.alex)["dateFormat"] == "M/d/yyyy"


def test_what_is_only_told_is_ignored(office):
    told = settings(office.alex)
    assert office.alex.patch(SETTINGS, {"archiveFolder": "x", "userPurpose": "room"}).status == 200
    assert settings(office.alex) == told


def test_writing_needs_its_permission(office):
    reader = office.caller("AlexW@contoso.com", scopes=frozenset({"MailboxSettings.Read"}))
    assert reader.patch(SETTINGS, {"timeZone": "UTC"}).status == 403
    assert reader.post("/v1.0/me/outlook/masterCategories", {"displayName": "A"}).status == 403
    assert reader.get("/v1.0/me/outlook/masterCategories").status == 200


@pytest.mark.requirement("GRAPH-MBX-005")
def test_a_plain_setting_is_told_as_a_value(office):
    assert office.alex.get(f"{SETTINGS}/timeZone")["value"] == "Pacific Standard Time"
    assert office.alex.get(f"{SETTINGS}/language")["locale"] == "en-US"


@pytest.mark.requirement("GRAPH-MBX-006")
def test_zones_are_shown_by_their_offset_and_places(office):
    listed = office.alex.get("/v1.0/me/outlook/supportedTimeZones")["value"]
    shown = {zone["alias"]: zone["displayName"] for zone in listed}
    assert shown["Pacific Standard Time"] == "(UTC-08:00) Pacific Time (US & Canada)"
    assert shown["UTC"] == "(UTC) Coordinated Universal Time"
    iana = "supportedTimeZones(TimeZoneStandard=microsoft.graph.timeZoneStandard'Iana')"
    listed = office.alex.get(f"/v1.0/me/outlook/{iana}")["value"]
    shown = {zone["alias"]: zone["displayName"] for zone in listed}
    assert shown["America/Los_Angeles"] == "(UTC-08:00) Pacific Time (US & Canada)"
    assert shown["Antarctica/Troll"].startswith("(UTC+00:00) ")


def test_every_language_listed_can_be_chosen(office):
    listed = office.alex.get("/v1.0/me/outlook/supportedLanguages")["value"]
    assert {"locale": "en-US", "displayName": "English (United States)"} in listed
    assert len({language["locale"].casefold() for language in listed}) == len(listed)
    for language in listed:
        sent = {"language": {"locale": language["locale"].upper()}}
        assert office.alex.patch(SETTINGS, sent)["language"] == language


CATEGORIES = "/v1.0/me/outlook/masterCategories"


@pytest.mark.requirement("GRAPH-MBX-007")
def test_a_category_keeps_its_name_and_changes_its_colour(office):
    assert [each["displayName"] for each in office.alex.get(CATEGORIES)["value"]][:2] == [
        "Red category",
        "Orange category",
    ]
    made = office.alex.post(CATEGORIES, {"displayName": "Project", "color": "Preset24"})
    assert made.status == 201
    target = f"{CATEGORIES}/{made['id']}"
    changed = office.alex.patch(target, {"displayName": "Other", "color": "none"})
    assert (changed["displayName"], changed["color"]) == ("Project", "none")
    assert office.alex.get(target)["color"] == "none"
    assert office.alex.patch(target, {})["color"] == "none"
    found = office.alex.get(f"{CATEGORIES}?$filter=displayName eq 'project'&$select=color&$count=true")
    assert found["value"] == [{"id": made["id"], "color": "none"}]
    assert office.alex.delete(target).status == 204
    assert (office.alex.get(target).status, office.alex.get(target).code) == (404, "ErrorItemNotFound")
    assert len(office.alex.get(CATEGORIES)["value"]) == len(office.adele.get(CATEGORIES)["value"]) == 6


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "RequestBodyRead"),
        ({"displayName": " "}, 400, "ErrorInvalidRequest"),
        ({"displayName": "RED CATEGORY"}, 409, "ErrorItemSave"),
        ({"displayName": "A", "color": "preset25"}, 400, "RequestBodyRead"),
    ],
)
def test_a_category_that_cannot_be_is_refused(office, body, status, code):
    before = office.world.store.snapshot()
    answer = office.alex.post(CATEGORIES, body)
    assert (answer.status, answer.code) == (status, code)
    assert office.world.store.snapshot() == before
    assert office.alex.delete(f"{CATEGORIES}/nothing").status == 404


def test_answers_about_settings_are_whole(office, see_damage):
    root = "mailboxSettings.schema.json"
    changed = office.alex.patch(SETTINGS, {**CHANGES, "workingHours": {"timeZone": CUSTOM}})
    found = [
        (root, office.alex.get(SETTINGS).json),
        (f"{root}#/$defs/workingHours", office.alex.get(f"{SETTINGS}/workingHours").json),
        ("masterCategory.schema.json#/$defs/collection", office.alex.get(f"{CATEGORIES}?$top=1").json),
        ("masterCategory.schema.json#/$defs/entity", office.alex.post(CATEGORIES, {"displayName": "A"}).json),
    ]
    languages = office.alex.get("/v1.0/me/outlook/supportedLanguages").json
    found.append(("localeInfo.schema.json#/$defs/collection", {**languages, "value": languages["value"][:1]}))
    assert changed.status == 200
    assert see_damage(found)
