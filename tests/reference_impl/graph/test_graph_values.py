"""Laws of the spellings: what is written is read back, whatever it is."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_impl.domain.errors import ItemNotFound
from reference_impl.domain.items import Body, BodyType
from reference_impl.domain.mailbox import Mailbox, Person
from reference_impl.domain.timezone import iana_names, windows_names, zone
from reference_impl.graph import ids
from reference_impl.graph.fields import text
from reference_impl.graph.fields.field import View
from reference_impl.graph.fields.values import local, moment
from reference_impl.graph.odata.filtering import Filterable, Type, compile_filter
from reference_impl.graph.odata.options import next_query, read_options
from reference_impl.graph.odata.syntax import parse_filter
from reference_impl.graph.prefer import Preferences, read_prefer
from reference_impl.graph.reading.values import parse_moment, read_moment
from reference_impl.graph.refusals import IdMalformed, WrongKind
from reference_impl.service.item_ids import IdKind

EARLY, LATE = datetime.fromisoformat("1700-01-01"), datetime.fromisoformat("4400-01-01")
MOMENTS = st.datetimes(EARLY, LATE, timezones=st.just(UTC))
ZONES = st.sampled_from((*windows_names(), *iana_names()))
TOKENS = st.binary(min_size=1, max_size=24).map(bytes.hex)
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")))


@given(value=MOMENTS, name=ZONES)
def test_a_local_time_is_read_back_as_the_same_moment(value, name):
    view = View("v1.0", Preferences(zone_name=name, zone=zone(name)))
    read, spelt = read_moment(local(value, view), "start")
    assert spelt == name
    offsets = {value.astimezone(zone(name)).utcoffset(), read.astimezone(zone(name)).utcoffset()}
    # An hour that the clock passes twice is spelt the same both times.
    assert read == value or len(offsets) == 2


@given(value=MOMENTS)
def test_a_moment_in_utc_is_read_back(value):
    assert parse_moment(moment(value)) == (value, True)
    assert not moment(value).removesuffix("Z").endswith((".", ".0"))


@given(token=TOKENS, owner=st.uuids().map(str), other=st.uuids().map(str), kind=st.sampled_from(IdKind))
def test_an_id_is_read_back_by_its_owner_as_its_kind_alone(token, owner, other, kind):
    mailbox = Mailbox(id=owner, person=Person("a@b.c"))
    spelt = ids.spell(kind, owner, token)
    assert not set(spelt) & set("/+")
    assert ids.read(spelt, mailbox, kind) == token
    with pytest.raises(WrongKind):
        ids.read(spelt, mailbox, IdKind.FOLDER if kind is IdKind.ITEM else IdKind.ITEM)
    if UUID(owner) != UUID(other):
        with pytest.raises(ItemNotFound):
            ids.read(spelt, Mailbox(id=other, person=Person("a@b.c")), kind)


@given(text=st.text(max_size=60))
def test_other_texts_are_malformed_ids_or_ids_of_nobody_here(text):
    with pytest.raises((IdMalformed, ItemNotFound)):
        ids.read(text, Mailbox(id=str(UUID(int=0)), person=Person("a@b.c")), IdKind.ITEM)


def test_an_id_has_one_spelling():
    mailbox = Mailbox(id=str(UUID(int=1)), person=Person("a@b.c"))
    spelt = ids.spell(IdKind.FOLDER, mailbox.id, "ab" * 5)
    assert spelt.endswith("==")
    assert spelt[-3] in "AQgw"
    with pytest.raises(IdMalformed):
        ids.read(spelt[:-3] + chr(ord(spelt[-3]) + 1) + "==", mailbox, IdKind.FOLDER)


@given(version=st.integers(0, 2**63), other=st.integers(0, 2**63))
def test_a_condition_admits_its_own_version_alone(version, other):
    assert ids.matches(ids.etag(version), version)
    assert ids.matches(f'"nothing", {ids.etag(version)}', version)
    assert ids.matches(ids.etag(version), other) is (version == other)
    assert ids.matches(" * ", version)


@given(content=TEXTS)
def test_a_text_shown_as_html_reads_as_the_text(content):
    shown = text.as_html(Body(content, BodyType.TEXT))
    read = text.as_text(Body(shown, BodyType.HTML))
    assert " ".join(read.split()) == " ".join(content.split())
    assert text.as_html(Body(shown, BodyType.HTML)) == shown


@pytest.mark.requirement("GRAPH-EVT-015")
@given(content=st.text(), kind=st.sampled_from(BodyType))
def test_the_preview_is_never_longer_than_255(content, kind):
    assert len(text.preview(Body(content * 20, kind))) <= 255


@pytest.mark.parametrize(
    ("markup", "seen"),
    [
        ("<p>One</p><p>Two</p>", "One\r\nTwo"),
        ("One<br>Two<br/>Three", "One\r\nTwo\r\nThree"),
        ("<style>p{}</style><script>x()</script><b>Bold</b> text", "Bold text"),
        ("a\r\n  b", "a b"),
        ("&lt;tag&gt; &amp;&#x20ac;", "<tag> &€"),
        ("<p>unclosed <b>tags", "unclosed tags"),
    ],
)
def test_html_reads_as_what_is_seen(markup, seen):
    assert text.as_text(Body(markup, BodyType.HTML)) == seen


@given(value=TEXTS, other=TEXTS)
def test_a_quoted_literal_stands_for_its_text_whatever_it_holds(value, other):
    table = {"subject": Filterable(Type.TEXT, lambda subject: subject)}
    quoted = value.replace("'", "''")
    assert compile_filter(parse_filter(f"subject eq '{quoted}'"), table)(value)
    assert compile_filter(parse_filter(f"subject eq '{quoted}'"), table)(other) is (
        value.casefold() == other.casefold()
    )
    assert compile_filter(parse_filter(f"contains(subject,'{quoted}')"), table)(f"{other}{value}{other}")
    assert compile_filter(parse_filter(f"not startswith(subject,'{quoted}')"), table)(value) is False


def test_and_binds_closer_than_or_and_not_closest():
    table = {name: Filterable(Type.BOOLEAN, lambda item, name=name: item[name]) for name in "abc"}
    for bits in range(8):
        item = {name: bool(bits >> index & 1) for index, name in enumerate("abc")}
        a, b, c = item["a"], item["b"], item["c"]
        assert compile_filter(parse_filter("a or b and not c"), table)(item) is (a or (b and not c))
        assert compile_filter(parse_filter("(a or b) and c eq true"), table)(item) is ((a or b) and c)
        assert compile_filter(parse_filter("not (a and b) or c ne false"), table)(item) is (not (a and b) or c)


@given(skip=st.integers(0, 1000), old=st.one_of(st.none(), st.integers(0, 1000)))
def test_the_next_page_keeps_every_other_option(skip, old):
    offered = frozenset({"$top", "$skip", "$select", "$filter"})
    query = "$top=3&$select=subject&$filter=subject%20eq%20'a%26b'&x=1" + ("" if old is None else f"&%24skip={old}")
    options = read_options(query, offered)
    following = read_options(next_query(options, skip), offered)
    assert following.skip == skip
    assert {**following.system, "$skip": ""} == {**options.system, "$skip": ""}
    assert following.parameters == options.parameters


def test_preferences_are_told_apart_by_commas_outside_quotes():
    header = 'x="a,b";q=1, outlook.timezone = "Tokyo Standard Time",, outlook.body-content-type=TEXT ; y'
    read = read_prefer(header)
    assert (read.zone_name, read.text_bodies) == ("Tokyo Standard Time", True)
    assert read.applied == ('outlook.timezone="Tokyo Standard Time"', 'outlook.body-content-type="text"')
    assert read_prefer("odata.maxpagesize=0").page_size is None
    assert read_prefer("odata.maxpagesize=1001").page_size is None
