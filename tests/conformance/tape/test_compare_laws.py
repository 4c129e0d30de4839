"""The laws of comparing, for whatever calendars and conversations there are."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from conformance.model.exchange import Exchange, Request, Response
from conformance.tape.diff import compare, study
from conformance.wire.path import leaves
from conformance.wire.path import replace as with_value
from tests.conformance.tape.test_compare_meetings import SOAP

ANSWERS = ("Unknown", "Accept", "Tentative", "Decline")
WORDS = st.sampled_from(["Lunch", "Plan", "Plan B", "A & B", "x"])
PEOPLE = tuple(f"{name}@x.example" for name in ("ann", "bob", "cy"))


@dataclass(frozen=True)
class Meeting:
    """A meeting; ``thing``, ``version``, ``uid`` and ``moment`` are numbers of names, which a server chooses."""

    subject: str
    place: str
    hour: int
    people: tuple[tuple[str, str], ...]
    thing: int
    version: int
    uid: int
    moment: int


@dataclass(frozen=True)
class Names:
    """What one server calls the numbers: an id, a version of an id, a moment."""

    salt: str

    def thing(self, number):
        return f"AAMk{self.salt}{number:04}AAAAAAAAAAAA="

    def version(self, thing, number):
        return f"CQ{self.salt}{thing:03}{number:03}AAAA"

    def moment(self, number):
        return f"2026-0{1 + len(self.salt) % 9}-{1 + number % 28:02}T08:00:00Z"


# Half as many as usual: each looks at several recordings.
HALF = settings(max_examples=settings.default.max_examples // 2)
FIRST, SECOND = Names("Q1a"), Names("Zz9k")
NUMBERS = st.integers(0, 5)
invited = st.lists(
    st.tuples(st.sampled_from(PEOPLE), st.sampled_from(ANSWERS)), max_size=3, unique_by=lambda one: one[0]
).map(tuple)
meetings = st.builds(
    Meeting,
    WORDS,
    WORDS,
    st.integers(8, 18),
    invited,
    NUMBERS,
    NUMBERS,
    NUMBERS,
    NUMBERS,
)
calendars = st.lists(meetings, min_size=1, max_size=5, unique_by=lambda one: one.thing)


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


def ews(calendar, names):
    def item(one):
        people = "".join(
            f"<t:Attendee><t:Mailbox><t:EmailAddress>{who}</t:EmailAddress></t:Mailbox>"
            f"<t:ResponseType>{answer}</t:ResponseType></t:Attendee>"
            for who, answer in one.people
        )
        return (
            f'<t:CalendarItem><t:ItemId Id="{names.thing(one.thing)}"'
            f' ChangeKey="{names.version(one.thing, one.version)}"/>'
            f"<t:Subject>{escaped(one.subject)}</t:Subject>"
            f"<t:DateTimeReceived>{names.moment(one.moment)}</t:DateTimeReceived>"
            f"<t:Start>2026-05-04T{one.hour:02}:00:00Z</t:Start><t:Location>{escaped(one.place)}</t:Location>"
            f"<t:UID>{names.thing(90 + one.uid)}</t:UID>"
            f"<t:RequiredAttendees>{people}</t:RequiredAttendees></t:CalendarItem>"
        )

    answer = (
        "<m:FindItemResponse><m:ResponseMessages><m:FindItemResponseMessage ResponseClass='Success'>"
        "<m:ResponseCode>NoError</m:ResponseCode><m:RootFolder><t:Items>"
        f"{''.join(map(item, calendar))}</t:Items></m:RootFolder></m:FindItemResponseMessage></m:ResponseMessages>"
        "</m:FindItemResponse>"
    )
    request = Request("POST", "https://a.example/EWS/Exchange.asmx", (), SOAP.format("<m:FindItem/>").encode())
    return Exchange(request, Response(200, "OK", (), SOAP.format(answer).encode()))


def graph(calendar, names):
    def event(one):
        return {
            "id": names.thing(one.thing),
            "@odata.etag": f'W/"{names.version(one.thing, one.version)}"',
            "changeKey": names.version(one.thing, one.version),
            "createdDateTime": names.moment(one.moment),
            "iCalUId": names.thing(90 + one.uid),
            "subject": one.subject,
            "start": {"dateTime": f"2026-05-04T{one.hour:02}:00:00", "timeZone": "UTC"},
            "location": {"displayName": one.place},
            "attendees": [
                {"emailAddress": {"address": who}, "status": {"response": answer, "time": names.moment(one.moment)}}
                for who, answer in one.people
            ],
        }

    body = json.dumps({"value": list(map(event, calendar))}).encode()
    return Exchange(Request("GET", "https://a.example/v1.0/me/events"), Response(200, "OK", (), body))


def get(thing, names):
    """A request that speaks of an id, in an address."""
    return Exchange(Request("GET", f"https://a.example/v1.0/me/events/{names.thing(thing)}"), Response(204))


def told(conversation, names):
    """What is said by a server that calls things by these names."""
    return tuple(
        get(each, names) if isinstance(each, int) else (ews, graph)[each[0]](each[1], names) for each in conversation
    )


conversations = st.lists(st.tuples(st.integers(0, 1), calendars) | NUMBERS, min_size=1, max_size=4)
VOLATILE = ("@Id", "@ChangeKey", "UID", "DateTimeReceived", ".id", "etag']", ".changeKey", ".createdDateTime")
VOLATILE += (".iCalUId", ".status.time")


@HALF
@given(conversations)
def test_nothing_differs_from_itself(conversation):
    assert compare(told(conversation, FIRST), told(conversation, FIRST)) == ()


@HALF
@given(conversations)
def test_other_names_for_the_same_things_are_no_difference(conversation):
    found = study(told(conversation, FIRST), told(conversation, SECOND))
    assert found.differences == ()
    assert found.volatile > 0


@HALF
@given(conversations, conversations)
def test_a_comparison_is_empty_exactly_when_the_reverse_is(one, other):
    left, right = told(one, FIRST), told(other, SECOND)
    assert (compare(left, right) == ()) == (compare(right, left) == ())


@HALF
@given(calendars, st.integers(0, 1), st.data())
def test_every_edit_of_what_may_not_vary_is_told_at_its_path(calendar, protocol, data):
    left, right = ((ews, graph)[protocol](calendar, names) for names in (FIRST, SECOND))
    places = [(path, value) for path, value in leaves(right.response.body) if not path.endswith(VOLATILE)]
    path, value = data.draw(st.sampled_from([each for each in places if isinstance(each[1], str) and each[1]]))
    changed = with_value(right.response.body, path, data.draw(st.sampled_from([f"{value}!", "other"])))
    edited = replace(right, response=replace(right.response, body=changed))
    found = compare([left], [edited])
    assert [(one.right_at.path, one.right) for one in found] == [(f"response{path}", dict(leaves(changed))[path])]
    assert compare([edited], [left])


@HALF
@given(calendars, st.integers(0, 1), st.data())
def test_a_missing_entry_and_a_swap_of_neighbours_are_told_as_such(calendar, protocol, data):
    assume(len(calendar) > 1)
    assume(len({(one.subject, one.hour) for one in calendar}) == len(calendar))
    at = data.draw(st.integers(0, len(calendar) - 2))
    kind = (ews, graph)[protocol]
    left = kind(calendar, FIRST)
    (gone,) = compare([left], [kind(calendar[:at] + calendar[at + 1 :], SECOND)])
    assert gone.words.endswith("the calendar item is only on the left")
    assert gone.words.startswith(f'meeting "{calendar[at].subject}"')
    swapped = [*calendar[:at], calendar[at + 1], calendar[at], *calendar[at + 2 :]]
    (moved,) = compare([left], [kind(swapped, SECOND)])
    assert " stands at " in moved.words


@HALF
@given(calendars, st.data())
def test_the_order_of_people_says_nothing(calendar, data):
    shuffled = [replace(one, people=tuple(data.draw(st.permutations(one.people)))) for one in calendar]
    for kind in (ews, graph):
        assert compare([kind(calendar, FIRST)], [kind(shuffled, SECOND)]) == ()


@HALF
@given(calendars, st.integers(0, 1))
def test_two_ids_that_have_become_one_are_a_difference(calendar, protocol):
    assume(len(calendar) > 1)
    kind = (ews, graph)[protocol]
    merged = [replace(one, thing=calendar[0].thing) for one in calendar]
    found = compare([kind(calendar, FIRST)], [kind(merged, SECOND)])
    assert any("another thing there" in one.words for one in found)
    assert compare([kind(merged, SECOND)], [kind(calendar, FIRST)])
