"""Envelopes, faults and response messages of EWS answers, and how they go with the HTTP status and the request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from lxml import etree

from conformance.catalogue.codes import operations_of_codes
from conformance.passive.check import PassiveCheck, Reading, by_rules
from conformance.passive.ews.asked import ENTRIES
from conformance.passive.http import media_type
from conformance.passive.seen import Seen
from conformance.wire.ews import ResponseMessage
from conformance.wire.namespaces import ERRORS, FAULT, MESSAGES, TYPES, local, m, prefixed, t

_OK, _FAULT_STATUS = 200, 500
_BUSY = "ErrorServerBusy"
_INFO = t("ServerVersionInfo")
_NUMBERS = ("MajorVersion", "MinorVersion", "MajorBuildNumber", "MinorBuildNumber")
_VERSION = re.compile(r"Exchange20\d\d(?:_SP\d)?|V20\d\d_\d\d_\d\d|V2_\d+")

# Where a request names what it wants answered, one response message for each entry.
_ASKED: Mapping[str, str] = {
    **ENTRIES,
    m("GetFolder"): "FolderIds",
    m("DeleteFolder"): "FolderIds",
    m("MoveFolder"): "FolderIds",
    m("CreateFolder"): "Folders",
    m("UpdateFolder"): "FolderChanges",
    m("FindItem"): "ParentFolderIds",
    m("FindFolder"): "ParentFolderIds",
    m("CreateAttachment"): "Attachments",
    m("GetAttachment"): "AttachmentIds",
    m("DeleteAttachment"): "AttachmentIds",
    m("ConvertId"): "SourceIds",
}
_RANGES = t("RecurringMasterItemIdRanges")  # one id that asks for several items


def answers(seen: Seen) -> Iterator[Seen]:
    """The exchange itself, where its answer is a SOAP envelope with content."""
    if seen.answer is not None and not seen.is_streamed:
        yield seen


def _fault_status(seen: Seen) -> Iterator[Reading]:
    if _is_fault(seen):
        yield Reading(seen.status == _FAULT_STATUS, "the HTTP status of a fault", "500", seen.status, "response.status")


def _answer_status(seen: Seen) -> Iterator[Reading]:
    if not _is_fault(seen):
        yield Reading(seen.status == _OK, "the HTTP status of an answer", "200", seen.status, "response.status")


def _declared(seen: Seen) -> Iterator[Reading]:
    found = media_type(seen)
    yield Reading(
        found == "text/xml", "the media type of an envelope", "text/xml", found, "response.headers.content-type"
    )


def _server(seen: Seen) -> etree._Element | None:
    blocks = () if seen.answered is None else seen.answered.headers
    return next((block for block in blocks if block.tag == _INFO), None)


def _version_info(seen: Seen) -> Iterator[Reading]:
    if not _is_fault(seen):
        is_met = _server(seen) is not None
        yield Reading(is_met, "ServerVersionInfo of an answer", "a header block", None, "response/s:Header")


def _build(seen: Seen) -> Iterator[Reading]:
    if (info := _server(seen)) is not None:
        for name in _NUMBERS:
            found = info.get(name)
            about = f"{name} of ServerVersionInfo"
            yield Reading(found is not None and found.isdecimal(), about, "a number", found, info)


def _schema_version(seen: Seen) -> Iterator[Reading]:
    if (info := _server(seen)) is not None and (found := info.get("Version")) is not None:
        is_met = _VERSION.fullmatch(found) is not None
        yield Reading(is_met, "Version of ServerVersionInfo", "a schema version", found, info)


def _detail(seen: Seen) -> Iterator[Reading]:
    if (fault := _fault(seen)) is not None:
        missing = [name for name in ("ResponseCode", "Message") if fault.find(f"detail/{{{ERRORS}}}{name}") is None]
        actual = f"without {' and '.join(missing)}"
        yield Reading(not missing, "the detail of a fault", "e:ResponseCode and e:Message", actual, fault)


def _faultcode(seen: Seen) -> Iterator[Reading]:
    if (fault := _fault(seen)) is None or (told := fault.findtext(f"detail/{{{ERRORS}}}ResponseCode")) is None:
        return
    found = fault.find("faultcode")
    if found is None:
        return
    prefix, _, name = (found.text or "").strip().rpartition(":")
    is_met = name == told.strip() and found.nsmap.get(prefix or None) == TYPES
    yield Reading(is_met, "the faultcode", f"{told.strip()} of the types namespace", found.text, found)


def _back_off(seen: Seen) -> Iterator[Reading]:
    fault = _fault(seen)
    if fault is None or (fault.findtext(f"detail/{{{ERRORS}}}ResponseCode") or "").strip() != _BUSY:
        return
    values = fault.iter(t("Value"))
    is_met = any(each.get("Name") == "BackOffMilliseconds" and (each.text or "").strip().isdecimal() for each in values)
    yield Reading(is_met, "the wait of a throttled call", "BackOffMilliseconds", None, fault)


def _named_alike(seen: Seen) -> Iterator[Reading]:
    if _is_fault(seen) or seen.question is None or seen.answer is None:
        return
    name = local(seen.question.tag).removesuffix("Request")
    expected = f"{{{MESSAGES}}}{name}Response"
    is_met = seen.answer.tag == expected
    about = f"the answer to {name}"
    yield Reading(is_met, about, prefixed(expected), prefixed(seen.answer.tag), seen.answer)


def _one_for_each(seen: Seen) -> Iterator[Reading]:
    question, answer = seen.question, seen.answer
    if question is None or answer is None or question.tag not in _ASKED or _is_fault(seen):
        return
    wanted = question.find(m(_ASKED[question.tag]))
    if wanted is None or wanted.find(_RANGES) is not None:
        return
    messages = answer.find(m("ResponseMessages"))
    count, asked = 0 if messages is None else len(messages), len(wanted)
    about = f"response messages for {asked} {'entry' if asked == 1 else 'entries'} of {_ASKED[question.tag]}"
    yield Reading(count == asked, about, str(asked), count, answer)
    if count == asked and question.tag == m("GetItem") and messages is not None:
        yield from _in_order(wanted, messages)


def _in_order(wanted: etree._Element, messages: etree._Element) -> Iterator[Reading]:
    """Whether items come in the order of their ids; ids that come back in another form say nothing."""
    asked = [each.get("Id", "") for each in wanted]
    shown = [_first_id(message) for message in messages]
    known = set(asked)
    if len(known) == len(asked) and all(each in known for each in shown if each):
        is_met = all(not got or got == id_ for id_, got in zip(asked, shown, strict=True))
        yield Reading(is_met, "the order of the items", ", ".join(asked), ", ".join(shown), messages)


def _first_id(message: etree._Element) -> str:
    found = message.find(f"{m('Items')}/*/{t('ItemId')}")
    return "" if found is None else found.get("Id", "")


def _code_of_the_operation(seen: Seen) -> Iterator[Reading]:
    asked = None if seen.question is None else local(seen.question.tag).removesuffix("Request")
    for message in seen.messages:
        operations = operations_of_codes().get(message.code, ())
        if operations:
            about, expected = f"the operation that answers {message.code}", " or ".join(operations)
            yield Reading(asked in operations, about, expected, asked, message.element)


def _is_fault(seen: Seen) -> bool:
    return seen.answer is not None and seen.answer.tag == FAULT


def _fault(seen: Seen) -> etree._Element | None:
    return seen.answer if _is_fault(seen) else None


# One response message


def messages(seen: Seen) -> Iterator[ResponseMessage]:
    """Every response message of the answer."""
    yield from seen.messages


def _code_and_class(message: ResponseMessage) -> Iterator[Reading]:
    if message.code:
        is_met = (message.response_class == "Success") == (message.code == "NoError")
        actual = f"{message.response_class} with {message.code}"
        yield Reading(is_met, "ResponseClass and ResponseCode", "Success with NoError alone", actual, message.element)


def _error_explained(message: ResponseMessage) -> Iterator[Reading]:
    if message.response_class == "Error":
        element = message.element
        yield Reading(bool(message.code), "ResponseCode of an error", "a code", None, element)
        yield Reading(bool(message.text.strip()), "MessageText of an error", "a text", None, element)
        key = (element.findtext(m("DescriptiveLinkKey")) or "").strip()
        yield Reading(key == "0", "DescriptiveLinkKey of an error", "0", key or None, element)


def _success_is_plain(message: ResponseMessage) -> Iterator[Reading]:
    if message.response_class == "Success":
        for name in ("MessageText", "DescriptiveLinkKey"):
            found = message.element.find(m(name))
            actual = None if found is None else found.text
            yield Reading(found is None, f"{name} of a success", "absent", actual, message.element)


CHECKS: tuple[PassiveCheck, ...] = (
    by_rules(
        "ews-answers",
        answers,
        {
            "EWS-SEEN-001": _fault_status,
            "EWS-SEEN-002": _answer_status,
            "EWS-SEEN-003": _declared,
            "EWS-SEEN-004": _version_info,
            "EWS-SEEN-005": _build,
            "EWS-SEEN-006": _schema_version,
            "EWS-SEEN-007": _detail,
            "EWS-SEEN-008": _faultcode,
            "EWS-SEEN-009": _back_off,
            "EWS-SEEN-010": _named_alike,
            "EWS-SEEN-011": _one_for_each,
            "EWS-SEEN-015": _code_of_the_operation,
        },
    ),
    by_rules(
        "ews-response-messages",
        messages,
        {
            "EWS-SEEN-012": _code_and_class,
            "EWS-SEEN-013": _error_explained,
            "EWS-SEEN-014": _success_is_plain,
        },
    ),
)
