"""Whatever is in a folder and whatever is asked, FindItem answers what can be told from what GetItem shows.

The oracle reads the items by GetItem and knows nothing of stores, indexes and field tables.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reference_impl.directory.population import population_of
from reference_impl.domain.items import Importance, TimeSlot
from reference_impl.domain.recurrence import Frequency, Recurrence
from reference_impl.ews.namespaces import t
from reference_impl.service.settings import Settings
from tests.reference_impl.ews.finding.asking import (
    compare,
    contains,
    excludes,
    exists,
    find,
    fraction,
    group,
    order,
    page,
    search,
    seek,
    window,
)
from tests.reference_impl.ews.finding.conftest import Filler

MONDAY = datetime(2026, 1, 5, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOURS = st.integers(0, 6)
WORDS = ("plan", "Plan", "PLAN B", "budget plan", "ß straße", "Ünder")


@dataclass
class Known:
    """One item as GetItem shows it, by field URI; what it does not show is not there."""

    id: str
    values: dict


def moment(text):
    return datetime.fromisoformat(text)


TEXT, NUMBER, TIME, FLAG, CHOICE, TEXTS = "text", "number", "time", "flag", "choice", "texts"
PROPERTIES = {
    "item:Subject": TEXT,
    "calendar:Location": TEXT,
    "item:Categories": TEXTS,
    "item:Size": NUMBER,
    "calendar:AppointmentSequenceNumber": NUMBER,
    "item:DateTimeReceived": TIME,
    "item:DateTimeSent": TIME,
    "item:DateTimeCreated": TIME,
    "item:LastModifiedTime": TIME,
    "calendar:Start": TIME,
    "calendar:End": TIME,
    "message:IsRead": FLAG,
    "calendar:IsAllDayEvent": FLAG,
    "item:Importance": CHOICE,
}
IMPORTANCE = ["Low", "Normal", "High"]
READ = {
    TEXT: lambda element: element.text or None,
    NUMBER: lambda element: int(element.text),
    TIME: lambda element: moment(element.text),
    FLAG: lambda element: element.text == "true",
    CHOICE: lambda element: IMPORTANCE.index(element.text),
    TEXTS: lambda element: tuple(child.text for child in element) or None,
}


def shown(speaker, item_ids):
    """The items by GetItem, in this order."""
    ids = "".join(f'<t:ItemId Id="{item_id}"/>' for item_id in item_ids)
    known = []
    for item in (items[0] for items in speaker.get(ids).root.iter("{*}Items")):
        found = {uri: item.find(t(uri.partition(":")[2])) for uri in PROPERTIES}
        values = {uri: READ[PROPERTIES[uri]](element) for uri, element in found.items() if element is not None}
        known.append(Known(item.find(t("ItemId")).get("Id"), values))
    return known


# What is in the folder

messages = st.fixed_dictionaries(
    {
        "subject": st.sampled_from(WORDS),
        "received": st.one_of(st.none(), HOURS.map(lambda hour: MONDAY + hour * HOUR)),
        "sent": st.one_of(st.none(), HOURS.map(lambda hour: MONDAY + hour * HOUR)),
        "is_read": st.booleans(),
        "importance": st.sampled_from(Importance),
        "categories": st.sampled_from([(), ("Red",), ("Red", "Blue")]),
    }
)
appointments = st.fixed_dictionaries(
    {
        "subject": st.sampled_from(WORDS),
        "start": HOURS.map(lambda hour: MONDAY + hour * HOUR),
        "length": st.integers(0, 3),
        "location": st.sampled_from(["", *WORDS]),
        "is_all_day": st.booleans(),
        "importance": st.sampled_from(Importance),
        "sequence": st.integers(0, 3),
        "recurs": st.booleans(),
    }
)
contents = st.lists(st.one_of(messages, appointments), min_size=1, max_size=9)


def fill(filler, described):
    for fields in described:
        if "length" in fields:
            add_event(filler, folder="inbox", **fields)
        else:
            filler.message(**fields)


def add_event(filler, *, length, recurs, **fields):
    recurrence = Recurrence(frequency=Frequency.DAILY, start=fields["start"].date(), count=3)
    filler.event(end=fields["start"] + length * HOUR, recurrence=recurrence if recurs else None, **fields)


# What is asked, as XML and as what it means

OPERATORS = {
    "IsEqualTo": lambda left, right: left == right,
    "IsNotEqualTo": lambda left, right: left != right,
    "IsLessThan": lambda left, right: left < right,
    "IsLessThanOrEqualTo": lambda left, right: left <= right,
    "IsGreaterThan": lambda left, right: left > right,
    "IsGreaterThanOrEqualTo": lambda left, right: left >= right,
}
CONSTANTS = {
    TEXT: st.sampled_from([*WORDS, "p", "zebra"]).map(lambda text: (text, text)),
    TEXTS: st.sampled_from(["Red", "Blue", "Green"]).map(lambda text: (text, text)),
    NUMBER: st.integers(0, 1100).map(lambda number: (str(number), number)),
    TIME: st.integers(-1, 8).map(lambda hour: ((MONDAY + hour * HOUR).isoformat(), MONDAY + hour * HOUR)),
    FLAG: st.booleans().map(lambda flag: (str(flag).lower(), flag)),
    CHOICE: st.sampled_from(IMPORTANCE).map(lambda word: (word, IMPORTANCE.index(word))),
}


def holds(name, left, right):
    if left is None or right is None:
        return name == "IsNotEqualTo"
    if isinstance(left, tuple):
        equal = any(OPERATORS["IsEqualTo"](entry, right) for entry in left)
        return not equal if name == "IsNotEqualTo" else any(OPERATORS[name](entry, right) for entry in left)
    return OPERATORS[name](left, right)


@st.composite
def comparisons(draw):
    uri, name = draw(st.sampled_from(sorted(PROPERTIES))), draw(st.sampled_from(sorted(OPERATORS)))
    text, value = draw(CONSTANTS[PROPERTIES[uri]])
    return compare(name, uri, text), lambda known: holds(name, known.values.get(uri), value)


@st.composite
def comparisons_of_two(draw):
    kind = draw(st.sampled_from([TIME, NUMBER]))
    one, other = (draw(st.sampled_from([uri for uri in PROPERTIES if PROPERTIES[uri] == kind])) for _ in range(2))
    name = draw(st.sampled_from(sorted(OPERATORS)))
    path = f'<t:FieldURI FieldURI="{other}"/>'
    return compare(name, one, path), lambda known: holds(name, known.values.get(one), known.values.get(other))


MODES = {
    "FullString": lambda text, wanted: text == wanted,
    "Prefixed": lambda text, wanted: text[: len(wanted)] == wanted,
    "Substring": lambda text, wanted: text.count(wanted) > 0,
    "PrefixOnWords": lambda text, wanted: any(
        f" {text}"[place:].startswith(f" {wanted}") for place in range(len(text))
    ),
    "ExactPhrase": lambda text, wanted: f" {wanted} " in f" {text} ",
}
FOLDS = {"Exact": str, "IgnoreCase": str.casefold}


@st.composite
def containments(draw):
    uri = draw(st.sampled_from(["item:Subject", "calendar:Location"]))
    wanted, mode = draw(st.sampled_from([*WORDS, "pl", "bud", "straSSE"])), draw(st.sampled_from(sorted(MODES)))
    comparison = draw(st.sampled_from(sorted(FOLDS)))

    def meets(known):
        text, fold = known.values.get(uri), FOLDS[comparison]
        return text is not None and MODES[mode](fold(text), fold(wanted))

    return contains(uri, wanted, mode, comparison), meets


@st.composite
def bits(draw):
    uri, mask = "calendar:AppointmentSequenceNumber", draw(st.integers(0, 3))
    return excludes(uri, mask), lambda known: not (known.values.get(uri) or 0) & mask


@st.composite
def existences(draw):
    uri = draw(st.sampled_from([uri for uri in sorted(PROPERTIES) if uri != "message:IsRead"]))
    return exists(uri), lambda known: known.values.get(uri) is not None


def junctions(parts):
    several = st.lists(parts, min_size=2, max_size=3)
    return st.one_of(
        several.map(lambda each: (f"<t:And>{''.join(xml for xml, _ in each)}</t:And>", _every(each))),
        several.map(lambda each: (f"<t:Or>{''.join(xml for xml, _ in each)}</t:Or>", _some(each))),
        parts.map(lambda part: (f"<t:Not>{part[0]}</t:Not>", lambda known: not part[1](known))),
    )


def _every(parts):
    return lambda known: all(meets(known) for _, meets in parts)


def _some(parts):
    return lambda known: any(meets(known) for _, meets in parts)


expressions = st.recursive(
    st.one_of(comparisons(), comparisons_of_two(), containments(), bits(), existences()), junctions, max_leaves=6
)
SORTABLE = sorted(uri for uri in PROPERTIES if uri != "message:IsRead")
orders = st.lists(st.tuples(st.sampled_from(SORTABLE), st.booleans()), max_size=3, unique_by=lambda key: key[0])


def rank(known, uri):
    """What is not there comes first; case does not count."""
    value = known.values.get(uri)
    if isinstance(value, tuple):
        value = tuple(entry.casefold() for entry in value)
    return (value is not None, value.casefold() if isinstance(value, str) else value if value is not None else 0)


def sorted_by(known, keys):
    found = list(known)
    for uri, descending in reversed(keys):
        found.sort(key=lambda one, uri=uri: rank(one, uri), reverse=descending)
    return found


# The law

ALONE = population_of([{"address": "organizer0@example.com"}], "alone")


@dataclass
class Asked:
    """A search over a filled folder and its oracle's answer."""

    speaker: object
    parts: dict
    expected: list

    def find(self, view=""):
        return find(self.speaker, "inbox", view=view, paths=(), **self.parts)


def asked(tools, described, expression, keys):
    world = tools.new_world(Settings(), ALONE)
    speaker, filler = tools.speaker(world, "organizer0@example.com"), Filler(world, "organizer0@example.com")
    fill(filler, described)
    known = shown(speaker, find(speaker, "inbox", paths=()).ids)
    parts = {"sort": order(*keys)} if keys else {}
    if expression is not None:
        xml, meets = expression
        parts["where"] = search(xml)
        known = [one for one in known if meets(one)]
    return Asked(speaker, parts, sorted_by(known, keys))


LAW = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
searches = st.one_of(st.none(), expressions)


@LAW
@given(contents, searches, orders)
def test_everything_that_fits_is_found_in_order(tools, described, expression, keys):
    asked_ = asked(tools, described, expression, keys)
    found = asked_.find()
    assert found.ids == [known.id for known in asked_.expected]
    assert (found.TotalItemsInView, found.IncludesLastItemInRange) == (len(asked_.expected), True)


@LAW
@given(contents, searches, orders, st.integers(1, 4), st.booleans())
def test_pages_divide_everything(tools, described, expression, keys, size, backwards):
    asked_ = asked(tools, described, expression, keys)
    seen, offset = [], 0
    while True:
        found = asked_.find(page(offset, size, "End" if backwards else "Beginning"))
        assert found.TotalItemsInView == len(asked_.expected)
        seen = found.ids + seen if backwards else seen + found.ids
        offset = found.IndexedPagingOffset
        if found.IncludesLastItemInRange:
            break
        assert found.ids
    assert seen == [known.id for known in asked_.expected]


@LAW
@given(contents, searches, orders, st.integers(0, 7), st.integers(1, 7))
def test_fractions_begin_where_they_say(tools, described, expression, keys, numerator, denominator):
    numerator = min(numerator, denominator)
    asked_ = asked(tools, described, expression, keys)
    first = len(asked_.expected) * numerator // denominator
    assert asked_.find(fraction(numerator, denominator)).ids == [known.id for known in asked_.expected[first:]]


@LAW
@given(contents, searches, orders, expressions, st.integers(1, 4), st.booleans())
def test_a_page_begins_where_its_condition_holds_first(tools, described, expression, keys, condition, size, backwards):
    asked_ = asked(tools, described, expression, keys)
    xml, meets = condition
    met = [place for place, known in enumerate(asked_.expected) if meets(known)]
    if not met:
        expected = []
    elif backwards:
        expected = asked_.expected[max(met[-1] + 1 - size, 0) : met[-1] + 1]
    else:
        expected = asked_.expected[met[0] : met[0] + size]
    found = asked_.find(seek(xml, size, "End" if backwards else "Beginning"))
    assert found.ids == [known.id for known in expected]
    assert found.TotalItemsInView == len(asked_.expected)


@LAW
@given(contents, searches, orders, st.sampled_from(SORTABLE), st.sampled_from(SORTABLE), st.booleans(), st.booleans())
def test_groups_hold_what_has_a_value_in_common(tools, described, expression, keys, by, on, greatest, descending):
    asked_ = asked(tools, described, expression, keys)
    arrived = {item_id: place for place, item_id in enumerate(find(asked_.speaker, "inbox", paths=()).ids)}
    gathered = {}
    for known in sorted(asked_.expected, key=lambda one: arrived[one.id]):
        gathered.setdefault(known.values.get(by), []).append(known)

    def best(members):
        ranks = [rank(known, on) for known in members if known.values.get(on) is not None]
        return (max if greatest else min)(ranks, default=(False, 0))

    ordered = sorted(gathered.values(), key=best, reverse=descending)
    expected = [[known.id for known in sorted_by(members, keys)] for members in ordered]
    asked_.parts["groups"] = group(by, on, greatest=greatest, descending=descending)
    found = asked_.find()
    shown_groups = [
        [item.find(t("ItemId")).get("Id") for item in grouped.find(t("Items"))]
        for grouped in found.root.iter(t("GroupedItems"))
    ]
    assert shown_groups == expected
    assert found.TotalItemsInView == len(asked_.expected) + len(expected)


# Calendars


@LAW
@given(
    st.lists(appointments, min_size=1, max_size=6),
    st.integers(-30, 80),
    st.integers(0, 60),
    st.one_of(st.none(), st.integers(1, 5)),
)
def test_a_calendar_view_holds_the_occurrences_that_overlap_it(tools, described, first, length, limit):
    world = tools.new_world(Settings(), ALONE)
    speaker, filler = tools.speaker(world, "organizer0@example.com"), Filler(world, "organizer0@example.com")
    for fields in described:
        add_event(filler, **fields)
    slots = []
    for item in find(speaker, paths=("calendar:Start", "calendar:End", "calendar:CalendarItemType")).items:
        start, end = (moment(item.findtext(t(name))) for name in ("Start", "End"))
        days = 3 if item.findtext(t("CalendarItemType")) == "RecurringMaster" else 1
        slots += [TimeSlot(start + timedelta(days=day), end + timedelta(days=day)) for day in range(days)]
    begin, until = MONDAY + first * HOUR, MONDAY + (first + length) * HOUR
    inside = sorted(
        (slot.start, slot.end)
        for slot in slots
        if slot.start < until and (slot.end > begin or slot.start == slot.end == begin)
    )
    found = find(
        speaker, view=window(begin.isoformat(), until.isoformat(), limit), paths=("calendar:Start", "calendar:End")
    )
    shown_slots = [tuple(moment(item.findtext(t(name))) for name in ("Start", "End")) for item in found.items]
    assert found.TotalItemsInView == len(inside)
    assert found.IncludesLastItemInRange is (limit is None or limit >= len(inside))
    assert [start for start, _ in shown_slots] == [start for start, _ in inside][:limit]
    assert set(shown_slots) <= set(inside)
    if limit is None:
        assert sorted(shown_slots) == inside
