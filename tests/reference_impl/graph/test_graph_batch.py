"""$batch: several requests in one."""

from __future__ import annotations

import base64
import json

import pytest

from reference_impl.domain.copying import replace
from reference_impl.graph.call import Asking, Result
from reference_impl.graph.refusals import ParameterInvalid
from reference_impl.graph.resources import batch
from reference_impl.graph.router import Reach, Route, Router
from reference_impl.graph.routes import ROUTES
from reference_impl.http import Heard, Question

JSON = {"Content-Type": "application/json"}
BATCH = "/v1.0/$batch"


def ask(name, method="GET", url="/me", **more):
    return {"id": name, "method": method, "url": url, **more}


def write(name, lunch, **more):
    return ask(name, "POST", "/me/events", headers=JSON, body=lunch, **more)


def told(answer):
    assert answer.status == 200
    return {each["id"]: each for each in answer["responses"]}


def state(office):
    return [caller.get("/v1.0/me/events")["value"] for caller in (office.alex, office.adele)]


@pytest.mark.requirement("GRAPH-BAT-001", "GRAPH-BAT-004", "GRAPH-BAT-008")
def test_each_request_is_answered_as_it_would_be_by_itself(office, lunch, invited):
    window = "?startDateTime=2026-02-01&endDateTime=2026-03-01&$select=subject"
    requests = [
        ask("a", url=f"/me/events/{invited[0]}"),
        ask("b", url="me/nothing"),
        ask("c", url=f"/me/calendarView{window}"),
        ask("d", "POST", f"/me/events/{invited[0]}/cancel", headers=JSON, body={"comment": "sorry"}),
        ask("e", url="/me/events/$count"),
        ask("f", url="/users/AdeleV@contoso.com/events"),
        write("g", lunch),
    ]
    answers = told(office.alex.post(BATCH, {"requests": requests}))
    assert {name: each["status"] for name, each in answers.items()} == {
        "a": 200,
        "b": 400,
        "c": 200,
        "d": 202,
        "e": 200,
        "f": 403,
        "g": 201,
    }
    assert answers["a"]["body"]["id"] == invited[0]
    assert answers["b"]["body"]["error"]["code"] == "BadRequest"
    assert [set(each) for each in answers["c"]["body"]["value"]] == [{"@odata.etag", "id", "subject"}]
    assert "body" not in answers["d"]
    assert base64.urlsafe_b64decode(answers["e"]["body"]) == b"0"
    assert answers["g"]["headers"]["Location"].startswith("http://server.test:8080/v1.0/")
    assert answers["g"]["headers"]["Content-Type"].startswith("application/json")
    assert len({each["headers"]["request-id"] for each in answers.values()}) == len(answers)


def test_a_batch_below_beta_asks_beta(office, invited):
    answers = told(office.alex.post("/beta/$batch", {"requests": [ask("1", url=f"/me/events/{invited[0]}")]}))
    assert answers["1"]["body"]["uid"]


def test_nothing_and_twenty_requests_are_a_batch(office):
    assert office.alex.post(BATCH, {"requests": []})["responses"] == []
    assert len(told(office.alex.post(BATCH, {"requests": [ask(str(n)) for n in range(20)]}))) == 20


@pytest.mark.requirement("GRAPH-BAT-005")
def test_requests_run_behind_those_they_depend_on_and_else_as_sent(office, lunch):
    requests = [
        ask("count", url="/me/events/$count", dependsOn=["second"]),
        write("first", {**lunch, "subject": "1"}),
        write("second", {**lunch, "subject": "2"}, dependsOn=["first"]),
        ask("early", url="/me/events?$top=50", dependsOn=None),
    ]
    answer = office.alex.post(BATCH, {"requests": requests})
    assert [each["id"] for each in answer["responses"]] == ["first", "second", "count", "early"]
    assert base64.urlsafe_b64decode(told(answer)["count"]["body"]) == b"2"


@pytest.mark.requirement("GRAPH-BAT-006", "GRAPH-BAT-012")
def test_what_depends_on_a_failure_is_not_carried_out_and_nothing_else_is_undone(office, lunch):
    requests = [
        write("good", lunch, atomicityGroup="g"),
        ask("bad", url="/me/nothing", atomicityGroup="g"),
        write("lost", lunch, dependsOn=["bad", "good"]),
        write("lost too", lunch, dependsOn=["lost"]),
        write("free", lunch, dependsOn=["good"]),
    ]
    answers = told(office.alex.post(BATCH, {"requests": requests}))
    statuses = {"good": 201, "bad": 400, "lost": 424, "lost too": 424, "free": 201}
    assert {name: each["status"] for name, each in answers.items()} == statuses
    assert answers["lost"]["body"]["error"]["code"] == "FailedDependency"
    assert office.alex.get("/v1.0/me/events/$count").body == b"2"


MALFORMED = {
    "no requests": {},
    "requests that are no list": {"requests": {}},
    "a member that nothing declares": {"requests": [], "colour": "red"},
    "an entry that is no object": {"requests": ["/me"]},
    "an entry without an id": {"requests": [{"method": "GET", "url": "/me"}]},
    "an id that is no text": {"requests": [ask(1)]},
    "an empty id": {"requests": [ask("")]},
    "an entry without a method": {"requests": [{"id": "1", "url": "/me"}]},
    "an unknown method": {"requests": [ask("1", "FETCH")]},
    "an entry without an address": {"requests": [{"id": "1", "method": "GET"}]},
    "headers that are no texts": {"requests": [ask("1", headers={"Prefer": 1})]},
    "a dependency on nobody": {"requests": [ask("1", dependsOn=["2"])]},
    "a dependency on itself": {"requests": [ask("1", dependsOn=["1"])]},
    "a circle": {"requests": [ask("1", dependsOn=["2"]), ask("2", dependsOn=["1"])]},
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_batch_that_is_not_understood_is_refused_as_a_whole(office, lunch, name):
    before = state(office)
    body = MALFORMED[name]
    if isinstance(body.get("requests"), list):
        body = {**body, "requests": [write("good", lunch), *body["requests"]]}
    answer = office.alex.post(BATCH, body)
    assert (answer.status, answer.code) == (400, "BadRequest")
    assert state(office) == before


@pytest.mark.requirement("GRAPH-BAT-002", "GRAPH-BAT-003", "GRAPH-BAT-007", "GRAPH-BAT-010", "GRAPH-BAT-011")
@pytest.mark.parametrize(
    "requests",
    [
        [ask(str(number)) for number in range(21)],
        [ask("1"), ask("1")],
        [ask("1", "POST", "/me/events", body={})],
        [ask("1", "POST", "/me/events", headers={"Accept": "*/*"}, body={})],
        [ask("1", "POST", "/$batch", headers=JSON, body={"requests": []})],
        [ask("1", "POST", "$BATCH()", headers=JSON, body={"requests": []})],
        [ask("1", "POST", "%24batch", headers=JSON, body={"requests": []})],
        [ask("1", url="http://elsewhere.test/v1.0/me")],
        [ask("1", url="http://server.test:8080/beta/me")],
        [ask("1", url="https://server.test:8080/v1.0/me")],
        [ask("1", url="http://server.test:8080/v1.0/$batch")],
        [ask("1", url="//server.test/v1.0/me")],
        [ask("1", url="http://[")],
        [ask("1", "PUT", "/me/events", headers={"Content-Type": "text/plain"}, body="n o t base64")],
    ],
)
def test_an_entry_that_cannot_be_one_spoils_the_batch(office, lunch, requests):
    before = state(office)
    answer = office.alex.post(BATCH, {"requests": [*requests, write("good", lunch)]})
    assert (answer.status, answer.code) == (400, "BadRequest")
    assert state(office) == before


def test_a_batch_needs_a_token_and_its_requests_have_that_ones_permissions(office, lunch):
    assert office.nobody.post(BATCH, {"requests": [ask("1")]}).status == 401
    reader = office.caller("AlexW@contoso.com", scopes=frozenset({"Calendars.Read"}))
    answers = told(reader.post(BATCH, {"requests": [write("1", lunch), ask("2", url="/me/events")]}))
    assert [answers["1"]["status"], answers["2"]["status"]] == [403, 200]
    assert office.alex.get(BATCH).status == 405


def test_preferences_of_the_batch_hold_for_its_requests_unless_they_have_their_own(office, invited):
    url = f"/me/events/{invited[0]}"
    own = {"prefer": 'outlook.timezone="Europe/Berlin"'}
    answer = office.alex.post(
        BATCH,
        {"requests": [ask("1", url=url), ask("2", url=url, headers=own)]},
        prefer='outlook.timezone="Asia/Tokyo"',
    )
    answers = told(answer)
    assert answers["1"]["body"]["start"]["timeZone"] == "Asia/Tokyo"
    assert answers["2"]["body"]["start"]["timeZone"] == "Europe/Berlin"
    assert answers["2"]["headers"]["Preference-Applied"] == own["prefer"]


def test_conditions_are_those_of_each_request(office, invited):
    url = f"/me/events/{invited[0]}"
    tag = office.alex.get(f"/v1.0{url}")["@odata.etag"]
    requests = [
        ask("known", url=url, headers={"If-None-Match": tag}),
        ask("stale", "PATCH", url, headers={**JSON, "If-Match": 'W/"QUFBQUFBQUFB"'}, body={"subject": "x"}),
        ask("fresh", "PATCH", url, headers={**JSON, "If-Match": tag}, body={"subject": "y"}),
    ]
    answers = told(office.alex.post(BATCH, {"requests": requests}, if_match=tag))
    assert {name: each["status"] for name, each in answers.items()} == {"known": 304, "stale": 412, "fresh": 200}


@pytest.mark.requirement("GRAPH-BAT-009")
def test_each_request_is_throttled_by_itself(make_office):
    office = make_office(graph_requests_per_minute=2)
    answers = told(office.alex.post(BATCH, {"requests": [ask(str(n), url="/me/events") for n in range(4)]}))
    refused = [each for each in answers.values() if each["status"] == 429]
    assert len(refused) in {2, 3}
    assert all(int(each["headers"]["Retry-After"]) > 0 for each in refused)


def test_a_body_that_is_no_json_is_written_in_base64url(office):
    raw = "Grüße?>??".encode()
    assert {*base64.b64encode(raw).decode()} & {*"+/"}
    for written in (base64.urlsafe_b64encode(raw).decode().rstrip("="), base64.b64encode(raw).decode()):
        entry = ask("1", "POST", "/me/events", headers={"content-type": "text/plain"}, body=written)
        assert told(office.alex.post(BATCH, {"requests": [entry]}))["1"]["status"] == 415


def test_what_a_kit_adds_to_a_request_is_passed_over(office, monkeypatch):
    kits = {
        "headers": {},
        "depends_on": ["x"],
        "id": "1",
        "method": "GET",
        "url": "http://server.test:8080/v1.0/me?$select=id",
    }
    assert set(told(office.alex.post(BATCH, {"requests": [kits]}))["1"]["body"]) == {"@odata.context", "id"}
    monkeypatch.setattr(batch, "FREEDOMS", {})
    assert office.alex.post(BATCH, {"requests": [kits]}).code == "BadRequest"


@pytest.mark.parametrize("strict", [False, True])
def test_a_write_without_a_body_needs_a_type_where_the_server_is_strict(make_office, lunch, strict):
    office = make_office(batch_writes_need_type=strict)
    office.alex.post("/v1.0/me/events", lunch)
    theirs = office.adele.get("/v1.0/me/events")["value"][0]["id"]
    answer = office.adele.post(BATCH, {"requests": [ask("1", "POST", f"/me/events/{theirs}/accept")]})
    assert answer.status == (400 if strict else 200)
    response = office.adele.get(f"/v1.0/me/events/{theirs}")["responseStatus"]["response"]
    assert response == ("notResponded" if strict else "accepted")


def test_requests_that_ask_listeners_hold_the_batch_up_and_may_still_fail(office):
    def subscribe(call):
        def conclude(heard):
            if heard[0] is None:
                raise ParameterInvalid(reason="nobody listens")
            return Result(201, {"said": heard[0].body.decode()})

        return Asking((Question(f"http://listener.test/{call.body('event.accept')['comment']}"),), conclude)

    asking = Route("event.accept", "POST", ("/asked",), subscribe, frozenset(), reach=Reach.SERVICE)
    office.endpoint._router = Router([*ROUTES, asking])
    requests = [
        ask("1", "POST", "/asked", headers=JSON, body={"comment": "one"}),
        ask("2"),
        ask("3", "POST", "/asked", headers=JSON, body={"comment": "two"}),
        ask("4", dependsOn=["3"]),
    ]
    answer = office.alex.sent("POST", BATCH, {"requests": requests})
    assert [each.url for each in answer.pending.questions] == ["http://listener.test/one"]
    answer = answer.pending.answer([Heard(200, "text/plain", b"yes")])
    assert [each.url for each in answer.pending.questions] == ["http://listener.test/two"]
    answer = answer.pending.answer([None])
    answers = {each["id"]: each for each in json.loads(answer.body)["responses"]}
    assert {name: each["status"] for name, each in answers.items()} == {"1": 201, "2": 200, "3": 400, "4": 424}
    assert answers["1"]["body"] == {"said": "yes"}


def test_a_batch_is_no_request_of_another_method_or_depth(office):
    assert office.alex.get("/v1.0/$batch/x").status == 400
    assert replace(office.alex, application=True).post(BATCH, {"requests": [ask("1")]})["responses"][0]["status"] == 400
