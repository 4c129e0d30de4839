"""The founding documents' messages, and how printed text becomes text that can be sent."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from conformance.actor.xml import NAMESPACES
from conformance.suites.documents import (
    DocumentMessage,
    Form,
    Text,
    UnknownMessage,
    canonical,
    document,
    http_text,
    in_envelope,
    message,
    render,
    slugs,
    substitute,
)
from conformance.suites.documents.printed import FOLDER

MESSAGES = [told for slug in slugs() for told in document(slug).messages.values()]
messages = pytest.mark.parametrize("told", MESSAGES, ids=lambda told: f"{told.document}/{told.name}")
NOT_JSON = {("graph-propose-new-time", "list-messages.response")}  # ruling 0103
REWRITTEN = "https://schemas."


def tree(told: DocumentMessage, text: str) -> object:
    """The parsed content of a message: an XML element, JSON, or None for an HTTP message without a body."""
    if told.form is Form.HTTP:
        body = http_text(text).body
        return json.loads(body) if body else None
    return etree.fromstring(text.encode())


def qualified(root: etree._Element) -> Iterator[tuple[str, str]]:
    for element in root.iter():
        name = etree.QName(element)
        yield name.namespace or "", name.localname


def test_the_documents_are_the_founding_ones() -> None:
    assert slugs() == ("availability", "ews-propose-new-time", "graph-propose-new-time", "handling-meetings")
    assert [len(document(slug).messages) for slug in slugs()] == [2, 4, 10, 6]
    assert len(document("graph-propose-new-time").sources) == 2


@pytest.mark.parametrize("slug", slugs())
def test_every_file_of_a_document_is_told_of(slug: str) -> None:
    told = tomllib.loads((FOLDER / slug / "document.toml").read_text(encoding="utf-8"))["message"]
    named = {row[key] for row in told for key in ("file", "corrected") if key in row}
    assert named == {path.name for path in (FOLDER / slug).iterdir()} - {"document.toml"}


@messages
def test_a_message_parses_once_it_is_canonical(told: DocumentMessage) -> None:
    if (told.document, told.name) in NOT_JSON:
        with pytest.raises(json.JSONDecodeError):
            tree(told, told.canonical)
    else:
        tree(told, told.canonical)
    tree(told, told.corrected)


@messages
def test_a_sendable_message_has_only_true_namespaces(told: DocumentMessage) -> None:
    for text in (told.canonical, told.corrected):
        assert REWRITTEN not in text
    if told.form is not Form.HTTP:
        found = {namespace for namespace, _ in qualified(etree.fromstring(told.corrected.encode()))}
        assert found <= set(NAMESPACES.values())


@messages
def test_canonical_text_differs_from_print_only_where_namespaces_are_named(told: DocumentMessage) -> None:
    def bare(text: str) -> str:
        text = re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", text)
        return re.sub(r"\s+", "", text)

    assert bare(told.canonical) == bare(told.text_as_printed)
    assert canonical(told.canonical) == told.canonical


@messages
def test_a_message_is_corrected_or_cited_where_it_is_wrong(told: DocumentMessage) -> None:
    if told.corrected != told.text_as_printed:
        assert told.rulings
    if told.valid_as_printed:
        assert told.canonical == told.text_as_printed
    else:
        assert told.corrected != told.text_as_printed


@messages
def test_the_opaque_ids_and_addresses_are_those_in_the_text(told: DocumentMessage) -> None:
    for word in (*told.addresses, *told.opaque):
        assert word in told.text_as_printed
        assert word in told.corrected
    if told.form is not Form.HTTP:
        attributes = re.findall(r'(?:\bId|ChangeKey)="([^"]+)"', told.corrected)
        assert set(attributes) - {"calendar"} <= set(told.opaque)
        assert set(re.findall(r">([^<\s]+@[^<\s]+)</[\w:]*Address>", told.corrected)) <= set(told.addresses)


def test_the_corrected_update_keeps_the_printed_values() -> None:
    update = message("handling-meetings", "update-meeting.request")
    printed = etree.fromstring(update.canonical.encode())
    corrected = etree.fromstring(update.corrected.encode())
    assert [name for _, name in qualified(printed)] == [name for _, name in qualified(corrected)]
    assert [(one.text or "").strip() for one in printed.iter()] == [
        (one.text or "").strip() for one in corrected.iter()
    ]
    assert [dict(one.attrib) for one in printed.iter()] == [dict(one.attrib) for one in corrected.iter()]
    messages_namespace = [name for namespace, name in qualified(corrected) if namespace == NAMESPACES["m"]]
    assert messages_namespace == ["UpdateItem", "ItemChanges"]


def test_the_corrected_acceptance_sends_and_saves() -> None:
    accept = message("ews-propose-new-time", "accept.request")
    assert "MessageDisposition" not in accept.text_as_printed
    operation = etree.fromstring(accept.corrected.encode()).find(".//{*}CreateItem")
    assert operation is not None
    assert operation.get("MessageDisposition") == "SendAndSaveCopy"


def test_the_corrected_merged_strings_follow_from_the_events() -> None:
    answer = message("availability", "get-user-availability.response")
    for text, agrees in ((answer.canonical, False), (answer.corrected, True)):
        for view in etree.fromstring(text.encode()).iter("{*}FreeBusyView"):
            digits = ["0"] * 24
            for event in view.iter("{*}CalendarEvent"):
                start, end = (_minutes(event, name) for name in ("StartTime", "EndTime"))
                digit = {"Tentative": "1", "Busy": "2"}[event.findtext("{*}BusyType") or ""]
                for hour in range(start // 60, -(-end // 60)):
                    digits[hour] = max(digits[hour], digit)
            assert (view.findtext("{*}MergedFreeBusy") == "".join(digits)) is agrees


def _minutes(event: etree._Element, name: str) -> int:
    hours, minutes = (event.findtext(f"{{*}}{name}") or "")[11:16].split(":")
    return int(hours) * 60 + int(minutes)


def test_a_missing_prefix_is_declared_on_the_root_and_nowhere_else() -> None:
    text = canonical(
        '<CreateItem xmlns="https://schemas.microsoft.com/exchange/services/2006/messages"><t:A/><t:B/></CreateItem>'
    )
    root = etree.fromstring(text.encode())
    assert list(qualified(root)) == [(NAMESPACES["m"], "CreateItem"), (NAMESPACES["t"], "A"), (NAMESPACES["t"], "B")]
    assert text.count("xmlns:t") == 1


def test_an_unknown_prefix_is_left_undeclared() -> None:
    assert canonical("<a><q:b/></a>") == "<a><q:b/></a>"


def test_other_https_addresses_are_left_alone() -> None:
    text = '{"@odata.context": "https://graph.microsoft.com/v1.0/$metadata"}'
    assert canonical(text) == text


@given(st.text())
def test_canonical_is_idempotent(text: str) -> None:
    assert canonical(canonical(text)) == canonical(text)


def test_an_envelope_holds_version_headers_and_body() -> None:
    culture = "<t:MailboxCulture>en-US</t:MailboxCulture>"
    body = '<?xml version="1.0"?>\n<m:GetItem/>'
    envelope = etree.fromstring(in_envelope(body, "Exchange2010", [culture]).encode())
    header, soap_body = envelope
    assert [etree.QName(one).localname for one in header] == ["RequestServerVersion", "MailboxCulture"]
    assert header[0].get("Version") == "Exchange2010"
    assert [one.tag for one in soap_body] == [f"{{{NAMESPACES['m']}}}GetItem"]


def test_an_envelope_without_headers_has_no_header() -> None:
    (soap_body,) = etree.fromstring(in_envelope("<m:GetItem/>").encode())
    assert etree.QName(soap_body).localname == "Body"


def test_rendering_replaces_whole_words_only() -> None:
    text = '<a Id="ASwAYX"/><b Id="ASwAYXA"/><c Id="AS=="/>'
    assert substitute(text, {"ASwAYX": "one", "ASwAYXA": "two"}) == '<a Id="one"/><b Id="two"/><c Id="AS=="/>'


def test_rendering_swaps_without_chasing_its_own_replacements() -> None:
    assert substitute("a@x.org b@x.org", {"a@x.org": "b@x.org", "b@x.org": "a@x.org"}) == "b@x.org a@x.org"


@pytest.mark.parametrize("value", ["", 'a"b', "a<b", "a b", "a&b", "a\\b", "a\nb"])
def test_rendering_refuses_a_value_that_needs_escaping(value: str) -> None:
    with pytest.raises(ValueError, match="escaping"):
        substitute("printed", {"printed": value})


def test_rendering_refuses_to_leave_a_printed_id() -> None:
    accept = message("handling-meetings", "accept.request")
    with pytest.raises(LookupError, match="CwAAAB"):
        render(accept, ids={"ASwAYX": "real"})


def test_rendering_refuses_what_the_message_does_not_have() -> None:
    create = message("handling-meetings", "create-meeting.request")
    with pytest.raises(LookupError, match=re.escape("nobody@example.com")):
        render(create, addresses={"nobody@example.com": "somebody@example.com"})
    with pytest.raises(LookupError, match="no id AS0Ab3"):
        render(create, ids={"AS0Ab3": "real"})


@messages
def test_a_rendered_message_keeps_no_printed_id_or_address(told: DocumentMessage) -> None:
    addresses = {printed: f"person{number}@meetproof.example" for number, printed in enumerate(told.addresses)}
    ids = {printed: f"opaque{number}" for number, printed in enumerate(told.opaque)}
    for which in Text:
        text = render(told, addresses=addresses, ids=ids, which=which)
        for printed in (*told.addresses, *told.opaque):
            assert not re.search(rf'["/>]{re.escape(printed)}["/<?\\]', text), printed
        if which is Text.CORRECTED:
            tree(told, text)


def test_a_printed_http_message_comes_apart() -> None:
    text = http_text(message("graph-propose-new-time", "list-messages.request").canonical)
    assert (text.method, text.url) == ("GET", "https://graph.microsoft.com/v1.0/me/messages?$top=1")
    assert text.header("prefer") == 'outlook.timezone="Pacific Standard Time"'
    assert text.body == ""
    answer = http_text(message("graph-propose-new-time", "create-event.response").canonical)
    assert answer.status == 201


def test_an_unknown_name_is_answered_with_those_there_are() -> None:
    with pytest.raises(UnknownMessage, match="handling-meetings"):
        document("handling-meeting")
    with pytest.raises(UnknownMessage, match=re.escape("accept.request")):
        message("handling-meetings", "accept")
