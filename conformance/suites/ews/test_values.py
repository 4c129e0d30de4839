"""Values of calendar items and invitations over EWS, one by one: what is given is shown, to its owner and to others."""

from __future__ import annotations

from datetime import datetime, timedelta

from conformance.actor import ews_requests as ask
from conformance.actor.times import instant, xml_time
from conformance.actor.views import Answer, MeetingRef
from conformance.actor.xml import Markup, Node, t
from conformance.suites.case import EWS, case
from conformance.suites.ews.whole import people, place, whole_item
from conformance.suites.scene import Scene
from conformance.suites.steps import address, first_listed, found, id_of, listed, moment, read_item, token, written

SCENARIO = "properties"

_STATUSES = {
    "EWS-PROP-001": "Busy",
    "EWS-PROP-002": "Free",
    "EWS-PROP-003": "NoData",
    "EWS-PROP-004": "OOF",
    "EWS-PROP-005": "Tentative",
}
_TEXTS = {
    "EWS-PROP-015": ("Location", "Under the old oak"),
    "EWS-PROP-016": ("When", "Some morning soon"),
    "EWS-PROP-017": ("MeetingWorkspaceUrl", "https://workspace.example/plan"),
    "EWS-PROP-018": ("NetShowUrl", "https://show.example/plan"),
}
_FLAGS = {
    "EWS-PROP-009": ("IsResponseRequested", "true"),
    "EWS-PROP-010": ("IsResponseRequested", "false"),
    "EWS-PROP-011": ("AllowNewTimeProposal", "true"),
    "EWS-PROP-012": ("AllowNewTimeProposal", "false"),
}
_OLD = "Exchange2010_SP2"
_SECONDS = 60  # between what is created and its stamp, at most


def _made(scene: Scene, item: Markup, version: str | None = "", sending: str = "SendToNone") -> MeetingRef:
    organizer = scene.ews("organizer0")
    return written(organizer.call(ask.create_item(item, invitations=sending), version=version))


def _shown(scene: Scene, item: Markup, version: str | None = "") -> Node:
    return read_item(scene.ews("organizer0"), _made(scene, item, version), version=version)


@case(
    "properties.statuses",
    scenario=SCENARIO,
    verifies=(
        "EWS-PROP-001",
        "EWS-PROP-002",
        "EWS-PROP-003",
        "EWS-PROP-004",
        "EWS-PROP-005",
        "EWS-PROP-006",
        "EWS-PROP-059",
    ),
    pairings=EWS,
)
def test_every_free_busy_status_is_kept(scene: Scene) -> None:
    for requirement, status in _STATUSES.items():
        shown = _shown(scene, whole_item(scene, {"LegacyFreeBusyStatus": status})).text("t:LegacyFreeBusyStatus")
        scene.expect(requirement, f"the status of an item made {status}", shown).equals(status)
    elsewhere = _made(scene, whole_item(scene, {"LegacyFreeBusyStatus": "WorkingElsewhere"}))
    about = "the status of an item made WorkingElsewhere"
    shown = read_item(scene.ews("organizer0"), elsewhere).text("t:LegacyFreeBusyStatus")
    scene.expect("EWS-PROP-006", about, shown).equals("WorkingElsewhere")
    shown = read_item(scene.ews("organizer0"), elsewhere, version=_OLD).text("t:LegacyFreeBusyStatus")
    scene.expect("EWS-PROP-059", f"{about} under {_OLD}", shown).is_one_of("Free", "Tentative", "Busy", "OOF", "NoData")


@case(
    "properties.flags-and-texts",
    scenario=SCENARIO,
    verifies=(
        "EWS-PROP-008",
        "EWS-PROP-009",
        "EWS-PROP-010",
        "EWS-PROP-011",
        "EWS-PROP-012",
        "EWS-PROP-013",
        "EWS-PROP-015",
        "EWS-PROP-016",
        "EWS-PROP-017",
        "EWS-PROP-018",
        "EWS-PROP-019",
        "EWS-PROP-020",
        "EWS-PROP-021",
        "EWS-PROP-022",
        "EWS-PROP-023",
        "EWS-PROP-031",
    ),
    pairings=EWS,
)
def test_flags_and_texts_are_kept_and_what_nobody_gave_is_as_documented(scene: Scene) -> None:
    for requirement, (name, value) in _FLAGS.items():
        guests = people("RequiredAttendees", address(scene, "attendee0"))
        shown = _shown(scene, whole_item(scene, {"RequiredAttendees": guests, name: value})).text(f"t:{name}")
        scene.expect(requirement, name, shown).equals(value)
    item = _shown(scene, whole_item(scene, dict(_TEXTS.values())))
    for requirement, (name, value) in _TEXTS.items():
        scene.expect(requirement, name, item.text(f"t:{name}")).equals(value)
    scene.expect("EWS-PROP-008", "IsAllDayEvent", item.text("t:IsAllDayEvent")).equals("false")
    scene.expect("EWS-PROP-013", "IsOnlineMeeting", item.text("t:IsOnlineMeeting")).equals("false")
    scene.expect("EWS-PROP-022", "IsCancelled", item.text("t:IsCancelled")).equals("false")
    scene.expect("EWS-PROP-023", "CalendarItemType", item.text("t:CalendarItemType")).equals("Single")
    scene.expect("EWS-PROP-019", "Start", _time(item, "t:Start")).equals(moment(scene, 10))
    scene.expect("EWS-PROP-020", "End", _time(item, "t:End")).equals(moment(scene, 11))
    scene.expect("EWS-PROP-021", "Duration", item.text("t:Duration")).equals("PT1H")
    apart = abs(_time(item, "t:DateTimeStamp") - _time(item, "t:DateTimeCreated")).total_seconds()
    scene.expect("EWS-PROP-031", "whether DateTimeStamp is about DateTimeCreated", apart <= _SECONDS).is_true()


def _time(item: Node, path: str) -> datetime:
    return instant(item.text(path) or "0001-01-01T00:00:00Z")


@case(
    "properties.all-day",
    scenario=SCENARIO,
    verifies=("EWS-PROP-007", "EWS-PROP-044"),
    pairings=EWS,
)
def test_what_lasts_the_whole_day_says_so(scene: Scene) -> None:
    day, next_day = scene.date, scene.date + timedelta(days=1)
    told = {
        "Start": f"{day.isoformat()}T00:00:00Z",
        "End": f"{next_day.isoformat()}T00:00:00Z",
        "IsAllDayEvent": "true",
        "RequiredAttendees": people("RequiredAttendees", address(scene, "attendee0")),
    }
    item = whole_item(scene, told)
    meeting = _made(scene, item, sending="SendToAllAndSaveCopy")
    shown = read_item(scene.ews("organizer0"), meeting).text("t:IsAllDayEvent")
    scene.expect("EWS-PROP-007", "IsAllDayEvent", shown).equals("true")
    invitation = _invitation(scene)
    scene.expect("EWS-PROP-044", "IsAllDayEvent", invitation.text("t:IsAllDayEvent")).equals("true")


def _invitation(scene: Scene, word: str | None = None) -> Node:
    attendee = scene.ews("attendee0")
    return read_item(attendee, first_listed(scene, attendee, "inbox", "MeetingRequest", word))


@case("properties.online", scenario=SCENARIO, verifies=("EWS-PROP-014",), pairings=EWS)
def test_an_item_made_as_an_online_meeting_is_one_where_clients_may_say_so(scene: Scene) -> None:
    shown = _shown(scene, whole_item(scene, {"IsOnlineMeeting": "true"}), _OLD).text("t:IsOnlineMeeting")
    scene.expect("EWS-PROP-014", "IsOnlineMeeting", shown).equals("true")


@case("properties.place", scenario=SCENARIO, verifies=("EWS-MTG-079", "EWS-PROP-024"), pairings=EWS)
def test_a_place_with_its_address_is_kept(scene: Scene) -> None:
    item = _shown(scene, whole_item(scene, {"EnhancedLocation": place()}))
    for name, value in (("DisplayName", "Room of maps"), ("Annotation", "Second door on the left")):
        scene.expect("EWS-MTG-079", name, item.text(f"t:EnhancedLocation/t:{name}")).equals(value)
    for name, value in (("Street", "1 Market Square"), ("City", "Springfield"), ("Country", "Examplia")):
        shown = item.text(f"t:EnhancedLocation/t:PostalAddress/t:{name}")
        scene.expect("EWS-PROP-024", name, shown).equals(value)


@case(
    "properties.people",
    scenario=SCENARIO,
    verifies=(
        "EWS-PROP-025",
        "EWS-PROP-026",
        "EWS-PROP-027",
        "EWS-PROP-028",
        "EWS-PROP-029",
        "EWS-PROP-030",
        "EWS-PROP-045",
        "EWS-PROP-046",
        "EWS-PROP-047",
        "EWS-PROP-048",
        "EWS-PROP-049",
        "EWS-PROP-050",
        "EWS-PROP-051",
        "EWS-PROP-052",
        "EWS-PROP-065",
        "EWS-PROP-066",
    ),
    pairings=EWS,
    needs=("rooms",),
)
def test_each_side_sees_the_people_of_a_meeting_and_what_it_is(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    lists = {"RequiredAttendees": "attendee0", "OptionalAttendees": "attendee1", "Resources": "room0"}
    item = whole_item(scene, {name: people(name, address(scene, who)) for name, who in lists.items()})
    meeting = read_item(organizer, _made(scene, item, sending="SendToAllAndSaveCopy"))
    for requirement, (name, who) in zip(("EWS-PROP-027", "EWS-PROP-028", "EWS-PROP-029"), lists.items(), strict=True):
        told = [each.casefold() for each in meeting.texts(f"t:{name}/t:Attendee/t:Mailbox/t:EmailAddress")]
        scene.expect(requirement, name, told).equals([address(scene, who).casefold()])
    scene.expect("EWS-PROP-025", "IsOrganizer", meeting.text("t:IsOrganizer")).equals("true")
    received = first_listed(scene, attendee, "inbox", "MeetingRequest")
    request = read_item(attendee, received)
    optional = [each.casefold() for each in request.texts("t:OptionalAttendees/t:Attendee/t:Mailbox/t:EmailAddress")]
    scene.expect("EWS-PROP-048", "OptionalAttendees", optional).equals([address(scene, "attendee1").casefold()])
    for requirement, name, value in (
        ("EWS-PROP-045", "IsAllDayEvent", "false"),
        ("EWS-PROP-046", "IsCancelled", "false"),
        ("EWS-PROP-047", "IsRecurring", "false"),
        ("EWS-PROP-050", "MyResponseType", "NoResponseReceived"),
        ("EWS-PROP-051", "IsOrganizer", "false"),
        ("EWS-PROP-052", "CalendarItemType", "Single"),
    ):
        scene.expect(requirement, f"{name} of the invitation", request.text(f"t:{name}")).equals(value)
    apart = abs(_time(request, "t:DateTimeStamp") - _time(meeting, "t:DateTimeCreated")).total_seconds()
    scene.expect("EWS-PROP-065", "whether DateTimeStamp is about that of sending", apart <= _SECONDS).is_true()
    copy = read_item(attendee, first_listed(scene, attendee, "calendar", "CalendarItem"))
    scene.expect("EWS-PROP-026", "IsOrganizer", copy.text("t:IsOrganizer")).equals("false")
    scene.expect("EWS-PROP-030", "Resources", copy.text("t:Resources")).is_absent()
    attendee.call(ask.respond(Answer.ACCEPT, received)).succeed("AcceptItem")
    answered = read_item(attendee, first_listed(scene, attendee, "deleteditems", "MeetingRequest"))
    scene.expect("EWS-PROP-049", "HasBeenProcessed", answered.text("t:HasBeenProcessed")).equals("true")
    since = (_time(answered, "t:AppointmentReplyTime") - _time(request, "t:DateTimeStamp")).total_seconds()
    scene.expect("EWS-PROP-066", "whether AppointmentReplyTime is after the invitation", since >= 0).is_true()


@case(
    "properties.intended-status",
    scenario=SCENARIO,
    verifies=("EWS-PROP-041", "EWS-PROP-042", "EWS-PROP-043"),
    pairings=EWS,
)
def test_an_invitation_says_which_status_the_organizer_means(scene: Scene) -> None:
    for hour, (requirement, status) in enumerate(
        {"EWS-PROP-041": "Tentative", "EWS-PROP-042": "OOF", "EWS-PROP-043": "NoData"}.items(), start=9
    ):
        subject = f"Meant as {status} {token(scene)}"
        guests = people("RequiredAttendees", address(scene, "attendee0"))
        told = {"Subject": subject, "LegacyFreeBusyStatus": status, "RequiredAttendees": guests}
        _made(scene, whole_item(scene, told, hour), sending="SendToAllAndSaveCopy")
        shown = _invitation(scene, subject).text("t:IntendedFreeBusyStatus")
        scene.expect(requirement, f"IntendedFreeBusyStatus of a meeting made {status}", shown).equals(status)


@case(
    "properties.highlights",
    scenario=SCENARIO,
    verifies=(
        "EWS-PROP-053",
        "EWS-PROP-054",
        "EWS-PROP-055",
        "EWS-PROP-056",
        "EWS-PROP-057",
        "EWS-PROP-058",
    ),
    pairings=EWS,
)
def test_an_update_says_what_it_changes_and_what_it_does_not(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    guests = people("RequiredAttendees", address(scene, "attendee0"))
    item = whole_item(scene, {"Location": "Here", "RequiredAttendees": guests})
    meeting = _made(scene, item, sending="SendToAllAndSaveCopy")
    first = first_listed(scene, attendee, "inbox", "MeetingRequest")

    def updated(known: set[str], *updates: Markup) -> Node:
        organizer.call(ask.update_item(meeting, *updates)).succeed("UpdateItem")

        def look() -> Node | None:
            items = listed(attendee, "inbox", token(scene))
            return next((one for one in items if one.local == "MeetingRequest" and id_of(one).id not in known), None)

        latest = id_of(found(scene, look, "the update in the Inbox"))
        known.add(latest.id)
        return read_item(attendee, latest)

    known = {first.id}
    moved = updated(known, ask.set_field("calendar:Location", t("Location", "There")))
    later = moment(scene, 15).strftime("%Y-%m-%dT%H:%M:%SZ"), moment(scene, 16).strftime("%Y-%m-%dT%H:%M:%SZ")
    put_off = updated(
        known,
        ask.set_field("calendar:Start", t("Start", later[0])),
        ask.set_field("calendar:End", t("End", later[1])),
    )
    for requirement, request, name, value in (
        ("EWS-PROP-053", moved, "HasLocationChanged", "true"),
        ("EWS-PROP-054", put_off, "HasLocationChanged", "false"),
        ("EWS-PROP-055", put_off, "HasStartTimeChanged", "true"),
        ("EWS-PROP-056", moved, "HasStartTimeChanged", "false"),
        ("EWS-PROP-057", put_off, "HasEndTimeChanged", "true"),
        ("EWS-PROP-058", moved, "HasEndTimeChanged", "false"),
    ):
        scene.expect(requirement, name, request.text(f"t:ChangeHighlights/t:{name}")).equals(value)


@case(
    "properties.neighbours",
    scenario=SCENARIO,
    verifies=("EWS-PROP-067", "EWS-PROP-068", "EWS-PROP-069", "EWS-PROP-070"),
    pairings=EWS,
)
def test_an_invitation_tells_what_else_the_attendee_has(scene: Scene) -> None:
    attendee = scene.ews("attendee0")
    guests = people("RequiredAttendees", address(scene, "attendee0"))
    _made(scene, whole_item(scene, {"RequiredAttendees": guests}), sending="SendToAllAndSaveCopy")
    request = first_listed(scene, attendee, "inbox", "MeetingRequest")
    fields = tuple(f"calendar:{name}" for name in _NEIGHBOURS)
    before = read_item(attendee, request, "IdOnly", fields)
    clash, touching = f"Clash {token(scene)}", f"Touch {token(scene)}"
    half_past, three = xml_time(moment(scene, 10, 30)), xml_time(moment(scene, 10, 45))
    for told in (
        {"Subject": clash, "Start": half_past, "End": three},
        {"Subject": touching, "Start": xml_time(moment(scene, 11)), "End": xml_time(moment(scene, 12))},
    ):
        attendee.call(ask.create_item(whole_item(scene, told), invitations="SendToNone"))
    after = read_item(attendee, request, "IdOnly", fields)
    for requirement, name in (("EWS-PROP-067", "ConflictingMeetingCount"), ("EWS-PROP-068", "AdjacentMeetingCount")):
        more = int(after.text(f"t:{name}") or "0") - int(before.text(f"t:{name}") or "0")
        scene.expect(requirement, f"how much {name} grew", more).equals(1)
    for requirement, name, subject in (
        ("EWS-PROP-069", "ConflictingMeetings", clash),
        ("EWS-PROP-070", "AdjacentMeetings", touching),
    ):
        told_of = [text for text in after.texts(f"t:{name}/t:CalendarItem/t:Subject") if token(scene) in text]
        scene.expect(requirement, f"subjects in {name}", told_of).equals([subject])


_NEIGHBOURS = ("ConflictingMeetingCount", "AdjacentMeetingCount", "ConflictingMeetings", "AdjacentMeetings")


@case(
    "properties.conferences",
    scenario=SCENARIO,
    verifies=(
        "EWS-PROP-071",
        "EWS-PROP-072",
        "EWS-PROP-073",
        "EWS-PROP-074",
        "EWS-PROP-075",
        "EWS-PROP-076",
    ),
    pairings=EWS,
)
def test_an_invitation_says_how_people_confer(scene: Scene) -> None:
    attendee = scene.ews("attendee0")
    online = {
        "IsOnlineMeeting": "true",
        "MeetingWorkspaceUrl": "https://workspace.example/plan",
        "NetShowUrl": "https://show.example/plan",
    }
    for hour, (requirement, kind) in enumerate(
        {"EWS-PROP-071": "0", "EWS-PROP-072": "1", "EWS-PROP-073": "2"}.items(), start=9
    ):
        subject = f"Conference {kind} {token(scene)}"
        guests = people("RequiredAttendees", address(scene, "attendee0"))
        told = {"Subject": subject, "ConferenceType": kind, "RequiredAttendees": guests, **online}
        _made(scene, whole_item(scene, told, hour), _OLD, sending="SendToAllAndSaveCopy")
        received = first_listed(scene, attendee, "inbox", "MeetingRequest", subject)
        invitation = read_item(attendee, received, version=_OLD)
        scene.expect(requirement, "ConferenceType", invitation.text("t:ConferenceType")).equals(kind)
    for requirement, (name, value) in zip(
        ("EWS-PROP-074", "EWS-PROP-075", "EWS-PROP-076"), online.items(), strict=True
    ):
        scene.expect(requirement, name, invitation.text(f"t:{name}")).equals(value)
