"""What belongs to which schema version: elements, operations and parts of requests, and one meeting seen by all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from conformance.actor import ews_requests as ask
from conformance.actor.ews_client import EwsAnswer, envelope
from conformance.actor.recurrence import Pattern, Recurrence
from conformance.actor.times import instant
from conformance.actor.views import Answer, MeetingRef
from conformance.actor.xml import Markup, Node, m, t
from conformance.catalogue import EWS_VERSIONS
from conformance.model.verdict import Verdict
from conformance.suites.case import EWS, case
from conformance.suites.ews.steps import entry_of, invited, tally
from conformance.suites.scene import Scene
from conformance.suites.stage import NotApplicable
from conformance.suites.steps import address, draft, first_listed, read_item, token, written
from conformance.suites.wire.snapshot import of_ews

SCENARIO = "version-gates"

# One version of each generation, and those with which single elements came.
ASKED = (
    "Exchange2007_SP1",
    "Exchange2010",
    "Exchange2010_SP2",
    "Exchange2013",
    "Exchange2013_SP1",
    "Exchange2016",
)
VERSION = pytest.mark.parametrize("version", ASKED)

Elements = Mapping[str, tuple[str, ...]]

# Elements that every meeting has, by the version with which they came; for all items, then for items of one kind.
COMMON: Elements = {
    "Exchange2010": ("IsAssociated", "ConversationId"),
    "Exchange2013": ("InstanceKey", "Preview"),
}
OF_TIME: Elements = {
    "Exchange2010": ("StartTimeZone", "EndTimeZone"),
    "Exchange2013": ("StartWallClock", "EndWallClock", "StartTimeZoneId", "EndTimeZoneId", "IsOrganizer"),
}
OF_NOTICE: Elements = {"Exchange2013": ("Start", "End", "Location", "CalendarItemType", "IsOrganizer")}
# The same, of elements that an item may have.
RARE: Elements = {
    "Exchange2010": ("WebClientReadFormQueryString", "WebClientEditFormQueryString", "UniqueBody"),
    "Exchange2010_SP2": ("StoreEntryId",),
    "Exchange2013": (
        "TextBody",
        "NormalizedBody",
        "Flag",
        "IconIndex",
        "EnhancedLocation",
        "JoinOnlineMeetingUrl",
        "OnlineMeetingSettings",
        "ChangeHighlights",
        "ReminderNextTime",
        "ProposedStart",
        "ProposedEnd",
        "HasBlockedImages",
        "NextPredictedAction",
        "GroupingAction",
    ),
    "Exchange2016": ("DisplayBcc", "InboxReminders", "CalendarActivityData"),
}


def _speak(scene: Scene, version: str) -> None:
    if not scene.speaks(version):
        raise NotApplicable(f"The server is not asked for {version}.")


def _since(version: str, *tables: Elements, known: bool) -> list[str]:
    """The elements of some tables that a version knows, or those that it does not know."""
    rank = EWS_VERSIONS.index(version)
    rows = [row for table in tables for row in table.items()]
    return [name for since, names in rows if (EWS_VERSIONS.index(since) <= rank) is known for name in names]


def _zoned(scene: Scene) -> Markup:
    """CreateItem of a meeting in the zone of Tokyo, as versions from Exchange2010 on spell it."""
    zones = t("StartTimeZone", Id="Tokyo Standard Time") + t("EndTimeZone", Id="Tokyo Standard Time")
    return Markup(
        ask.create_meeting(draft(scene)).replace("<t:AllowNewTimeProposal>", f"{zones}<t:AllowNewTimeProposal>")
    )


@case(
    "version-gates.elements",
    scenario=SCENARIO,
    verifies=("EWS-VER-001", "EWS-VER-002", "EWS-VER-003", "EWS-VER-004"),
    pairings=EWS,
    needs=("schema-versions",),
)
@VERSION
def test_elements_are_shown_from_their_version_on(scene: Scene, version: str) -> None:
    _speak(scene, version)
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    meeting = written(organizer.call(_zoned(scene)))
    request = first_listed(scene, attendee, "inbox", "MeetingRequest")
    own = first_listed(scene, attendee, "calendar", "CalendarItem")
    seen: dict[str, tuple[str, ...]] = {}
    for about, client, what in (
        ("organizer's item", organizer, meeting),
        ("attendee's item", attendee, own),
        ("request", attendee, request),
    ):
        seen[about] = read_item(client, what, version=version).names()
        requirement = "EWS-VER-002" if about == "request" else "EWS-VER-001"
        told = f"the elements of the {about} under {version}"
        scene.expect(requirement, told, seen[about]).lacks(*_since(version, COMMON, OF_TIME, RARE, known=False))
        wanted = _since(version, COMMON, OF_TIME, known=True)
        scene.expect("EWS-VER-003", told, seen[about]).contains("Subject", "Start", "End", *wanted)
    organizer.call(ask.cancel(meeting)).succeed("CancelCalendarItem")
    notice = first_listed(scene, attendee, "inbox", "MeetingCancellation")
    names = read_item(attendee, notice, version=version).names()
    told = f"the elements of the cancellation under {version}"
    later = _since(version, COMMON, OF_NOTICE, RARE, known=False)
    scene.expect("EWS-VER-004", told, names).lacks(*later)
    scene.expect("EWS-VER-004", told, names).contains("Subject", *_since(version, COMMON, OF_NOTICE, known=True))


@case(
    "version-gates.one-meeting",
    scenario=SCENARIO,
    verifies=("EWS-VER-005", "EWS-VER-006"),
    pairings=EWS,
    needs=("schema-versions",),
)
def test_every_version_sees_the_same_meeting(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    meeting = written(organizer.call(_zoned(scene)))
    facts: list[dict[str, object]] = []
    builds: list[tuple[str | None, ...]] = []
    for version in filter(scene.speaks, ASKED):
        answer = organizer.call(ask.get_item(meeting), version=version).succeed(f"GetItem under {version}")
        facts.append(_facts(answer))
        info = answer.root.one("s:Header/t:ServerVersionInfo") if answer.root else None
        names = ("MajorVersion", "MinorVersion", "MajorBuildNumber", "MinorBuildNumber")
        builds.append(tuple(info.text(f"@{name}") if info else None for name in names))
    for version, told in zip(filter(scene.speaks, ASKED), facts, strict=True):
        scene.expect("EWS-VER-005", f"the meeting under {version}", told).equals(facts[-1])
    scene.expect("EWS-VER-006", "the builds that the answers name", set(builds)).has_length(1)


def _facts(answer: EwsAnswer) -> dict[str, object]:
    paths = ("t:ItemId/@Id", "t:ItemId/@ChangeKey", "t:Subject", "t:Location", "t:UID", "t:MyResponseType")
    told: dict[str, object] = {path: answer.text(path) for path in paths}
    return told | {path: instant(answer.text(path) or "0001-01-01T00:00:00Z") for path in ("t:Start", "t:End")}


@case(
    "version-gates.life",
    scenario=SCENARIO,
    verifies=("EWS-VER-007", "EWS-VER-008"),
    pairings=EWS,
    needs=("schema-versions",),
)
@VERSION
@pytest.mark.parametrize("answer", [Answer.ACCEPT, Answer.DECLINE])
def test_a_meeting_lives_its_life_in_every_version(scene: Scene, version: str, answer: Answer) -> None:
    _speak(scene, version)
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    created = organizer.call(ask.create_meeting(draft(scene)), version=version)
    scene.require("EWS-VER-007", f"the code of CreateItem under {version}", created.code).equals("NoError")
    meeting = written(created)
    request = first_listed(scene, attendee, "inbox", "MeetingRequest", requirement="EWS-VER-007")
    place = ask.set_field("calendar:Location", t("Location", "Upstairs"))
    word = {Answer.ACCEPT: "Accept", Answer.DECLINE: "Decline"}[answer]
    replied = attendee.call(ask.respond(answer, request), version=version)
    scene.expect("EWS-VER-008", f"the code of {word}Item under {version}", replied.code).equals("NoError")
    entry = tally(scene, meeting, word)
    scene.expect("EWS-VER-008", "the organizer's entry", entry and entry.text("t:ResponseType")).equals(word)
    changed = organizer.call(ask.update_item(meeting, place), version=version)
    scene.expect("EWS-VER-007", f"the code of UpdateItem under {version}", changed.code).equals("NoError")
    shown = read_item(organizer, meeting, version=version)
    scene.expect("EWS-VER-007", "the place after the update", shown.text("t:Location")).equals("Upstairs")
    kept = entry_of(shown, address(scene, "attendee0"))
    scene.expect("EWS-VER-008", "the entry after the update", kept and _answer(kept)).equals(entry and _answer(entry))
    ended = organizer.call(ask.cancel(meeting), version=version)
    scene.expect("EWS-VER-007", f"the code of CancelCalendarItem under {version}", ended.code).equals("NoError")
    first_listed(scene, attendee, "inbox", "MeetingCancellation", requirement="EWS-VER-007")


def _answer(entry: Node) -> tuple[str | None, ...]:
    return entry.text("t:ResponseType"), entry.text("t:LastResponseTime")


def _subscription() -> Markup:
    events = t("EventTypes", t("EventType", "NewMailEvent"))
    folders = t("FolderIds", t("DistinguishedFolderId", Id="inbox"))
    return m("Subscribe", m("StreamingSubscriptionRequest", folders, events))


# Operations by the version with which they came, and the one before it.
OPERATIONS = {
    "GetServerTimeZones": ("Exchange2007_SP1", "Exchange2010", m("GetServerTimeZones", m("Ids", t("Id", "UTC")))),
    "GetRoomLists": ("Exchange2007_SP1", "Exchange2010", m("GetRoomLists")),
    "Subscribe-to-a-stream": ("Exchange2010", "Exchange2010_SP1", _subscription()),
    "GetReminders": ("Exchange2010_SP2", "Exchange2013", m("GetReminders")),
}
REFUSED = ("ErrorSchemaValidation", "ErrorInvalidRequest", "ErrorIncorrectSchemaVersion", "ErrorInvalidServerVersion")


@case(
    "version-gates.operations",
    scenario=SCENARIO,
    verifies=("EWS-VER-009", "EWS-VER-010"),
    pairings=EWS,
    needs=("schema-versions",),
)
@pytest.mark.parametrize("name", list(OPERATIONS))
def test_operations_begin_with_their_version(scene: Scene, name: str) -> None:
    before, since, operation = OPERATIONS[name]
    _speak(scene, since)
    organizer = scene.ews("organizer0")
    early = organizer.call(operation, version=before)
    scene.expect("EWS-VER-009", f"the code of {name} under {before}", early.code).is_one_of(*REFUSED)
    answer = organizer.call(operation, version=since)
    told = answer.body.text("@ResponseClass") if answer.body else None
    told = told or (answer.messages[0].response_class if answer.messages else answer.code)
    scene.expect("EWS-VER-010", f"how {name} went under {since}", told).equals("Success")


# Paths of properties by the version with which they came, and the one before it.
URIS = {
    "item:ConversationId": ("Exchange2007_SP1", "Exchange2010"),
    "calendar:StartTimeZone": ("Exchange2007_SP1", "Exchange2010"),
    "item:StoreEntryId": ("Exchange2010_SP1", "Exchange2010_SP2"),
    "calendar:StartWallClock": ("Exchange2010_SP2", "Exchange2013"),
    "calendar:EnhancedLocation": ("Exchange2010_SP2", "Exchange2013"),
    "calendar:IsOrganizer": ("Exchange2010_SP2", "Exchange2013"),
    "item:Preview": ("Exchange2010_SP2", "Exchange2013"),
}


@case(
    "version-gates.paths",
    scenario=SCENARIO,
    verifies=("EWS-VER-011", "EWS-VER-012"),
    pairings=EWS,
    needs=("schema-versions",),
)
def test_paths_of_properties_begin_with_their_version(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    meeting = written(organizer.call(_zoned(scene)))
    for uri, (before, since) in URIS.items():
        if not scene.speaks(since):
            continue
        asked = ask.get_item(meeting, base="IdOnly", fields=(uri,))
        early = organizer.call(asked, version=before)
        scene.expect("EWS-VER-011", f"the code for {uri} under {before}", early.code).is_one_of(*REFUSED)
        scene.expect("EWS-VER-011", f"items for {uri} under {before}", early.items).is_absent()
        answer = organizer.call(asked, version=since)
        name = uri.partition(":")[2]
        told = answer.item.names() if answer.item else ()
        scene.expect("EWS-VER-012", f"the elements for {uri} under {since}", told).is_one_of(
            ("ItemId", name), ("ItemId",)
        )


# Parts of requests by the version with which they came, and the one before it.
PARTS = {
    "ReturnNewItemIds": ("Exchange2007_SP1", "Exchange2010"),
    "QueryString": ("Exchange2007_SP1", "Exchange2010"),
    "SuppressReadReceipts": ("Exchange2013", "Exchange2013_SP1"),
    "WorkingElsewhere": ("Exchange2010_SP2", "Exchange2013"),
    "ProposedStart": ("Exchange2010_SP2", "Exchange2013_SP1"),
}


def _with_part(name: str, scene: Scene, meeting: MeetingRef, request: MeetingRef) -> tuple[str, Markup]:
    """A request with a part that not all versions know, and whose it is."""
    match name:
        case "ReturnNewItemIds":
            place = m("ToFolderId", ask.folder_id("calendar"))
            copy = m("CopyItem", place, m("ItemIds", ask.item_id(meeting)), m("ReturnNewItemIds", "true"))
            return "organizer0", copy
        case "QueryString":
            words = m("QueryString", "subject:plan") + "</m:FindItem>"
            return "organizer0", Markup(ask.find_item("calendar").replace("</m:FindItem>", words))
        case "SuppressReadReceipts":
            deleted = ask.delete_item(meeting, cancellations="SendToNone")
            return "organizer0", Markup(deleted.replace("<m:DeleteItem ", '<m:DeleteItem SuppressReadReceipts="true" '))
        case "WorkingElsewhere":
            value = t("LegacyFreeBusyStatus", "WorkingElsewhere")
            change = ask.set_field("calendar:LegacyFreeBusyStatus", value)
            return "organizer0", ask.update_item(meeting, change, sending="SendToNone")
        case _:
            return "attendee0", ask.respond(Answer.TENTATIVE, request, proposal=draft(scene).slot)


@case(
    "version-gates.parts",
    scenario=SCENARIO,
    verifies=("EWS-VER-013", "EWS-VER-014"),
    pairings=EWS,
    needs=("schema-versions",),
)
@pytest.mark.parametrize("name", list(PARTS))
def test_parts_of_requests_begin_with_their_version(scene: Scene, name: str) -> None:
    before, since = PARTS[name]
    _speak(scene, since)
    if name == "ProposedStart" and not scene.has("propose-new-time"):
        raise NotApplicable("The server knows no proposals.")
    meeting, request = invited(scene)
    who, operation = _with_part(name, scene, meeting, request)
    state = of_ews(scene)
    early = scene.ews(who).call(operation, version=before)
    scene.expect("EWS-VER-013", f"the code with {name} under {before}", early.code).is_one_of(*REFUSED)
    scene.expect("EWS-VER-013", "the mailboxes after the refusal", of_ews(scene)).equals(state)
    if name == "QueryString":
        scene.note("EWS-VER-014", Verdict.NOT_APPLICABLE, "a server need not have an index of words")
        return
    later = scene.ews(who).call(operation, version=since)
    scene.expect("EWS-VER-014", f"the code with {name} under {since}", later.code).equals("NoError")


@case(
    "version-gates.kept",
    scenario=SCENARIO,
    verifies=("EWS-VER-015", "EWS-VER-016"),
    pairings=EWS,
    needs=("schema-versions",),
)
def test_an_old_schema_keeps_what_it_does_not_know(scene: Scene) -> None:
    _speak(scene, "Exchange2013")
    organizer = scene.ews("organizer0")
    item = _zoned(scene).replace("Busy</t:LegacyFreeBusyStatus>", "WorkingElsewhere</t:LegacyFreeBusyStatus>")
    change = ask.set_field("item:Subject", t("Subject", f"Renamed {token(scene)}"))
    kept, seen = (written(organizer.call(Markup(item))) for _ in range(2))
    for meeting in (kept, seen):
        update = ask.update_item(meeting, change, sending="SendToNone")
        organizer.call(update, version="Exchange2007_SP1").succeed("UpdateItem under Exchange2007_SP1")
    old = read_item(organizer, MeetingRef(seen.id), version="Exchange2010").text("t:LegacyFreeBusyStatus")
    scene.expect("EWS-VER-016", "LegacyFreeBusyStatus under Exchange2010", old).is_one_of(
        None, "Free", "Tentative", "Busy", "OOF", "NoData"
    )
    after = read_item(organizer, MeetingRef(kept.id))
    zones = (after.text("t:StartTimeZone/@Id"), after.text("t:EndTimeZone/@Id"))
    scene.expect("EWS-VER-015", "the zones after the update", zones).equals(("Tokyo Standard Time",) * 2)
    status = after.text("t:LegacyFreeBusyStatus")
    scene.expect("EWS-VER-015", "LegacyFreeBusyStatus after the update", status).equals("WorkingElsewhere")


@case(
    "version-gates.unknown",
    scenario=SCENARIO,
    verifies=("EWS-VER-017", "EWS-VER-018"),
    pairings=EWS,
)
def test_a_version_that_nobody_knows_does_nothing(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    before = of_ews(scene)
    create = ask.create_meeting(draft(scene))
    for version in ("Exchange1997", "exchange2010", "Exchange2010 ", "2010", ""):
        body = envelope(create, version or "x")
        answer = organizer.post(body if version else body.replace(b'Version="x"', b'Version=""'))
        scene.expect("EWS-VER-017", f"the fault for the version {version!r}", answer.fault is not None).is_true()
    bare = envelope(create, "x").replace(b' Version="x"', b"")
    answer = organizer.post(bare)
    scene.expect("EWS-VER-018", "a version element that names none", answer.fault is not None).is_true()
    after = of_ews(scene)
    for requirement in ("EWS-VER-017", "EWS-VER-018"):
        scene.expect(requirement, "the mailboxes afterwards", after).equals(before)


@case(
    "version-gates.zones-of-2007",
    scenario=SCENARIO,
    verifies=("EWS-VER-019",),
    pairings=EWS,
    needs=("schema-versions",),
)
def test_the_first_generation_has_a_zone_of_its_own(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    plan = draft(scene)
    rule = Recurrence(pattern=Pattern.DAILY, start=plan.slot.start.date(), count=3)
    zone = t("MeetingTimeZone", TimeZoneName="Tokyo Standard Time")
    item = ask.calendar_item(replace(plan, recurrence=rule), more=zone)
    create = ask.create_item(item, invitations=ask.SEND_TO_ALL, folder="calendar")
    meeting = written(organizer.call(create, version="Exchange2007_SP1"))
    for version in filter(scene.speaks, ASKED):
        names = read_item(organizer, meeting, version=version).names()
        told = f"the elements under {version}"
        if version == "Exchange2007_SP1":
            scene.expect("EWS-VER-019", told, names).contains("MeetingTimeZone")
        else:
            scene.expect("EWS-VER-019", told, names).lacks("MeetingTimeZone")
