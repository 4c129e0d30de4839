"""Messages as internet messages and back, as any reader of mail sees them."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from reference_impl.domain.acts import MessageDraft
from reference_impl.domain.attached import AttachedItem
from reference_impl.domain.copying import replace
from reference_impl.domain.correspondence import cancellation, forward_notice, request, response
from reference_impl.domain.items import (
    Attachment,
    AttachmentKind,
    Attendee,
    Body,
    BodyType,
    CalendarItem,
    Importance,
    Message,
    MessageKind,
    RequestKind,
    Response,
    Role,
    Sensitivity,
    TimeSlot,
)
from reference_impl.domain.mailbox import Person
from reference_impl.mime.errors import MimeInvalid, MimeUnconvertible
from reference_impl.mime.message_reading import read_message
from reference_impl.mime.messages import message_of

NOON = datetime(2026, 7, 7, 12, tzinfo=UTC)
PEOPLE = (
    Person("olga@example.com", 'Olga "O" Örn, boss'),
    Person("two@example.com"),
    Person("three@example.com", "Three <3"),
    Person("four@example.com", "ä" * 60),
)
texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Co", "Cn"]), max_size=200)
single = texts.map(lambda text: " ".join(text.split()))
bodies = st.lists(texts, max_size=4).map("\n".join)


def note(**changes):
    made = Message(
        id="i",
        mailbox_id="m",
        folder_id="f",
        version=1,
        kind=MessageKind.NOTE,
        subject="News",
        body=Body("Hello"),
        sender=PEOPLE[0],
        to=(PEOPLE[1],),
        internet_message_id="<1@example.com>",
        conversation_id="ab" * 16,
        sent=NOON,
        created=NOON,
        modified=NOON,
    )
    return replace(made, **changes)


def attachment(number, **changes):
    made = Attachment(id=str(number), name=f"file{number}.txt", digest=str(number), size=3, modified=NOON)
    return replace(made, **changes)


def written(message, *contents):
    """The message with contents by the numbers of its attachments."""

    def opened(one, holder):
        return contents[int(one.id)] if holder is None else holder.content(one.digest)

    return message_of(message, opened)


def parsed(data):
    return message_from_bytes(data, policy=policy.default)


@given(
    st.builds(
        note,
        subject=single,
        body=st.builds(Body, bodies, st.sampled_from(BodyType)),
        sender=st.sampled_from(PEOPLE),
        to=st.lists(st.sampled_from(PEOPLE), unique=True).map(tuple),
        cc=st.lists(st.sampled_from(PEOPLE), unique=True).map(tuple),
        bcc=st.lists(st.sampled_from(PEOPLE), unique=True).map(tuple),
        reply_to=st.lists(st.sampled_from(PEOPLE), unique=True).map(tuple),
        importance=st.sampled_from(Importance),
        sensitivity=st.sampled_from(Sensitivity),
        in_reply_to=st.sampled_from(["", "<0@example.com>"]),
        references=st.sampled_from(["", "<0@example.com> <00@example.com>"]),
        read_receipt_requested=st.booleans(),
        delivery_receipt_requested=st.booleans(),
        culture=st.sampled_from(["", "da-DK"]),
        headers=st.lists(st.tuples(st.sampled_from(["X-Own", "List-Id"]), single.filter(bool)), max_size=2).map(tuple),
    )
)
def test_a_message_comes_back_as_it_was(message):
    draft = read_message(written(message))
    same = (
        "subject",
        "to",
        "cc",
        "bcc",
        "reply_to",
        "sent",
        "importance",
        "sensitivity",
        "internet_message_id",
        "in_reply_to",
        "references",
        "read_receipt_requested",
        "delivery_receipt_requested",
        "culture",
        "headers",
        "body",
    )
    assert {name: getattr(draft, name) for name in same} == {name: getattr(message, name) for name in same}
    assert draft.named == message.sender
    assert draft.conversation_index[6:22].hex() == message.conversation_id


@given(subject=texts, name=texts, body=texts)
def test_every_line_of_a_head_is_ascii_and_not_longer_than_mail_allows(subject, name, body):
    message = note(subject=subject, to=(Person("x@example.com", name),), body=Body(body), headers=(("X-A", body),))
    head, _, _ = written(message).partition(b"\r\n\r\n")
    assert head.isascii()
    assert max(len(line) for line in head.split(b"\r\n")) <= 998
    assert parsed(written(message))["From"] is not None


def test_the_same_message_is_always_written_the_same_way():
    message = note(body=Body("<p>Hi</p>", BodyType.HTML), attachments=(attachment(0),))
    assert written(message, b"abc") == written(message, b"abc")


def test_html_comes_with_its_words_and_with_what_it_shows():
    message = note(
        body=Body('<p>Look:<img src="cid:logo@x"></p>', BodyType.HTML),
        attachments=(
            attachment(0, content_type="image/png", content_id="logo@x", is_inline=True),
            attachment(1, name="ændring.txt", content_type="text/plain"),
            attachment(2, content_type="no type\r\nX-Injected: yes"),
        ),
    )
    data = written(message, b"\x89PNG", b"abc", b"\x00\xff")
    root = parsed(data)
    assert root.get_content_type() == "multipart/mixed"
    assert root["X-Injected"] is None
    related, text, other = root.iter_parts()
    assert related.get_content_type() == "multipart/related"
    assert [part.get_content_type() for part in related.iter_parts()] == ["multipart/alternative", "image/png"]
    assert root.get_body(("plain",)).get_content().strip() == "Look:"
    assert (text.get_filename(), text.get_payload(decode=True)) == ("ændring.txt", b"abc")
    assert other.get_content_type() == "application/octet-stream"
    draft = read_message(data)
    assert [(one.name, one.content, one.is_inline) for one in draft.attachments] == [
        ("file0.txt", b"\x89PNG", True),
        ("ændring.txt", b"abc", False),
        ("file2.txt", b"\x00\xff", False),
    ]


def test_a_message_within_a_message_comes_back_as_one():
    inmost = note(subject="Inmost", attachments=(attachment(0),), internet_message_id="<0@example.com>")
    inner = AttachedItem(message=inmost, contents=(("0", b"abc"),))
    outer = note(attachments=(attachment(0, kind=AttachmentKind.ITEM, name="Inmost"),))
    (found,) = read_message(written(outer, inner)).attachments
    assert isinstance(found.content, MessageDraft)
    assert (found.name, found.content.subject, found.content.is_draft) == ("Inmost", "Inmost", False)
    assert (found.content.named, found.content.sent) == (PEOPLE[0], NOON)
    assert [one.content for one in found.content.attachments] == [b"abc"]


def meeting(**changes):
    made = CalendarItem(
        id="i",
        mailbox_id="m",
        folder_id="f",
        version=1,
        uid="u",
        start=NOON,
        end=NOON + timedelta(hours=1),
        subject="Plan",
        body=Body("<p>Bring cake</p>", BodyType.HTML),
        location="Here",
        organizer=PEOPLE[0],
        attendees=(Attendee(PEOPLE[1]), Attendee(PEOPLE[2], Role.OPTIONAL)),
        sequence=3,
        created=NOON,
        modified=NOON,
    )
    return replace(made, **changes)


def calendar_part(message, *contents):
    data = written(replace(message, internet_message_id="<1@example.com>"), *contents)
    (part,) = (part for part in parsed(data).walk() if part.get_content_type() == "text/calendar")
    calendar = Calendar.from_ical(part.get_content())
    assert part.get_param("method") == calendar["METHOD"]
    return calendar["METHOD"], calendar.walk("VEVENT")


def test_a_request_brings_the_meeting_with_everybody_invited():
    method, (event,) = calendar_part(request(meeting(), meeting().attendees, RequestKind.NEW))
    assert method == "REQUEST"
    assert (event["SUMMARY"], event["LOCATION"], event["SEQUENCE"]) == ("Plan", "Here", 3)
    assert [one.params["ROLE"] for one in event["ATTENDEE"]] == ["REQ-PARTICIPANT", "OPT-PARTICIPANT"]
    assert {one.params["PARTSTAT"] for one in event["ATTENDEE"]} == {"NEEDS-ACTION"}
    assert "VALARM" not in [part.name for part in event.subcomponents]


def test_a_cancellation_cancels():
    method, (event,) = calendar_part(cancellation(meeting(), meeting().attendees))
    assert (method, event["STATUS"], event["X-MICROSOFT-CDO-BUSYSTATUS"]) == ("CANCEL", "CANCELLED", "FREE")


@pytest.mark.parametrize(
    ("answer", "status"),
    [(Response.ACCEPTED, "ACCEPTED"), (Response.TENTATIVE, "TENTATIVE"), (Response.DECLINED, "DECLINED")],
)
def test_a_response_names_the_one_who_answers_alone(answer, status):
    copy = meeting(is_organizer=False)
    method, (event,) = calendar_part(response(copy, PEOPLE[1], answer, None, None, NOON))
    assert method == "REPLY"
    assert str(event["ATTENDEE"]) == "mailto:two@example.com"
    assert event["ATTENDEE"].params["PARTSTAT"] == status


def test_a_proposal_is_a_counter_with_the_times_proposed():
    proposal = TimeSlot(NOON + timedelta(hours=2), NOON + timedelta(hours=3))
    copy = meeting(is_organizer=False)
    method, (event,) = calendar_part(response(copy, PEOPLE[1], Response.TENTATIVE, None, proposal, NOON))
    assert method == "COUNTER"
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (proposal.start, proposal.end)
    assert str(event["X-MS-OLK-ORIGINALSTART"]) == "20260707T120000Z"


def test_the_news_that_a_meeting_was_passed_on_asks_nothing_of_a_calendar():
    facts = request(meeting(), meeting().attendees, RequestKind.NEW).meeting
    notice = forward_notice(facts, "Plan", PEOPLE[1], (PEOPLE[3],))
    data = written(replace(notice, internet_message_id="<1@example.com>"))
    assert [part.get_content_type() for part in parsed(data).walk()] == ["text/plain"]


def test_a_meeting_within_a_message_is_a_file_of_its_calendar():
    outer = note(attachments=(attachment(0, kind=AttachmentKind.ITEM, name="Plan"),))
    data = written(outer, AttachedItem(event=meeting()))
    (part,) = parsed(data).iter_attachments()
    assert (part.get_content_type(), part.get_filename()) == ("text/calendar", "Plan.ics")
    assert Calendar.from_ical(part.get_content()).walk("VEVENT")[0]["SUMMARY"] == "Plan"


def text_of(*lines):
    return "\r\n".join(lines).encode("latin-1")


def test_the_body_is_the_best_form_that_is_no_file():
    draft = read_message(
        text_of(
            "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=",
            "Content-Type: multipart/mixed; boundary=b",
            "",
            "--b",
            "Content-Type: multipart/alternative; boundary=c",
            "",
            "--c",
            "Content-Type: text/plain; charset=iso-8859-1",
            "",
            "Gr\xfc\xdfe",
            "--c",
            "Content-Type: text/html; charset=iso-8859-1",
            "",
            "<p>Gr\xfc\xdfe</p>",
            "--c--",
            "--b",
            "Content-Type: text/plain",
            "Content-Disposition: attachment; filename*=utf-8''%C3%A6.txt",
            "",
            "file",
            "--b--",
        )
    )
    assert draft.subject == "Grüße"
    assert draft.body == Body("<p>Grüße</p>", BodyType.HTML)
    assert [(one.name, one.content) for one in draft.attachments] == [("æ.txt", b"file")]


def test_what_no_xml_can_hold_is_left_out():
    draft = read_message(b'Subject: a\x00b\r\nTo: "x\x01" <x@example.com>\r\n\r\nc\x0bd\x00')
    assert (draft.subject, draft.body.content) == ("ab", "cd")
    assert draft.to == (Person("x@example.com", "x"),)


def test_an_unknown_charset_is_read_byte_by_byte():
    draft = read_message(b"Content-Type: text/plain; charset=klingon\r\n\r\n\xe9")
    assert draft.body.content == "é"


@pytest.mark.parametrize("text", [b"", b"\r\n", b"no header at all"])
def test_a_text_without_a_head_is_no_message(text):
    with pytest.raises(MimeInvalid):
        read_message(text)


def test_a_message_of_a_meeting_is_not_read_as_a_plain_one():
    data = written(
        replace(
            request(meeting(), meeting().attendees, RequestKind.NEW),
            internet_message_id="<1@example.com>",
        )
    )
    with pytest.raises(MimeUnconvertible):
        read_message(data)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_message_or_refused(data):
    try:
        assert isinstance(read_message(b"X: y\r\n" + data), MessageDraft)
    except MimeUnconvertible:
        assert b"calendar" in data
