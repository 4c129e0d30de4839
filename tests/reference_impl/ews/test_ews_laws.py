"""Laws of the small parts: ids, times, zones, text, errors, liberties."""

import base64
import inspect
from datetime import UTC, datetime, timedelta
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from reference_impl.domain import errors as domain_errors
from reference_impl.domain.global_ids import global_object_id
from reference_impl.domain.items import Body, BodyType
from reference_impl.domain.timezone import rules_of, zone
from reference_impl.ews import ids, xml
from reference_impl.ews.bodies import as_html, as_text
from reference_impl.ews.envelope import write_answer
from reference_impl.ews.errors import CODES, RESPONSE_OBJECT_CODES, ResponseError, response_error
from reference_impl.ews.liberties import LIBERTIES, take_liberties
from reference_impl.ews.namespaces import TYPES, t
from reference_impl.ews.times import absolute, format_duration, format_time, parse_time
from reference_impl.ews.versions import NAMES, build_of, version
from reference_impl.ews.zones import request_zone, serializable_zone
from reference_impl.service.item_ids import IdKind, IdMalformed, pack_id, unpack_id, unpack_version

DOMAIN_ERRORS = [
    kind
    for _, kind in inspect.getmembers(domain_errors, inspect.isclass)
    if issubclass(kind, domain_errors.DomainError) and kind is not domain_errors.DomainError
]


@given(st.uuids(), st.binary(min_size=1, max_size=40), st.sampled_from([IdKind.ITEM, IdKind.FOLDER]))
def test_ids_come_apart_as_they_were_put_together(mailbox, token, kind):
    stored = unpack_id(pack_id(kind, str(mailbox), token.hex()))
    assert stored == (kind, str(mailbox), token.hex())
    spelled = (ids.item_id if kind is IdKind.ITEM else ids.folder_id)(str(mailbox), token.hex())
    assert ids.stored_id(spelled, kind) == stored
    assert kind is IdKind.FOLDER or len(spelled) == 152
    other = IdKind.FOLDER if kind is IdKind.ITEM else IdKind.ITEM
    with pytest.raises(ResponseError, match="ErrorCannotUse"):
        ids.stored_id(spelled, other)


@given(
    st.uuids(),
    st.binary(min_size=1, max_size=40),
    st.lists(st.binary(min_size=8, max_size=8), min_size=1, max_size=10),
)
def test_ids_of_attachments_come_apart_as_they_were_put_together(mailbox, token, way):
    path = tuple(step.hex() for step in way)
    spelled = ids.attachment_id(str(mailbox), token.hex(), path)
    assert ids.attachment_ref(spelled) == (str(mailbox), token.hex(), path)
    with pytest.raises(ResponseError, match="ErrorInvalidIdMalformed"):
        ids.stored_id(spelled, IdKind.ITEM)
    with pytest.raises(ResponseError, match="ErrorInvalidIdNotAnItemAttachmentId"):
        ids.attachment_ref(ids.item_id(str(mailbox), token.hex()))


@given(st.uuids(), st.binary(min_size=1, max_size=40))
def test_bytes_that_end_elsewhere_name_no_attachment(mailbox, token):
    spelled = base64.b64encode(pack_id(IdKind.ATTACHMENT, str(mailbox), token.hex())).decode()
    way = len(token) - 1 - token[0]
    if way > 0 and way % 8 == 0:
        assert ids.attachment_id(*ids.attachment_ref(spelled)) == spelled
    else:
        with pytest.raises(ResponseError, match="ErrorInvalidIdMalformed"):
            ids.attachment_ref(spelled)


NEARLY_ITEMS = st.builds(
    lambda length, token: b"\x01" + bytes(16) + bytes([length]) + token.rjust(96, b"\0"),
    st.integers(0, 100),
    st.binary(max_size=97),
)


@given(st.binary(max_size=60) | NEARLY_ITEMS)
def test_any_bytes_are_an_id_or_malformed(data):
    try:
        stored = unpack_id(data)
    except IdMalformed:
        return
    assert pack_id(*stored) == data


@given(st.text(max_size=40))
def test_any_text_is_an_id_or_refused(text):
    with pytest.raises(ResponseError) as refused:
        ids.stored_id(text, IdKind.ITEM)
    assert refused.value.code.startswith("ErrorInvalidId")


@given(st.integers(0, 2**63 - 1))
def test_change_keys_come_back_as_versions(number):
    assert ids.stored_version(ids.change_key(number)) == number


def test_bytes_that_are_no_version_are_malformed():
    with pytest.raises(IdMalformed, match="12 bytes"):
        unpack_version(b"\x09")


MOMENTS = st.datetimes(datetime(1601, 1, 2), datetime(4500, 12, 30))  # noqa: DTZ001  made aware below


@given(MOMENTS, st.integers(-14 * 60, 14 * 60))
def test_a_time_written_is_the_time_read(moment, minutes):
    from datetime import timezone

    aware = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    assert parse_time(format_time(aware, aware.tzinfo)) == aware
    assert parse_time(format_time(aware)) == aware
    assert format_time(aware).endswith("Z")
    naive = aware.replace(tzinfo=None)
    assert parse_time(naive.isoformat()) == naive
    assert absolute(naive, aware.tzinfo) == aware


@pytest.mark.parametrize(
    "text", ["2026-06-25", "now", "", "2026-13-01T00:00:00", "2026-02-30T00:00:00Z", "-2026-01-01T00:00:00"]
)
def test_what_is_no_time_is_out_of_range(text):
    with pytest.raises(ResponseError, match="ErrorValueOutOfRange"):
        parse_time(text)


def test_midnight_may_be_written_as_24_hours():
    assert parse_time("2026-06-25T24:00:00Z") == datetime(2026, 6, 26, tzinfo=UTC)
    assert parse_time("2026-06-25T10:00:00.1234567Z").microsecond == 123456


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(hours=2), "PT2H"),
        (timedelta(minutes=30), "PT30M"),
        (timedelta(days=1), "P1D"),
        (timedelta(days=1, hours=1, seconds=5), "P1DT1H5S"),
        (timedelta(), "PT0S"),
    ],
)
def test_durations_are_written_short(span, text):
    assert format_duration(span) == text


@given(st.text())
def test_any_text_survives_xml_or_is_replaced(text):
    root = etree.fromstring(f'<a b="{xml.attribute(text)}" xmlns:t="{TYPES}">{xml.leaf("x", text)}</a>'.encode())
    expected = "".join(
        character
        if character in "\t\n\r"
        or 0x20 <= ord(character) <= 0xD7FF
        or 0xE000 <= ord(character) <= 0xFFFD
        or ord(character) > 0xFFFF
        else "\ufffd"
        for character in text
    )
    assert (root[0].text or "") == expected
    assert root.get("b").replace("\r", "\n") == expected.replace("\r", "\n")


def test_an_envelope_is_well_formed():
    known = version("Exchange2016")
    root = etree.fromstring(write_answer(build_of("15.1.2.3", "Exchange2016"), known, "<m:X/>"))
    assert root[1][0].tag.endswith("}X")


@pytest.mark.parametrize("kind", DOMAIN_ERRORS, ids=lambda kind: kind.__name__)
def test_every_domain_error_has_a_code(kind):
    assert CODES[kind].startswith("Error")
    names = {name for _, name, _, _ in Formatter().parse(kind.sentence) if name}
    error = kind(**dict.fromkeys(names, 1))
    assert response_error(error).code == CODES[kind]
    for name, table in RESPONSE_OBJECT_CODES.items():
        assert response_error(error, name).code == table.get(kind, CODES[kind])


def test_an_error_without_a_code_is_a_mistake_of_ours():
    class Novel(domain_errors.DomainError):
        pass

    with pytest.raises(Novel):
        response_error(Novel())


def test_versions_are_ordered_as_listed():
    known = [version(name) for name in NAMES]
    assert known == sorted(known)
    assert version("Exchange2013").has("Exchange2010")
    assert version("Exchange2013").has(None)
    assert not version("Exchange2013").has("Exchange2013_SP1")


ZONES = ["Pacific Standard Time", "Romance Standard Time", "AUS Eastern Standard Time", "UTC", "India Standard Time"]


@pytest.mark.parametrize("name", ZONES)
@given(moment=st.datetimes(datetime(2026, 1, 2), datetime(2026, 12, 30)))  # noqa: DTZ001  made aware below
def test_rules_sent_in_a_request_are_the_zone_itself(name, moment):
    """The rules of a year, sent back as a request's zone, keep the time that the zone keeps in that year."""
    written = serializable_zone(name, 2026).replace("<t:TimeZone>", f'<t:TimeZone xmlns:t="{TYPES}">')
    sent, real = request_zone(etree.fromstring(written)), zone(name)
    aware = moment.replace(microsecond=0, tzinfo=UTC)
    assert aware.astimezone(sent).replace(tzinfo=None) == aware.astimezone(real).replace(tzinfo=None)
    assert aware.astimezone(sent).astimezone(UTC) == aware
    assert sent.dst(aware) is not None
    assert sent.tzname(None)
    assert rules_of(name, 2026).bias_minutes == -int((sent.utcoffset(None)).total_seconds() // 60)


def test_the_liberties_are_a_closed_list_with_their_clients():
    assert [(liberty.name, liberty.client) for liberty in LIBERTIES] == [
        ("markup in a body", "ews-javascript-api 0.15"),
    ]


def test_markup_in_a_body_is_read_as_its_text():
    root = etree.fromstring(
        f'<a xmlns:t="{TYPES}"><t:Body BodyType="HTML">Hi <p class="x">there<br/></p> you</t:Body></a>'
    )
    take_liberties(root)
    (body,) = root.iter(t("Body"))
    assert (len(body), body.text) == (0, 'Hi <p class="x">there<br/></p> you')


def test_markup_in_a_body_is_stored_as_text(organizer):
    before = '<t:Body BodyType="HTML"><html><body>Hello &amp; <b>you</b></body></html></t:Body>'
    (item_id,) = organizer.create(sending="SendToNone", before=before).ids("CalendarItem")
    assert organizer.get(item_id).text("Body") == "<html><body>Hello &amp; <b>you</b></body></html>"


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), max_size=50))
def test_words_survive_html_and_back(text):
    assert as_text(Body(as_html(Body(text)), BodyType.HTML)) == text.strip()


def test_silent_parts_of_html_are_no_words():
    html = (
        "<html><head><title>T</title><style>p{}</style></head><body><p>a</p><!-- x --><script>s</script>b<br>c</body>"
    )
    assert as_text(Body(html, BodyType.HTML)) == "a\r\nb\r\nc"
    assert as_text(Body("  ", BodyType.HTML)) == ""


def test_a_foreign_uid_is_wrapped_in_a_global_object_id():
    own = bytes.fromhex("040000008200E00074C5B7101A82E008") + bytes(24)
    assert global_object_id(own.hex()) == own
    wrapped = global_object_id("my uid")
    assert wrapped.startswith(own[:16])
    assert b"vCal-Uid\x01\x00\x00\x00my uid\x00" in wrapped
    assert int.from_bytes(wrapped[36:40], "little") == len(wrapped) - 40
