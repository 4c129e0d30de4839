"""FindItem's query strings: words, kinds, flags, numbers and dates, and how they are joined."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_impl.domain.items import Attachment, Body, BodyType
from reference_impl.domain.mailbox import Person
from reference_impl.search.aqs import DEEPEST, TooDeep, parse
from reference_impl.search.dates import Today, read_date
from reference_impl.search.query_strings import KEYWORDS, QueryInvalid, Reader, predicate
from tests.reference_impl.ews.finding.asking import compare, find, order, page, query, search, window

NOW = datetime(2026, 1, 7, 8, tzinfo=UTC)  # a Wednesday
DEAN, SADIE = Person("dean@hotmail.example", "Dean Halstead"), Person("sadie@contoso.example", "Sadie Daniels")


@pytest.fixture
def letters(filler):
    """Messages and an appointment, each with a letter before its subject."""
    filler.world.clock.set(NOW)
    noted = Attachment(id="01", name="Quarterly report.pdf", digest="x", size=9000, modified=NOW)
    filler.message("A product development", sender=DEAN, received=NOW - timedelta(hours=2), to=(SADIE,))
    filler.message("B production line", sender=SADIE, received=NOW - timedelta(days=1), cc=(DEAN,), is_read=True)
    filler.message(
        "C windows production line",
        sender=DEAN,
        received=NOW - timedelta(days=9),
        body=Body("<p>All <b>Progress</b> so far</p>", BodyType.HTML),
    )
    filler.message("D win95 product", received=datetime(2025, 12, 11, 10, tzinfo=UTC), categories=("Project",))
    filler.message("E nothing", attachments=(noted,), received=datetime(2025, 2, 3, tzinfo=UTC))
    filler.event("F product meeting", folder="inbox", organizer=SADIE)


FOUND = {
    "product": "ABCDF",
    "PRODUCT": "ABCDF",
    "roduct": "",
    "subject:product": "ABCDF",
    'subject:"product"': "ADF",
    "Subject:(product development)": "A",
    'subject:"product development"': "A",
    'subject:"development product"': "",
    '"win product"*': "CD",
    'subject:"win product"': "",
    "subject:product*": "ABCDF",
    "subject:product development": "A",
    "subject:product AND subject:line": "BC",
    "subject:product + subject:line": "BC",
    "subject:(product line)": "BC",
    "subject:development OR subject:meeting": "AF",
    "subject:(development OR meeting)": "AF",
    "subject:(product Or line)": "",
    "NOT subject:product": "E",
    "subject:(NOT product)": "E",
    "subject:(product -line)": "ADF",
    "subject:product NOT from:dean": "BDF",
    "product (development OR (line -windows))": "AB",
    "body:progress": "C",
    'content:"so far"': "C",
    "from:dean": "AC",
    'From:"Dean Halstead"': "AC",
    'from:"Dean"': "AC",
    'from:"@hotmail.example"': "AC",
    "from:sadie": "BF",
    "to:sadie": "A",
    "cc:dean": "B",
    "bcc:dean": "",
    "participants:dean": "B",
    "participants:daniels": "A",
    "attachment:report": "E",
    "category:proj": "D",
    "hasattachment:true": "E",
    "hasattachments:FALSE product": "ABCDF",
    "isread:true": "B",
    "isread:false product": "ACD",
    "isflagged:true": "",
    "importance:normal": "ABCDEF",
    "importance:high": "",
    "kind:email": "ABCDE",
    "kind:meetings": "F",
    "kind:tasks": "",
    "kind:(meetings OR email) product": "ABCDF",
    "size:>5000": "E",
    "size:0..5000 product": "ABCDF",
    "received:today": "A",
    "received:yesterday": "B",
    "received:NOT today": "BCDEF",
    "received:this week": "ABF",
    "received:last week": "C",
    "received:tuesday": "B",
    "received:12/11/2025": "D",
    "received:2025-12-11": "D",
    "received:December 11, 2025": "D",
    "received:December 2025": "CD",
    "received:2/3/2025..12/11/2025": "DE",
    "received:12/1/2025..today": "ABCDF",
    "received:>12/11/2025": "ABCF",
    "received:>=12/11/2025": "ABCDF",
    "received:<12/11/2025": "E",
    "received:<=12/11/2025": "DE",
    "received:past month": "ABCDF",
    "received:last year": "CDE",
    "sent:monday": "ABCDEF",
    "sent:today OR sent:yesterday": "",
    "unknown:product": "",
    "product:": "ABCDF",
    '"line': "BC",
    "(((line": "BC",
    "line)) AND": "BC",
    "OR line": "BC",
    "": "ABCDEF",
    "()": "ABCDEF",
    "subject:": "ABCDEF",
    "Halstead": "ABC",
}


@pytest.mark.parametrize("text", FOUND)
def test_query_strings_find_what_fits(organizer, letters, text):
    escaped = text.replace("<", "&lt;").replace('"', "&quot;")
    found = find(organizer, "inbox", query=query(escaped))
    assert found.code == "NoError", found.answer.body.decode()
    assert "".join(subject[0] for subject in found.subjects) == FOUND[text]


@pytest.mark.parametrize(
    "text",
    [
        "isread:perhaps",
        "kind:spoons",
        "importance:very",
        "size:big",
        "size:1..big",
        "received:someday",
        "received:13/41/2025",
        "received:2025-02-30",
        "received:1/1/0000",
        "(" * 40 + "x" + ")" * 40,
        "NOT " * 40 + "x",
    ],
)
def test_query_strings_that_cannot_be_are_refused(organizer, text):
    assert find(organizer, "inbox", query=query(text)).code == "ErrorInvalidArgument"


def test_days_are_those_of_the_request(organizer, filler):
    filler.world.clock.set(NOW)
    filler.message("late", received=datetime(2026, 1, 6, 23, 30, tzinfo=UTC))
    zone = '<t:TimeZoneContext><t:TimeZoneDefinition Id="Romance Standard Time"/></t:TimeZoneContext>'
    assert find(organizer, "inbox", query=query("received:today")).subjects == []
    assert find(organizer.saying(zone), "inbox", query=query("received:today")).subjects == ["late"]


def test_what_was_looked_for_is_told_for_highlighting(organizer, letters):
    def highlighted(text, attributes=' ReturnHighlightTerms="true"'):
        return find(organizer, "inbox", query=query(text, attributes)).highlights

    assert highlighted("subject:product from:dean -body:x") == [("Subject", "product"), ("From", "dean")]
    assert highlighted("line line received:today") == [("Subject", "line"), ("Body", "line")]
    assert highlighted("line", "") == []
    assert highlighted("isread:true") == []
    early = find(organizer.at("Exchange2010"), "inbox", query=query("line", ' ReturnHighlightTerms="true"'))
    assert early.answer.fault == "ErrorSchemaValidation"


def test_a_query_is_sorted_and_paged(organizer, letters):
    sort = order(("item:DateTimeReceived", True))
    found = find(organizer, "inbox", query=query("product"), sort=sort, view=page(1, 2))
    assert [subject[0] for subject in found.subjects] == ["B", "F"]
    assert (found.TotalItemsInView, found.IncludesLastItemInRange) == (5, False)


def test_a_query_string_stands_alone(organizer, letters):
    where = search(compare("IsEqualTo", "item:Subject", "x"))
    assert find(organizer, "inbox", where=where, query=query("x")).code == "ErrorInvalidOperation"
    days = window("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z")
    assert find(organizer, view=days, query=query("x")).code == "ErrorInvalidOperation"
    assert find(organizer.at("Exchange2007_SP1"), "inbox", query=query("x")).answer.fault == "ErrorSchemaValidation"


PARTS = ["a", "OR", "AND", "NOT", "(", ")", '"', "-", "+", "subject:", "received:", "today", "*", ".."]


@given(st.lists(st.sampled_from(PARTS)), st.sampled_from(["", " "]))
def test_every_query_is_answered_or_refused(parts, between):
    reader = Reader(Today(NOW))
    try:
        tree = parse(between.join(parts), KEYWORDS, reader)
    except QueryInvalid:
        return  # no value of its keyword
    except TooDeep:
        assert len(parts) > DEEPEST / 2
        return
    assert tree is None or callable(predicate(tree))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("tomorrow", "2026-01-08", "2026-01-08"),
        ("Sunday", "2026-01-04", "2026-01-04"),
        ("saturday", "2026-01-10", "2026-01-10"),
        ("next week", "2026-01-11", "2026-01-17"),
        ("this month", "2026-01-01", "2026-01-31"),
        ("last month", "2025-12-01", "2025-12-31"),
        ("next month", "2026-02-01", "2026-02-28"),
        ("next year", "2027-01-01", "2027-12-31"),
        ("February", "2026-02-01", "2026-02-28"),
        ("February 2028", "2028-02-01", "2028-02-29"),
        ("2/28", "2026-02-28", "2026-02-28"),
        ("coming week", "2026-01-07", "2026-01-14"),
    ],
)
def test_dates_are_days_weeks_months_and_years(text, first, last):
    (start, end), place = read_date(text, 0, Today(NOW))
    assert place == len(text)
    assert (str(start.date()), str((end - timedelta(microseconds=1)).date())) == (first, last)
