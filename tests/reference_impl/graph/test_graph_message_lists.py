"""Lists of messages: through casts, by search, and in deltas."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reference_impl.graph.odata.searching import compile_search
from reference_impl.graph.refusals import OptionInvalid

ALEX, ADELE, THIRD = "AlexW@contoso.com", "AdeleV@contoso.com", "attendee0@example.com"
MESSAGES = "/v1.0/me/messages"
INBOX = "/v1.0/me/mailFolders/inbox/messages"
CAST = "microsoft.graph.eventMessage"
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def send(caller, subject: str, **members) -> None:
    body = {"contentType": "html", "content": members.pop("text", "<p>Nothing to say</p>")}
    to = [{"emailAddress": {"address": members.pop("to", ADELE)}}]
    message = {"subject": subject, "body": body, "toRecipients": to, **members}
    assert caller.post("/v1.0/me/sendMail", {"message": message}).status == 202


def subjects(answer) -> list[str]:
    assert answer.status == 200, answer.json
    return [each["subject"] for each in answer["value"]]


def target(link: str) -> str:
    parts = urlsplit(link)
    return f"{parts.path}?{parts.query}"


# Casts


@pytest.fixture
def moved(office, lunch):
    """Alex's and Adele's mailboxes after a lunch was called, answered and moved."""
    key = office.alex.post("/v1.0/me/events", lunch)["id"]
    copy = office.adele.get("/v1.0/me/events")["value"][0]["id"]
    office.adele.post(f"/v1.0/me/events/{copy}/tentativelyAccept", {})
    later = {"start": {"dateTime": "2026-02-02T14:00:00"}, "end": {"dateTime": "2026-02-02T15:00:00"}}
    office.alex.patch(f"/v1.0/me/events/{key}", {**later, "location": {"displayName": "Cafe"}})
    return office


@pytest.fixture
def workflow(moved):
    """The same after it was called off besides, and a letter."""
    key = moved.alex.get("/v1.0/me/events")["value"][0]["id"]
    moved.alex.post(f"/v1.0/me/events/{key}/cancel", {})
    send(moved.alex, "Letter")
    return moved


@pytest.mark.requirement("GRAPH-MSG-001", "GRAPH-MSG-010", "GRAPH-MSG-015", "GRAPH-MSG-019")
def test_a_cast_lists_what_is_of_its_type(workflow):
    assert subjects(workflow.adele.get(INBOX)) == ["Letter", "Canceled: Lunch", "Lunch", "Lunch"]
    cancelled, update, request = workflow.adele.get(f"{INBOX}/{CAST}")["value"]
    assert cancelled["@odata.type"] == "#microsoft.graph.eventMessage"
    assert cancelled["meetingMessageType"] == "meetingCancelled"
    assert (request["meetingMessageType"], request["meetingRequestType"]) == ("meetingRequest", "outdated")
    requests = workflow.adele.get(f"{MESSAGES}/{CAST}Request?$count=true&$top=1")
    assert (requests["@odata.count"], requests["value"][0]["id"]) == (2, update["id"])
    assert requests["@odata.context"].endswith(f"/messages/{CAST}Request")
    assert workflow.adele.get(f"{INBOX}/{CAST}Response")["value"] == []
    (response,) = workflow.alex.get(f"{MESSAGES}/{CAST}Response?$filter=isOutOfDate eq false")["value"]
    assert (response["@odata.type"], response["responseType"]) == (
        "#microsoft.graph.eventMessageResponse",
        "tentativelyAccepted",
    )


@pytest.mark.requirement("GRAPH-MSG-005", "GRAPH-MSG-006", "GRAPH-MSG-007")
def test_an_update_tells_what_was_before_and_dates_the_request(moved):
    update, request = moved.adele.get(f"{INBOX}/{CAST}")["value"]
    assert update["meetingRequestType"] == "fullUpdate"
    assert update["previousStartDateTime"] == {"dateTime": "2026-02-02T12:00:00.0000000", "timeZone": "UTC"}
    assert update["previousEndDateTime"] == {"dateTime": "2026-02-02T13:00:00.0000000", "timeZone": "UTC"}
    assert update["previousLocation"]["displayName"] == "Harry's Bar"
    assert (request["previousStartDateTime"], request["previousLocation"]) == (None, None)
    assert request["isOutOfDate"] is True


def test_through_a_cast_members_of_the_type_need_no_other(workflow):
    shown = workflow.adele.get(f"{INBOX}/{CAST}Request?$select=meetingRequestType,previousLocation&$top=1")["value"][0]
    assert set(shown) == {"@odata.type", "@odata.etag", "id", "meetingRequestType", "previousLocation"}
    found = workflow.adele.get(f"{INBOX}/{CAST}?$filter=meetingMessageType eq 'meetingCancelled'")
    assert subjects(found) == ["Canceled: Lunch"]
    assert workflow.adele.get(f"{INBOX}/{CAST}?$select=meetingRequestType").code == "BadRequest"
    key = found["value"][0]["id"]
    assert workflow.adele.get(f"{MESSAGES}/{key}/{CAST}?$select=meetingMessageType")["id"] == key
    for wrong in ("Request", "Response"):
        assert workflow.adele.get(f"{MESSAGES}/{key}/{CAST}{wrong}").code == "ErrorItemNotFound"


@pytest.mark.requirement("GRAPH-MSG-002", "GRAPH-MSG-021")
def test_the_event_is_expanded_with_the_members_asked_for(office, invited):
    (request,) = office.adele.get(INBOX)["value"]
    for name in (CAST, f"{CAST}Request"):
        shown = office.adele.bare(f"{MESSAGES}/{request['id']}?$expand={name}/event($select=subject,showAs)")
        assert {member: shown["event"][member] for member in ("id", "showAs")} == {
            "id": invited[1],
            "showAs": "tentative",
        }
        assert "body" not in shown["event"]
        assert office.adele.get(f"{MESSAGES}/{request['id']}/{name}/event")["id"] == invited[1]
    assert office.adele.get(f"{INBOX}/{CAST}?$expand=event")["value"][0]["event"]["id"] == invited[1]


@pytest.mark.parametrize(
    ("version", "spelt"), [("v1.0", "meetingTenativelyAccepted"), ("beta", "meetingTentativelyAccepted")]
)
@pytest.mark.requirement("GRAPH-MSG-011", "GRAPH-MSG-012", "GRAPH-MSG-013", "GRAPH-MSG-014")
def test_a_response_tells_the_meeting_as_it_is_and_who_answered(office, invited, version, spelt):
    slot = {"start": {"dateTime": "2026-02-03T12:00:00"}, "end": {"dateTime": "2026-02-03T13:00:00"}}
    office.adele.post(f"/v1.0/me/events/{invited[1]}/tentativelyAccept", {"proposedNewTime": slot})
    (response,) = office.alex.get(f"/{version}/me/mailFolders/inbox/messages")["value"]
    assert response["meetingMessageType"] == spelt
    assert response["startDateTime"]["dateTime"] == "2026-02-02T12:00:00.0000000"
    assert response["proposedNewTime"]["start"]["dateTime"].startswith("2026-02-03T12:00:00")
    who = [response["from"], response["sender"], *response["toRecipients"]]
    assert [each["emailAddress"]["address"] for each in who] == [ADELE, ADELE, ALEX]
    assert {response[name] for name in ("isOutOfDate", "isAllDay", "isDelegated")} == {False}
    for literal in ("meetingTenativelyAccepted", "meetingTentativelyAccepted"):
        condition = f"$filter={CAST}/meetingMessageType eq '{literal}'"
        assert len(office.alex.get(f"/{version}/me/messages?{condition}")["value"]) == 1


def test_messages_about_a_series_tell_its_recurrence(office, lunch):
    pattern = {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"]}
    period = {"type": "numbered", "startDate": "2026-02-02", "numberOfOccurrences": 3}
    series = office.alex.post("/v1.0/me/events", {**lunch, "recurrence": {"pattern": pattern, "range": period}})
    (request,) = office.adele.get(INBOX)["value"]
    assert (request["type"], request["recurrence"]["pattern"]["type"]) == ("seriesMaster", "weekly")
    window = "startDateTime=2026-02-01T00:00:00Z&endDateTime=2026-03-01T00:00:00Z"
    day = office.alex.get(f"/v1.0/me/events/{series['id']}/instances?{window}")["value"][1]["id"]
    office.alex.patch(f"/v1.0/me/events/{day}", {"location": {"displayName": "Cafe"}})
    about_one = office.adele.get(INBOX)["value"][0]
    assert (about_one["type"], about_one["recurrence"]) == ("exception", None)


# Search


@pytest.fixture
def letters(office):
    """Adele's Inbox with letters that begin with a letter each."""
    send(office.alex, "A pizza tonight", text="<p>With <b>Progress</b> bars</p>", importance="high")
    send(office.caller(THIRD), "B pizza tomorrow", ccRecipients=[{"emailAddress": {"address": "dean@hotmail.test"}}])
    send(office.alex, "C budget", categories=["Red"])
    return office


SEARCHES = {
    '"pizza"': "BA",
    '"PIZZA tonight"': "A",
    '"progress"': "A",
    '"subject:pizza"': "BA",
    '"subject:pizza AND from:alex"': "A",
    '"from:alexw@contoso.com"': "CA",
    '"from:\\"Alex Wilber\\""': "CA",
    '"cc:dean"': "B",
    '"recipients:dean"': "B",
    '"to:alex"': "",
    '"participants:alex"': "CA",
    '"body:progress OR subject:budget"': "CA",
    '"NOT subject:pizza"': "C",
    '"importance:high"': "A",
    '"hasAttachments:false"': "CBA",
    '"received>=2026-01-05"': "CBA",
    '"received<2026-01-05"': "",
    '"received:today AND subject:pizza"': "BA",
    '"size>1"': "CBA",
    '"(subject:budget OR subject:tomorrow) AND from:alex"': "C",
    '"\\"pizza tonight\\""': "A",
    "pizza": "BA",
    '"importance:loud"': None,
    '""': None,
    '"   "': None,
}


@pytest.mark.parametrize(("query", "expected"), SEARCHES.items(), ids=list(SEARCHES))
def test_a_search_finds_by_words_and_by_properties(letters, query, expected):
    answer = letters.adele.get(f"{INBOX}?$search={quote(query)}")
    if expected is None:
        assert (answer.status, answer.code) == (400, "BadRequest")
    else:
        assert "".join(each[0] for each in subjects(answer)) == expected


@pytest.mark.parametrize("other", ["$filter=isRead eq false", "$orderby=subject"])
def test_a_search_excludes_filters_and_orders(letters, other):
    assert letters.adele.get(f'{INBOX}?$search="pizza"&{other}').code == "BadRequest"


def test_what_a_search_finds_comes_in_pages(letters):
    first = letters.adele.get(f'{MESSAGES}?$search="pizza"&$top=1&$select=subject')
    assert subjects(first) == ["B pizza tomorrow"]
    second = letters.adele.get(target(first["@odata.nextLink"]))
    assert subjects(second) == ["A pizza tonight"]
    assert "@odata.nextLink" not in second.json


@given(st.text(alphabet='ab:"()<>=*-+ \\ORNTsubject>=', max_size=30))
def test_any_search_is_understood_or_refused(text):
    with suppress(OptionInvalid):
        assert callable(compile_search(text, NOON))


# Deltas


def rounds(caller, start: str, **headers) -> tuple[list[dict], str, int]:
    told, pages, link = [], 0, start
    while True:
        page = caller.get(link, **headers)
        assert page.status == 200, page.json
        told += page["value"]
        pages += 1
        if "@odata.deltaLink" in page.json:
            return told, target(page["@odata.deltaLink"]), pages
        link = target(page["@odata.nextLink"])


@pytest.mark.requirement("GRAPH-PREF-014")
def test_a_round_tells_the_folder_and_the_next_one_what_has_changed(letters):
    told, link, pages = rounds(letters.adele, f"{INBOX}/delta()", prefer="odata.maxpagesize=2")
    assert ([each["subject"][0] for each in told], pages) == (["C", "B", "A"], 2)
    assert rounds(letters.adele, link)[0] == []
    budget, pizza = told[0]["id"], told[2]["id"]
    letters.adele.patch(f"{MESSAGES}/{budget}", {"isRead": True})
    letters.adele.delete(f"{MESSAGES}/{pizza}")
    send(letters.alex, "D new")
    told, link, _ = rounds(letters.adele, link)
    shown = [(each["id"], each["isRead"]) if "@removed" not in each else each for each in told]
    gone = {"@odata.type": "#microsoft.graph.message", "id": pizza, "@removed": {"reason": "deleted"}}
    new = letters.adele.get(INBOX)["value"][0]["id"]
    assert shown == [(budget, True), gone, (new, False)]
    assert rounds(letters.adele, link)[0] == []


def test_the_options_of_a_round_hold_to_its_end(letters):
    start = (
        f"{INBOX}/delta?$select=subject&$filter=receivedDateTime ge 2026-01-05T08:00:02Z&$orderby=receivedDateTime desc"
    )
    told, link, _ = rounds(letters.adele, start)
    assert [set(each) for each in told] == [{"@odata.etag", "id", "subject"}] * 2
    send(letters.alex, "D new")
    assert [each["subject"] for each in rounds(letters.adele, link)[0]] == ["D new"]


def test_a_round_may_be_of_one_kind_of_change(letters):
    told, link, _ = rounds(letters.adele, f"{INBOX}/delta?changeType=created")
    letters.adele.patch(f"{MESSAGES}/{told[0]['id']}", {"isRead": True})
    letters.adele.delete(f"{MESSAGES}/{told[1]['id']}")
    send(letters.alex, "D new")
    assert [each["subject"] for each in rounds(letters.adele, link)[0]] == ["D new"]
    _, link, _ = rounds(letters.adele, f"{INBOX}/delta?changeType=Updated")
    letters.adele.patch(f"{MESSAGES}/{told[0]['id']}", {"isRead": False})
    send(letters.alex, "E newer")
    assert [each["id"] for each in rounds(letters.adele, link)[0]] == [told[0]["id"]]


@pytest.mark.parametrize(
    ("options", "status", "code"),
    [
        ("$filter=isRead eq true", 400, "ErrorInvalidUrlQueryFilter"),
        ("$filter=receivedDateTime lt 2026-01-01", 400, "ErrorInvalidUrlQueryFilter"),
        ("$orderby=subject", 400, "BadRequest"),
        ("$search=pizza", 400, "BadRequest"),
        ("changeType=moved", 400, "ErrorInvalidParameter"),
        ("$deltatoken=AAAA", 410, "SyncStateNotFound"),
        ("$skiptoken=", 410, "SyncStateNotFound"),
    ],
)
def test_a_round_that_cannot_be_begun_is_refused(letters, options, status, code):
    answer = letters.adele.get(f"{INBOX}/delta?{options}")
    assert (answer.status, answer.code) == (status, code)


def test_a_token_is_good_for_its_folder(letters):
    _, link, _ = rounds(letters.adele, f"{INBOX}/delta")
    elsewhere = link.replace("/inbox/", "/drafts/")
    assert letters.adele.get(elsewhere).code == "SyncStateNotFound"
    assert letters.alex.get(link).code == "SyncStateNotFound"


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whoever_follows_the_deltas_has_the_messages_that_there_are(make_office, data):
    office = make_office()
    alex, mine, link = office.alex, {}, f"{INBOX}/delta"
    for step in range(data.draw(st.integers(1, 7), label="steps")):
        keys = sorted(mine)
        act = data.draw(st.sampled_from(["make", "make", "mark", "move", "delete"]), label="act")
        key = data.draw(st.sampled_from(keys)) if keys else ""
        if act == "make" or not keys:
            alex.post(INBOX, {"subject": f"Letter {step}"})
        elif act == "mark":
            alex.patch(f"{MESSAGES}/{key}", {"subject": f"Letter {step}"})
        elif act == "move":
            alex.post(f"{MESSAGES}/{key}/move", {"destinationId": "drafts"})
        else:
            alex.post(f"{MESSAGES}/{key}/permanentDelete")
        if data.draw(st.booleans(), label="look"):
            link = _take(alex.get(link, prefer="odata.maxpagesize=1"), mine)
    for _ in range(40):
        page = alex.get(link, prefer="odata.maxpagesize=1")
        link = _take(page, mine)
        if "@odata.deltaLink" in page.json and not page["value"]:
            break
    assert mine == {each["id"]: each["subject"] for each in alex.get(f"{INBOX}?$top=50")["value"]}


def _take(page, mine: dict[str, str]) -> str:
    for each in page["value"]:
        if "@removed" in each:
            mine.pop(each["id"], None)
        else:
            mine[each["id"]] = each["subject"]
    return target(page.json.get("@odata.nextLink") or page["@odata.deltaLink"])
