"""Bad input over EWS: the documented fault or code, and no mailbox changed."""

from __future__ import annotations

import re
from base64 import b64encode

import pytest

from conformance.actor import ews_requests as ask
from conformance.actor.ews_client import EwsAnswer, envelope
from conformance.actor.views import MeetingRef, Slot
from conformance.actor.xml import NAMESPACES, Markup, m, t
from conformance.suites.case import EWS, case
from conformance.suites.ews.steps import invited
from conformance.suites.scene import Scene
from conformance.suites.steps import address, draft, moment, names_in, read_item, token, written
from conformance.suites.wire.snapshot import of_ews

SCENARIO = "wire"
READ = ask.find_item("calendar", fields=())


def _create(scene: Scene) -> Markup:
    return ask.create_meeting(draft(scene))


@case(
    "wire.ews-malformed",
    scenario=SCENARIO,
    verifies=("EWS-MTG-008", "EWS-MTG-009"),
    pairings=EWS,
)
def test_what_is_no_xml_is_a_fault_and_changes_nothing(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    before = of_ews(scene)
    good = envelope(_create(scene))
    bodies = {
        "a document cut short": good[:-20],
        "tags that cross": good.replace(b"</m:Items></m:CreateItem>", b"</m:CreateItem></m:Items>"),
        "two roots": good + good.partition(b"\n")[2],
        "no XML at all": b"CreateItem, please",
        "an undeclared prefix": good.replace(b"<t:Subject>", b"<x:Subject>").replace(b"</t:Subject>", b"</x:Subject>"),
        "bytes that are no UTF-8": good.replace(b"Quarterly", b"Quart\xff\xfe"),
        "an undefined entity": good.replace(b"Quarterly", b"&quarterly;"),
    }
    for about, body in bodies.items():
        answer = organizer.post(body)
        scene.expect("EWS-MTG-008", f"the fault for {about}", answer.fault is not None).is_true()
        scene.expect("EWS-MTG-008", f"the code for {about}", answer.code).is_one_of(
            "ErrorSchemaValidation", "ErrorInvalidRequest"
        )
        scene.expect("EWS-MTG-009", f"the HTTP status for {about}", answer.status).equals(500)
    scene.expect("EWS-MTG-008", "the mailboxes afterwards", of_ews(scene)).equals(before)


@case(
    "wire.ews-entities",
    scenario=SCENARIO,
    verifies=("EWS-MTG-008", "EWS-MTG-009"),
    pairings=EWS,
)
def test_document_types_and_entities_are_not_taken(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    before = of_ews(scene)
    good = envelope(_create(scene)).replace(b"Quarterly", b"&word;")
    bomb = b"".join(b'<!ENTITY e%d "%s">' % (level, b"&e%d;" % (level - 1) * 10) for level in range(1, 8))
    kinds = {
        "an internal entity": b'<!DOCTYPE x [<!ENTITY word "EXPANDED">]>',
        "an external entity": b'<!DOCTYPE x [<!ENTITY word SYSTEM "file:///etc/hostname">]>',
        "an external subset": b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
        "entities within entities": b'<!DOCTYPE x [<!ENTITY e0 "EXPANDED">' + bomb + b'<!ENTITY word "&e7;">]>',
    }
    for about, doctype in kinds.items():
        answer = organizer.post(good.replace(b"?>\n", b"?>\n" + doctype, 1))
        scene.expect("EWS-MTG-008", f"the fault for {about}", answer.fault is not None).is_true()
        scene.expect("EWS-MTG-009", f"the HTTP status for {about}", answer.status).equals(500)
        scene.expect("EWS-MTG-008", f"the answer to {about}", answer.exchange.response.body).lacks(b"EXPANDED")
    scene.expect("EWS-MTG-008", "the mailboxes afterwards", of_ews(scene)).equals(before)


@case(
    "wire.ews-namespaces",
    scenario=SCENARIO,
    verifies=("EWS-MTG-003", "EWS-MTG-004", "EWS-MTG-005", "EWS-MTG-006"),
    pairings=EWS,
)
def test_namespaces_count_and_prefixes_do_not(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    before = of_ews(scene)
    good = envelope(_create(scene)).decode()
    for prefix, requirement in (("s", "EWS-MTG-003"), ("m", "EWS-MTG-004"), ("t", "EWS-MTG-004")):
        wrong = good.replace(NAMESPACES[prefix], NAMESPACES[prefix].replace("http:", "https:"))
        answer = organizer.post(wrong)
        about = f"https in the namespace of {prefix}"
        scene.expect(requirement, f"the HTTP status for {about}", answer.status).is_one_of(400, 500)
        scene.expect(requirement, f"the items made for {about}", answer.items).is_absent()
    scene.expect("EWS-MTG-004", "the mailboxes after refusals", of_ews(scene)).equals(before)
    renamed = re.sub(r"(</?|xmlns:)([smt])(?=[:=])", r"\1ns-\2", good)
    plain = renamed.replace("<ns-m:CreateItem", f'<CreateItem xmlns="{NAMESPACES["m"]}"')
    plain = plain.replace("</ns-m:CreateItem>", "</CreateItem>")
    for about, body in (("other prefixes", renamed), ("a default namespace", plain)):
        scene.expect("EWS-MTG-005", f"the code with {about}", organizer.post(body).code).equals("NoError")
    scene.expect("EWS-MTG-006", "the code without SOAPAction", organizer.post(good).code).equals("NoError")
    other = {"SOAPAction": f'"{NAMESPACES["m"]}/GetItem"'}
    scene.expect("EWS-MTG-006", "the operation, by the body", organizer.post(good, other).code).equals("NoError")


@case(
    "wire.ews-empty",
    scenario=SCENARIO,
    verifies=("EWS-MTG-007", "EWS-MTG-009"),
    pairings=EWS,
)
def test_an_empty_body_and_an_unknown_operation_are_faults(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    before = of_ews(scene)
    action = {"SOAPAction": f'"{NAMESPACES["m"]}/CreateItem"'}
    answer = organizer.post(envelope(""), action)
    scene.expect("EWS-MTG-007", "the fault", answer.fault and answer.fault.code).equals("ErrorInvalidRequest")
    for about, body in (("an unknown operation", m("InventItem")), ("a type for an operation", t("CalendarItem"))):
        answer = organizer.call(body)
        scene.expect("EWS-MTG-009", f"the HTTP status for {about}", answer.status).equals(500)
        scene.expect("EWS-MTG-009", f"the code for {about}", answer.code).is_one_of(
            "ErrorSchemaValidation", "ErrorInvalidRequest"
        )
    scene.expect("EWS-MTG-009", "the mailboxes afterwards", of_ews(scene)).equals(before)


@case(
    "wire.ews-fault",
    scenario=SCENARIO,
    verifies=("EWS-MTG-009", "EWS-MTG-031", "EWS-MTG-032", "EWS-MTG-033", "EWS-MTG-034"),
    pairings=EWS,
)
def test_a_fault_says_what_and_where(scene: Scene) -> None:
    answer = scene.ews("organizer0").call(Markup(READ.replace("Shallow", "Sideways")))
    fault = answer.fault
    scene.require("EWS-MTG-031", "the fault", fault and fault.code).equals("ErrorSchemaValidation")
    assert fault is not None
    scene.expect("EWS-MTG-009", "the HTTP status", answer.status).equals(500)
    scene.expect("EWS-MTG-033", "e:ResponseCode", fault.node.text("detail/e:ResponseCode")).equals(
        "ErrorSchemaValidation"
    )
    scene.expect("EWS-MTG-033", "e:Message", fault.node.text("detail/e:Message")).is_present()
    where = fault.node.one("detail/t:MessageXml")
    names = where.names() if where else ()
    scene.expect("EWS-MTG-032", "MessageXml", names).contains("LineNumber", "LinePosition", "Violation")
    prefix, _, local = (fault.node.text("faultcode") or "").partition(":")
    code = fault.node.one("faultcode")
    namespace = code.element.nsmap.get(prefix) if code else None
    scene.expect("EWS-MTG-034", "the namespace of faultcode", namespace).equals(NAMESPACES["t"])
    scene.expect("EWS-MTG-034", "the name in faultcode", local).equals("ErrorSchemaValidation")


@case("wire.ews-credentials", scenario=SCENARIO, verifies=("EWS-MTG-011",), pairings=EWS)
def test_without_credentials_nothing_is_told(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    person = address(scene, "organizer0")
    attempts = {
        "no credentials": None,
        "a wrong password": "Basic " + b64encode(f"{person}:not the password".encode()).decode(),
        "an unknown person": "Basic " + b64encode(f"nobody-{token(scene)}@example.com:x".encode()).decode(),
        "a Basic value that is no base64": "Basic ???",
        "a made-up token": "Bearer made.up.token",
        "an unknown scheme": "Sesame open",
    }
    for about, value in attempts.items():
        answer = organizer.authorized_by(value).call(_create(scene))
        scene.expect("EWS-MTG-011", f"the HTTP status with {about}", answer.status).equals(401)
        scene.expect("EWS-MTG-011", f"response messages with {about}", answer.messages).is_absent()
    calendar = names_in(organizer, "calendar", token(scene))
    scene.expect("EWS-MTG-011", "the calendar afterwards", calendar).is_absent()


@case(
    "wire.ews-answer",
    scenario=SCENARIO,
    verifies=("EWS-MTG-001", "EWS-MTG-012", "EWS-MTG-013", "EWS-MTG-014", "EWS-MTG-015"),
    pairings=EWS,
)
def test_an_answer_names_its_server(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    seen: list[dict[str, str | None]] = []
    for operation in (READ, ask.find_item("inbox", fields=())):
        answer = organizer.call(operation)
        scene.expect("EWS-MTG-001", "the HTTP status", answer.status).equals(200)
        kind = answer.exchange.response.header("Content-Type") or ""
        scene.expect("EWS-MTG-012", "Content-Type", kind.replace(" ", "").casefold()).equals("text/xml;charset=utf-8")
        info = answer.root.one("s:Header/t:ServerVersionInfo") if answer.root else None
        scene.require("EWS-MTG-013", "ServerVersionInfo", info is not None).is_true()
        assert info is not None
        names = ("MajorVersion", "MinorVersion", "MajorBuildNumber", "MinorBuildNumber")
        seen.append({name: info.text(f"@{name}") for name in names})
        scene.expect("EWS-MTG-014", "the numbers", "".join(seen[-1].get(name) or "x" for name in names)).matches(r"\d+")
        scene.expect("EWS-MTG-015", "Version", info.text("@Version")).is_present()
    scene.expect("EWS-MTG-014", "the numbers of the second answer", seen[1]).equals(seen[0])


@case(
    "wire.ews-versions",
    scenario=SCENARIO,
    verifies=("EWS-MTG-017", "EWS-MTG-018", "EWS-MTG-019", "EWS-MTG-020", "EWS-MTG-028"),
    pairings=EWS,
)
def test_the_version_asked_for_is_the_version_spoken(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    answer = organizer.call(READ, version="Exchange1997")
    scene.expect("EWS-MTG-018", "an unknown version", answer.fault and answer.fault.code).equals(
        "ErrorInvalidServerVersion"
    )
    zone = t("StartTimeZone", Id="Tokyo Standard Time") + "</t:CalendarItem>"
    zoned = Markup(ask.create_meeting(draft(scene, required=()), "SendToNone").replace("</t:CalendarItem>", zone))
    zoned = Markup(zoned.replace("<t:AllowNewTimeProposal>true</t:AllowNewTimeProposal>", ""))
    for version, requirement in (("Exchange2007_SP1", "EWS-MTG-020"), (None, "EWS-MTG-017")):
        code = organizer.call(zoned, version=version).code
        scene.expect(requirement, f"StartTimeZone under {version or 'no version'}", code).is_one_of(
            "ErrorSchemaValidation", "ErrorIncorrectSchemaVersion"
        )
    meeting = written(organizer.call(zoned))
    younger = ("IsOrganizer", "StartTimeZoneId", "EnhancedLocation", "StartTimeZone", "ConversationId", "InstanceKey")
    for version in ("Exchange2007_SP1", None):
        names = read_item(organizer, meeting, version=version).names()
        scene.expect("EWS-MTG-019", f"the elements under {version or 'no version'}", names).lacks(*younger)
        scene.expect("EWS-MTG-019", f"the elements under {version or 'no version'}", names).contains("Start")
    cultured = organizer.call(READ, headers=t("MailboxCulture", "en-US"))
    scene.expect("EWS-MTG-028", "the code with MailboxCulture", cultured.code).equals("NoError")


def _bad_items(scene: Scene, meeting: MeetingRef, gone: MeetingRef) -> dict[str, tuple[str, Markup, str]]:
    """Requests that are well-formed and wrong: requirement, operation, code."""
    good = _create(scene)
    backwards = draft(scene, slot=Slot(moment(scene, 11), moment(scene, 10)))
    place = ask.set_field("calendar:Location", t("Location", "Elsewhere"))
    return {
        "an end before its start": (
            "EWS-MTG-064",
            ask.create_meeting(backwards),
            "ErrorCalendarEndDateIsEarlierThanStartDate",
        ),
        "a malformed id": ("EWS-MTG-239", ask.update_item(MeetingRef("%%%"), place), "ErrorInvalidIdMalformed"),
        "the id of an item that is gone": ("EWS-MTG-239", ask.update_item(gone, place), "ErrorItemNotFound"),
        "a stale change key": (
            "EWS-MTG-184",
            ask.update_item(meeting, place, resolution="NeverOverwrite"),
            "ErrorIrresolvableConflict",
        ),
        "no update at all": ("EWS-MTG-031", ask.update_item(meeting), "ErrorSchemaValidation"),
        "no items at all": ("EWS-MTG-031", ask.create_item(invitations=ask.SEND_TO_ALL), "ErrorSchemaValidation"),
        "a time that is none": (
            "EWS-MTG-031",
            Markup(re.sub(r"(<t:Start>)[^<]*", r"\1noon", good)),
            "ErrorSchemaValidation",
        ),
        "an attendee without a mailbox": (
            "EWS-MTG-031",
            Markup(re.sub(r"<t:Mailbox>.*?</t:Mailbox>", "", good)),
            "ErrorSchemaValidation",
        ),
        "an invitation to no address": (
            "EWS-MTG-031",
            Markup(re.sub(r"(<t:EmailAddress>)[^<]*", r"\1", good)),
            "ErrorSchemaValidation",
        ),
    }


@case(
    "wire.ews-unchanged",
    scenario=SCENARIO,
    verifies=("EWS-MTG-031", "EWS-MTG-064", "EWS-MTG-184", "EWS-MTG-239"),
    pairings=EWS,
)
def test_a_refused_request_changes_no_mailbox(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    meeting, _ = invited(scene)
    newer = ask.set_field("item:Subject", t("Subject", f"Newer {token(scene)}"))
    organizer.call(ask.update_item(meeting, newer, sending="SendToNone")).succeed("UpdateItem")
    gone = written(organizer.call(ask.create_meeting(draft(scene, required=()), "SendToNone")))
    organizer.call(ask.delete_item(gone, disposal="HardDelete", cancellations="SendToNone")).succeed("DeleteItem")
    before = of_ews(scene)
    for about, (requirement, operation, code) in _bad_items(scene, meeting, gone).items():
        answer = organizer.call(operation)
        scene.expect(requirement, f"the code for {about}", answer.code).equals(code)
    after = of_ews(scene)
    for requirement in ("EWS-MTG-031", "EWS-MTG-064", "EWS-MTG-184", "EWS-MTG-239"):
        scene.expect(requirement, "the mailboxes afterwards", after).equals(before)


@case(
    "wire.ews-methods",
    scenario=SCENARIO,
    verifies=("EWS-MTG-001",),
    pairings=EWS,
)
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_only_post_is_an_operation(scene: Scene, method: str) -> None:
    organizer = scene.ews("organizer0")
    answer: EwsAnswer = organizer.post(envelope(_create(scene)), method=method)
    scene.expect("EWS-MTG-001", f"the HTTP status of {method}", answer.status).is_one_of(404, 405, 501)
    who = address(scene, "organizer0")
    calendar = names_in(organizer, "calendar", token(scene))
    scene.expect("EWS-MTG-001", f"the calendar of {who}", calendar).is_absent()
