"""A request told in the ids of another server: every id that it has there, and nothing else."""

import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from conformance.model.exchange import Exchange, Request, Response
from conformance.tape.diff import study
from conformance.tape.renaming import Names, UnknownId, renamed
from tests.conformance.tape.test_compare_meetings import SOAP, found, item

EWS = "https://a.example/EWS/Exchange.asmx"
GRAPH = "https://a.example/v1.0"
CALENDAR = SOAP.format('<m:GetFolder><t:DistinguishedFolderId Id="calendar"/></m:GetFolder>')
AAA, BBB = "AAMkAGI2AAA/x+1=", "AAMkAGQ5BBB/y+2="


def get_item(*ids):
    told = "".join(f'<t:ItemId Id="{each}" ChangeKey="{key}"/>' for each, key in ids)
    return Request("POST", EWS, (), SOAP.format(f"<m:GetItem><m:ItemIds>{told}</m:ItemIds></m:GetItem>").encode())


def names(**more):
    known = Names()
    known.learn([(AAA, BBB), *more.items()])
    return known


def test_answers_to_the_same_request_tell_the_names():
    known = Names()
    left, right = found(item("Lunch", 1), item("Tea", 2)), found(item("Tea", 3), item("Lunch", 4))
    known.learn(study(left, right).naming)
    assert renamed(get_item(("ID1AAAA", "CK1AAAA")), known) == get_item(("ID4AAAA", "CK4AAAA"))


def test_an_id_that_is_another_thing_than_before_is_a_difference():
    known = Names()
    known.learn(study(found(item("Lunch", 10)), found(item("Lunch", 40))).naming)
    again = study(found(item("Lunch", 10)), found(item("Lunch", 50)), contradicts=known.contradicts)
    assert {each.path.rpartition("/")[2] for each in again.differences} == {"@Id", "@ChangeKey"}
    known.learn(again.naming)
    assert known.of("ID10AAAA") == "ID50AAAA", "the newest name counts"


def test_versions_of_which_things_is_not_said_contradict_nothing():
    known = Names()
    tagged = [
        (Exchange(Request("GET", f"{GRAPH}/me/events"), Response(200, "", (("ETag", f'W/"CQAAAAA{key}"'),))),)
        for key in ("1", "2", "3")
    ]
    known.learn(study(tagged[0], tagged[1]).naming)
    assert study(tagged[0], tagged[2], contradicts=known.contradicts).differences == ()
    assert known.of("CQAAAAA1") == "CQAAAAA2"


def test_what_a_request_takes_over_contradicts_nothing():
    known = Names()
    known.learn([("ITEM0001", "ITEM0009")])
    answer = Response(200, "", (), b"")
    left, right = Exchange(get_item(("ITEM0002", "")), answer), Exchange(get_item(("ITEM0009", "")), answer)
    assert study((left,), (right,), contradicts=known.contradicts).differences == ()


def test_an_id_in_the_other_alphabet_of_base64_is_the_same_one():
    known = Names()
    here, there = "zYQoxrv4TlAzMmA5AFos3Q==", "IBPm/i9nL+GiQvC47U8NXw=="  # as EWS writes them
    known.learn([(here, there)])
    assert not known.contradicts(here, "IBPm-i9nL_GiQvC47U8NXw==")
    assert known.contradicts(here, "IBPm-i9nL_GiQvC47U8NXx==")
    assert not known.contradicts("IBPm_i9nL-GiQvC47U8NXw==", here)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (f"{GRAPH}/me/events/AAMkAGI2AAA%2Fx%2B1%3D?$select=subject", "AAMkAGQ5BBB%2Fy%2B2%3D?$select=subject"),
        (f"{GRAPH}/me/events('AAMkAGI2AAA%2Fx%2B1%3D')", "events('AAMkAGQ5BBB%2Fy%2B2%3D')"),
    ],
)
def test_an_id_in_an_address_is_replaced_as_it_is_escaped(written, expected):
    assert renamed(Request("GET", written), names()).url.endswith(expected)


def test_an_id_in_a_batch_is_replaced_in_the_addresses_of_its_parts():
    def batch(key):
        parts = [{"id": "1", "method": "GET", "url": f"/me/events/{key}"}]
        return Request("POST", f"{GRAPH}/$batch", (), json.dumps({"requests": parts}).encode())

    known = Names()
    known.learn([("event-here-1", "event-there-2")])
    assert renamed(batch("event-here-1"), known) == batch("event-there-2")
    with pytest.raises(UnknownId, match="has an id that the other server has not told"):
        renamed(batch("event-here-3"), known)


def test_an_id_that_the_other_server_has_not_told_is_refused_unless_it_may_stay():
    asked = get_item(("AAMkAGI2CCC1", "CQAAAA12"))
    with pytest.raises(UnknownId, match=r"ItemId/@Id has an id that the other server has not told"):
        renamed(asked, names())
    assert renamed(asked, names(), unknown_stay=True) == asked


def test_a_version_is_renamed_by_what_it_is_a_version_of():
    known = Names()
    known.learn([("ITEM0001", "ITEM0009"), ("VERSION1\0ITEM0001", "VERSION7\0ITEM0009")])
    known.learn([("ITEM0002", "ITEM0008"), ("VERSION1\0ITEM0002", "VERSION6\0ITEM0008")])
    assert renamed(get_item(("ITEM0001", "VERSION1")), known) == get_item(("ITEM0009", "VERSION7"))
    with pytest.raises(UnknownId, match="two on the other server"):
        renamed(get_item(("ITEM0001", "VERSION1"), ("ITEM0002", "VERSION1")), known)


@pytest.mark.parametrize(
    "request_",
    [
        Request("GET", f"{GRAPH}/me/mailFolders/inbox/messages", (("client-request-id", "0f1e2d3c-4b5a-6978-8796"),)),
        Request("GET", f"{GRAPH}/users/ann1@a.example/events?$filter=start/dateTime ge '2026-03-02T08:00'"),
        Request("POST", f"{GRAPH}/me/events", (), b'{"transactionId": "0f1e2d3c-4b5a", "subject": "x"}'),
        Request("POST", EWS, (), CALENDAR.encode()),
    ],
    ids=["well-known folder", "address", "client's own", "distinguished folder"],
)
def test_what_no_server_made_stays(request_):
    assert renamed(request_, names()) == request_


@given(st.text(alphabet="AB/+=_-", max_size=12), st.text(alphabet="AB/+=_-", max_size=12))
def test_an_id_inside_a_longer_one_stays(before, after):
    key = f"{before}{AAA}{after}"
    assume(key != AAA)
    known = Names()
    known.learn([(AAA, BBB), (key, key)])
    assert renamed(get_item((key, AAA)), known) == get_item((key, BBB))


def test_what_is_remembered_is_bounded():
    known = Names(kept=10)
    known.learn((f"here-{number:04}", f"there-{number:04}") for number in range(100))
    assert (known.of("here-0089"), known.of("here-0090")) == (None, "there-0090")


def test_an_id_without_signs_gets_one_with_signs():
    known = Names()
    known.learn([("AAMkAGI2AAAx", BBB)])
    assert renamed(get_item(("AAMkAGI2AAAx", "CK1AAAA")), known, unknown_stay=True) == get_item((BBB, "CK1AAAA"))
    asked = renamed(Request("GET", f"{GRAPH}/me/events/AAMkAGI2AAAx"), known)
    assert asked.url == f"{GRAPH}/me/events/AAMkAGQ5BBB%2Fy%2B2%3D"


def test_an_id_told_by_one_protocol_is_known_in_the_alphabet_of_the_other():
    known = names()
    spelt = Request("GET", f"{GRAPH}/me/events?$deltatoken=AAMkAGI2AAA-x_1%3D")
    assert renamed(spelt, known).url == f"{GRAPH}/me/events?$deltatoken=AAMkAGQ5BBB-y_2%3D"
