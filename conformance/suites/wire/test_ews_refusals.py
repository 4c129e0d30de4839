"""Requests over EWS that break the schema, the envelope or the meaning of ids: refused, and no mailbox changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest

from conformance.actor import ews_requests as ask
from conformance.actor.ews_client import EwsAnswer, envelope
from conformance.actor.views import Answer, MeetingRef, Slot
from conformance.actor.xml import NAMESPACES, Markup, m, t
from conformance.suites.case import EWS, case
from conformance.suites.ews.steps import invited
from conformance.suites.scene import Scene
from conformance.suites.steps import draft, first_listed, is_refusal, names_in, read_item, token, written
from conformance.suites.wire.snapshot import of_ews

SCENARIO = "bad-input"
Spoil = Callable[[str], str]


def _before(tag: str, more: str) -> Spoil:
    return lambda good: good.replace(tag, more + tag, 1)


def _instead(old: str, new: str) -> Spoil:
    return lambda good: good.replace(old, new, 1)


def _matched(pattern: str, new: str) -> Spoil:
    return lambda good: re.sub(pattern, new, good, count=1, flags=re.DOTALL)


# What is done to a good envelope with CreateItem of a meeting, by what the requirement speaks of.
OF_ELEMENTS: Mapping[str, Spoil] = {
    "an unknown element": _before("<t:Subject>", "<t:Colour>red</t:Colour>"),
    "an element twice": _before("<t:Subject>", "<t:Subject>Another</t:Subject>"),
    "an element of a foreign namespace": _before("<t:Subject>", '<x:Subject xmlns:x="urn:x">Other</x:Subject>'),
    "a property of the messages namespace": _before("<t:Subject>", "<m:Subject>Other</m:Subject>"),
    "text between elements": _before("<t:Subject>", "Listen: "),
    "a property of a task": _before("<t:Start>", "<t:DueDate>2026-01-05T10:00:00Z</t:DueDate>"),
    "an element within a text": _instead("<t:Subject>", "<t:Subject><t:Colour/>"),
}
OF_ATTRIBUTES: Mapping[str, Spoil] = {
    "an unknown attribute of the operation": _instead("<m:CreateItem ", '<m:CreateItem Colour="red" '),
    "an unknown attribute of a property": _instead("<t:Subject>", '<t:Subject Colour="red">'),
    "an unknown value of an attribute": _instead('"SendToAllAndSaveCopy"', '"SendToSome"'),
    "an attribute of another spelling": _instead("SendMeetingInvitations", "sendMeetingInvitations"),
    "a body without its type": _instead(' BodyType="Text"', ""),
    "a body of an unknown type": _instead('BodyType="Text"', 'BodyType="Poem"'),
}
OF_VALUES: Mapping[str, Spoil] = {
    "a day that does not exist": _matched(r"(<t:Start>)[^<]*", r"\g<1>2026-02-31T10:00:00Z"),
    "a time without its date": _matched(r"(<t:Start>)[^<]*", r"\g<1>10:00:00"),
    "an empty time": _matched(r"(<t:End>)[^<]*", r"\1"),
    "a boolean that is none": _matched(r"(<t:AllowNewTimeProposal>)[^<]*", r"\1perhaps"),
    "a number that is none": _before("<t:Start>", "<t:ReminderMinutesBeforeStart>soon</t:ReminderMinutesBeforeStart>"),
    "an unknown free/busy status": _matched(r"(<t:LegacyFreeBusyStatus>)[^<]*", r"\1Hiding"),
    "a status in another letter case": _matched(r"(<t:LegacyFreeBusyStatus>)[^<]*", r"\1BUSY"),
}
OF_REMINDERS: Mapping[str, Spoil] = {
    "a reminder after the start": _before(
        "<t:Start>", "<t:ReminderMinutesBeforeStart>-1</t:ReminderMinutesBeforeStart>"
    ),
    "a reminder of more than five years": _before(
        "<t:Start>", "<t:ReminderMinutesBeforeStart>2629801</t:ReminderMinutesBeforeStart>"
    ),
}
OF_THE_ENVELOPE: Mapping[str, Spoil] = {
    "a Header behind the Body": _matched(r"(<s:Header>.*?</s:Header>)(.*)(</s:Envelope>)", r"\2\1\3"),
    "two Bodies": _matched(r"(<s:Body>.*?</s:Body>)", r"\1\1"),
    "no Body": _matched(r"<s:Body>.*?</s:Body>", ""),
    "two operations": _instead("</s:Body>", f"{ask.find_item('inbox')}</s:Body>"),
    "the operation beside the Body": _matched(r"<s:Body>(.*?)</s:Body>", r"<s:Body/>\1"),
    "an envelope of SOAP 1.2": _instead(NAMESPACES["s"], "http://www.w3.org/2003/05/soap-envelope"),
    "a header that must be understood": _instead(
        "</s:Header>", '<x:Secret xmlns:x="urn:x" s:mustUnderstand="1">no</x:Secret></s:Header>'
    ),
}
OF_DEPTH: Mapping[str, Spoil] = {
    "elements two thousand deep": _before("<t:Subject>", "<t:Colour>" * 2_000 + "</t:Colour>" * 2_000),
    "tags that are never closed": lambda _good: "<a>" * 10_000,
    "an attribute of many words": _instead("<t:Subject>", f'<t:Subject Colour="{"red " * 5_000}">'),
}


def _refuse(scene: Scene, requirement: str, spoiled: Mapping[str, Spoil], *codes: str) -> None:
    """Send each of them; all must be refused with one of the codes, or with any fault, and change nothing."""
    organizer = scene.ews("organizer0")
    before = of_ews(scene)
    good = envelope(ask.create_meeting(draft(scene)), scene.version).decode()
    for about, spoil in spoiled.items():
        answer = organizer.post(spoil(good))
        if codes:
            scene.expect(requirement, f"the code for {about}", answer.code).is_one_of(*codes)
        else:
            scene.expect(requirement, f"the HTTP status for {about}", answer.status).is_one_of(400, 413, 415, 500)
        scene.expect(requirement, f"the items made for {about}", answer.items).is_absent()
    scene.expect(requirement, "the mailboxes afterwards", of_ews(scene)).equals(before)


@case("bad-input.ews-elements", scenario=SCENARIO, verifies=("EWS-BAD-001",), pairings=EWS)
def test_what_the_schema_does_not_have_is_refused(scene: Scene) -> None:
    _refuse(scene, "EWS-BAD-001", OF_ELEMENTS, "ErrorSchemaValidation")


@case("bad-input.ews-attributes", scenario=SCENARIO, verifies=("EWS-BAD-002",), pairings=EWS)
def test_attributes_count_like_elements(scene: Scene) -> None:
    _refuse(scene, "EWS-BAD-002", OF_ATTRIBUTES, "ErrorSchemaValidation")


@case("bad-input.ews-values", scenario=SCENARIO, verifies=("EWS-BAD-003", "EWS-MTG-074"), pairings=EWS)
def test_values_are_of_their_types(scene: Scene) -> None:
    _refuse(scene, "EWS-BAD-003", OF_VALUES, "ErrorSchemaValidation")
    _refuse(scene, "EWS-MTG-074", OF_REMINDERS, "ErrorSchemaValidation")


@case("bad-input.ews-envelopes", scenario=SCENARIO, verifies=("EWS-BAD-004",), pairings=EWS)
def test_an_envelope_that_is_none_is_not_opened(scene: Scene) -> None:
    _refuse(scene, "EWS-BAD-004", OF_THE_ENVELOPE)


@case("bad-input.ews-depth", scenario=SCENARIO, verifies=("EWS-BAD-005",), pairings=EWS)
def test_what_is_too_deep_harms_nobody(scene: Scene) -> None:
    _refuse(scene, "EWS-BAD-005", OF_DEPTH)
    code = scene.ews("organizer0").call(ask.find_item("calendar", fields=())).code
    scene.expect("EWS-BAD-005", "the code of the next request", code).equals("NoError")


@case("bad-input.ews-soft-headers", scenario=SCENARIO, verifies=("EWS-BAD-006",), pairings=EWS)
def test_a_header_that_may_be_ignored_is(scene: Scene) -> None:
    header = Markup('<x:Weather xmlns:x="urn:x">fine</x:Weather>')
    code = scene.ews("organizer0").call(ask.find_item("calendar", fields=()), headers=header).code
    scene.expect("EWS-BAD-006", "the code of FindItem", code).equals("NoError")


def _folder_id(scene: Scene) -> str:
    asked = m("GetFolder", m("FolderShape", t("BaseShape", "IdOnly")), m("FolderIds", ask.folder_id("calendar")))
    answer = scene.ews("organizer0").call(asked).succeed("GetFolder of the calendar")
    return answer.messages[0].node.text("m:Folders/t:CalendarFolder/t:FolderId/@Id") or ""


def _folder_of(identity: str) -> Markup:
    shape = m("FolderShape", t("BaseShape", "IdOnly"))
    return m("GetFolder", shape, m("FolderIds", t("FolderId", Id=identity)))


@case(
    "bad-input.ews-ids",
    scenario=SCENARIO,
    verifies=("EWS-BAD-007", "EWS-BAD-008", "EWS-BAD-009"),
    pairings=EWS,
)
def test_ids_are_of_one_kind_and_one_mailbox(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    meeting, _ = invited(scene)
    first_listed(scene, attendee, "calendar", "CalendarItem")
    before = of_ews(scene)
    folder = _folder_id(scene)
    code = organizer.call(ask.get_item(MeetingRef(folder))).code
    scene.expect("EWS-BAD-007", "GetItem by a folder's id", code).equals("ErrorCannotUseFolderIdForItemId")
    code = organizer.call(_folder_of(meeting.id)).code
    scene.expect("EWS-BAD-007", "GetFolder by an item's id", code).equals("ErrorCannotUseItemIdForFolderId")
    place = ask.set_field("calendar:Location", t("Location", "Mine"))
    acts = {
        "GetItem": ask.get_item(meeting),
        "UpdateItem": ask.update_item(meeting, place),
        "DeleteItem": ask.delete_item(meeting, cancellations="SendToNone"),
        "AcceptItem": ask.respond(Answer.ACCEPT, meeting),
        "CancelCalendarItem": ask.cancel(meeting),
        "MoveItem": m("MoveItem", m("ToFolderId", ask.folder_id("inbox")), m("ItemIds", ask.item_id(meeting))),
    }
    for about, operation in acts.items():
        code = attendee.call(operation).code
        scene.expect("EWS-BAD-008", f"{about} of another mailbox's item", code).is_one_of(
            "ErrorItemNotFound", "ErrorAccessDenied"
        )
    references = {
        "none": ("ErrorMissingInformationReferenceItemId", ""),
        "an empty one": ("ErrorInvalidIdEmpty", t("ReferenceItemId", Id="")),
        "one that is no id": ("ErrorInvalidIdMalformed", t("ReferenceItemId", Id="%%%")),
    }
    for about, (wanted, reference) in references.items():
        answer = attendee.call(ask.create_item(t("AcceptItem", reference), disposition="SendAndSaveCopy"))
        scene.expect("EWS-BAD-009", f"AcceptItem with {about} for its reference", answer.code).is_one_of(
            wanted, "ErrorInvalidIdMalformed", "ErrorSchemaValidation"
        )
    after = of_ews(scene)
    for requirement in ("EWS-BAD-007", "EWS-BAD-008", "EWS-BAD-009"):
        scene.expect(requirement, "the mailboxes afterwards", after).equals(before)


# The change key of a write, and what comes of it under each ConflictResolution.
OUTCOMES = {
    "NeverOverwrite": {"current": "NoError", "stale": "ErrorIrresolvableConflict", "broken": "ErrorInvalidChangeKey"},
    "AutoResolve": {"current": "NoError", "stale": "NoError", "broken": "ErrorInvalidChangeKey"},
    "AlwaysOverwrite": {"current": "NoError", "stale": "NoError", "broken": "ErrorInvalidChangeKey"},
}


@case(
    "bad-input.ews-change-keys",
    scenario=SCENARIO,
    verifies=("EWS-BAD-010", "EWS-BAD-011", "EWS-BAD-012"),
    pairings=EWS,
)
@pytest.mark.parametrize("resolution", list(OUTCOMES))
def test_a_change_key_decides_whether_a_write_is_made(scene: Scene, resolution: str) -> None:
    organizer = scene.ews("organizer0")
    meeting = written(organizer.call(ask.create_meeting(draft(scene, required=()), "SendToNone")))
    first = ask.set_field("item:Subject", t("Subject", f"First {token(scene)}"))
    organizer.call(ask.update_item(meeting, first, sending="SendToNone")).succeed("UpdateItem")
    place = ask.set_field("calendar:Location", t("Location", "Upstairs"))
    keys = {"stale": meeting.change_key, "broken": "%%%"}
    for about, key in keys.items():
        before = of_ews(scene)
        asked = ask.update_item(MeetingRef(meeting.id, key), place, sending="SendToNone", resolution=resolution)
        answer = organizer.call(asked)
        wanted = OUTCOMES[resolution][about]
        requirement = "EWS-BAD-011" if about == "broken" else "EWS-BAD-010"
        scene.expect(requirement, f"the code for a {about} key under {resolution}", answer.code).equals(wanted)
        changed = of_ews(scene) != before
        scene.expect(requirement, f"whether a {about} key changed anything", changed).equals(wanted == "NoError")
    current = read_item(organizer, MeetingRef(meeting.id), "IdOnly").text("t:ItemId/@ChangeKey") or ""
    asked = ask.update_item(MeetingRef(meeting.id, current), place, sending="SendToNone", resolution=resolution)
    answer = organizer.call(asked)
    scene.expect("EWS-BAD-012", f"the code for the current key under {resolution}", answer.code).equals("NoError")
    after = read_item(organizer, MeetingRef(meeting.id))
    told = (after.text("t:Subject"), after.text("t:Location"))
    scene.expect("EWS-BAD-012", "subject and place in the end", told).equals((f"First {token(scene)}", "Upstairs"))


def _codes(answer: EwsAnswer) -> list[str]:
    return [message.code for message in answer.messages]


@case(
    "bad-input.ews-batches",
    scenario=SCENARIO,
    verifies=("EWS-BAD-013", "EWS-BAD-014", "EWS-BAD-015"),
    pairings=EWS,
)
def test_a_batch_goes_on_item_by_item(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    plan = draft(scene, required=())
    made = [written(organizer.call(ask.create_meeting(plan, "SendToNone"))) for _ in range(2)]
    lost = MeetingRef("%%%", "%%%")
    place = ask.set_field("calendar:Location", t("Location", "Upstairs"))
    changes = [t("ItemChange", ask.item_id(one), t("Updates", place)) for one in (made[0], lost, made[1])]
    update = m(
        "UpdateItem",
        m("ItemChanges", *changes),
        ConflictResolution="AlwaysOverwrite",
        SendMeetingInvitationsOrCancellations="SendToNone",
    )
    told = _codes(organizer.call(update))
    scene.expect("EWS-BAD-013", "the codes of UpdateItem", told).equals(
        ["NoError", "ErrorInvalidIdMalformed", "NoError"]
    )
    places = [read_item(organizer, MeetingRef(one.id)).text("t:Location") for one in made]
    scene.expect("EWS-BAD-013", "the places afterwards", places).equals(["Upstairs", "Upstairs"])
    backwards = draft(
        scene, required=(), slot=Slot(plan.slot.end, plan.slot.start), subject=f"Backwards {token(scene)}"
    )
    items = [ask.calendar_item(one) for one in (plan, backwards, plan)]
    told = _codes(organizer.call(ask.create_item(*items, invitations="SendToNone", folder="calendar")))
    scene.expect("EWS-BAD-014", "the codes of CreateItem", told).equals(
        ["NoError", "ErrorCalendarEndDateIsEarlierThanStartDate", "NoError"]
    )
    calendar = names_in(organizer, "calendar", token(scene))
    scene.expect("EWS-BAD-014", "the calendar afterwards", calendar).equals(["CalendarItem"] * 4)
    gone = [MeetingRef(one.id) for one in (made[0], lost, made[0], made[1])]
    told = _codes(organizer.call(ask.delete_item(*gone, disposal="HardDelete", cancellations="SendToNone")))
    scene.expect("EWS-BAD-015", "the codes of DeleteItem", told).equals(
        ["NoError", "ErrorInvalidIdMalformed", "ErrorItemNotFound", "NoError"]
    )
    calendar = names_in(organizer, "calendar", token(scene))
    scene.expect("EWS-BAD-015", "the calendar afterwards", calendar).equals(["CalendarItem"] * 2)


@case(
    "bad-input.ews-answers",
    scenario=SCENARIO,
    verifies=("EWS-BAD-016", "EWS-BAD-017"),
    pairings=EWS,
    needs=("propose-new-time",),
)
def test_half_a_proposal_is_none(scene: Scene) -> None:
    attendee = scene.ews("attendee0")
    _, request = invited(scene)
    first_listed(scene, attendee, "calendar", "CalendarItem")
    before = of_ews(scene)
    plan = draft(scene)
    whole = ask.respond(Answer.TENTATIVE, request, proposal=plan.slot)
    halves = {
        "no end": re.sub(r"<t:ProposedEnd>.*?</t:ProposedEnd>", "", whole),
        "no start": re.sub(r"<t:ProposedStart>.*?</t:ProposedStart>", "", whole),
        "an end before its start": ask.respond(
            Answer.TENTATIVE, request, proposal=Slot(plan.slot.end, plan.slot.start)
        ),
    }
    for about, operation in halves.items():
        answer = attendee.call(operation)
        scene.expect("EWS-BAD-016", f"the code of a proposal with {about}", answer.code).holds(is_refusal, "a refusal")
    scene.expect("EWS-BAD-016", "the mailboxes afterwards", of_ews(scene)).equals(before)
    later = Markup(ask.respond(Answer.ACCEPT, request).replace("SendAndSaveCopy", "SendSometime"))
    code = attendee.call(later).code
    scene.expect("EWS-BAD-017", "the code for an unknown disposition", code).equals("ErrorSchemaValidation")
    scene.expect("EWS-BAD-017", "the mailboxes after it", of_ews(scene)).equals(before)
