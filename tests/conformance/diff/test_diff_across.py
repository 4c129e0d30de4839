"""A recording of EWS against one of Graph: the same meetings are the same; what differs is told with both places."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from conformance.cli import run_command
from conformance.diff import Recording, Verdict, compare_recordings
from conformance.diff.across.deeds import ACTS
from conformance.diff.document import document, lines
from conformance.diff.files import read_recording
from conformance.diff.page import page, section
from conformance.equivalence.comparing import CONCEPTS
from conformance.wire import graph
from tests.recorded import REFERENCE as TAPES

PAIRS = ("ews-ews", "graph-graph")
STORIES = sorted(
    {path.name.partition("--")[0] for path in TAPES.glob(f"*--{PAIRS[0]}.yaml")}
    & {path.name.partition("--")[0] for path in TAPES.glob(f"*--{PAIRS[1]}.yaml")}
)


def both(story):
    return [read_recording(TAPES / f"{story}--{pair}.yaml") for pair in PAIRS]


def altered(recording, old, new, count=-1):
    """The recording with a text replaced in its answers, from the last on."""
    exchanges = list(recording.exchanges)
    for place in range(len(exchanges) - 1, -1, -1):
        response = exchanges[place].response
        if old in response.body and count:
            exchanges[place] = replace(
                exchanges[place], response=replace(response, body=response.body.replace(old, new))
            )
            count -= 1
    assert exchanges != list(recording.exchanges), "nothing was altered"
    return replace(recording, exchanges=tuple(exchanges))


def words(left, right):
    return [one.words for one in compare_recordings("x", left, right).differences]


@pytest.mark.sampled(6)
@pytest.mark.parametrize("story", STORIES)
def test_the_same_story_in_both_protocols_is_the_same(story):
    ews, graph_ = both(story)
    for found in (compare_recordings(story, ews, graph_), compare_recordings(story, graph_, ews)):
        assert [one.words for one in found.differences] == []
        assert found.verdict is Verdict.SAME, found.problem
        assert found.things > 0


ACCEPTED = "cross-protocol.answer.accept"


def test_another_answer_is_told_with_its_place_on_either_side():
    ews, graph_ = both(ACCEPTED)
    other = altered(graph_, b'"response":"accepted"', b'"response":"declined"')
    found = compare_recordings("x", ews, other)
    told = [one for one in found.differences if "attendee attendee0 is" in one.words]
    assert told[0].words == (
        'organizer0: calendar: meeting: attendee attendee0 is "accepted" on the left, "declined" on the right'
    )
    assert told[0].left_at.path.endswith("/t:RequiredAttendees/t:Attendee/t:ResponseType")
    assert told[0].right_at.path.endswith(".attendees[0].status.response")
    assert {told[0].left_at.operation, told[0].right_at.operation} == {"GetItem", "GET events/{id}"}
    backwards = words(other, ews)
    assert 'organizer0: calendar: meeting: attendee attendee0 is "declined" on the left, "accepted" on the right' in (
        backwards
    )


def test_another_time_and_another_place_are_told():
    ews, graph_ = both(ACCEPTED)
    told = words(altered(ews, b"Conference room 7", b"Cellar"), graph_)
    assert any('location is "Cellar" on the left, "Conference room 7" on the right' in each for each in told)
    told = words(altered(ews, b"T11:00:00Z</t:End>", b"T12:00:00Z</t:End>"), graph_)
    assert any('time is "10:00 to 12:00" on the left, "10:00 to 11:00" on the right' in each for each in told)


def test_an_act_that_only_one_side_has_or_that_was_refused_is_told():
    ews, graph_ = both(ACCEPTED)
    acts = [each for each in graph_.exchanges if not each.request.url.endswith("/accept")]
    assert 'attendee0 accepts "Quarterly plan" is only on the left' in words(
        ews, replace(graph_, exchanges=tuple(acts))
    )
    refused = [
        replace(each, response=replace(each.response, status=403, body=b'{"error": {"code": "ErrorAccessDenied"}}'))
        if each.request.url.endswith("/accept")
        else each
        for each in graph_.exchanges
    ]
    assert (
        'attendee0 accepts "Quarterly plan": the outcome is "done" on the left,'
        ' "refused (ErrorAccessDenied)" on the right'
    ) in words(ews, replace(graph_, exchanges=tuple(refused)))


def test_what_one_side_was_never_shown_says_nothing():
    ews, graph_ = both(ACCEPTED)
    blind = [each for each in graph_.exchanges if each.request.method != "GET"]
    found = compare_recordings("x", ews, replace(graph_, exchanges=tuple(blind)))
    assert [one.words for one in found.differences] == []
    nothing = [each for each in graph_.exchanges if "token" in each.request.url]
    found = compare_recordings("x", ews, replace(graph_, exchanges=(*nothing, graph_.exchanges[-1])))
    assert found.verdict is not Verdict.SAME


def test_what_a_protocol_cannot_do_and_acts_without_a_row_are_gaps():
    ews, graph_ = both(ACCEPTED)
    body = ews.exchanges[0].request.body.replace(b'"SendToAllAndSaveCopy"', b'"SendToNone"')
    silent = replace(ews.exchanges[0], request=replace(ews.exchanges[0].request, body=body))
    made = replace(ews.exchanges[0].request, body=body.replace(b"m:CreateItem", b"m:MarkAsJunk"))
    more = replace(ews, exchanges=(*ews.exchanges, silent, replace(silent, request=made)))
    found = compare_recordings("x", more, graph_)
    assert {gap.concept for gap in found.gaps} >= {"sending", "MarkAsJunk"}
    assert found.differences == ()
    told = list(lines(found))
    assert any(
        line.startswith("x: gap: sending (a meeting kept without inviting anybody): EWS has SendToNone")
        for line in told
    )
    assert "A gap, and no difference" in page("a", "b", [found], [section(found, 1)])
    assert document("a", "b", [found])["recordings"][0]["gaps"][0]["source"]


def test_the_command_compares_protocols_and_shows_both_exchanges(tmp_path, capsys):
    files = [str(TAPES / f"{ACCEPTED}--{pair}.yaml") for pair in PAIRS]
    assert run_command(["diff", *files, "--json", "-"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["recordings"]
    assert (told["verdict"], told["exchanges"]) == ("same", 0)
    assert told["things"] > 3
    ews, graph_ = both(ACCEPTED)
    found = compare_recordings("x", ews, altered(graph_, b'"response":"accepted"', b'"response":"declined"'))
    html = page("a", "b", [found], [section(found, 1)])
    rows = [re.findall(r"<mark>\s*(.*?)</mark>", row) for row in html.split("<tr")]
    assert ["&lt;t:ResponseType&gt;Accept&lt;/t:ResponseType&gt;", "&#34;response&#34;: &#34;declined&#34;,"] in rows
    assert max(map(len, rows)) == 2


def test_every_act_is_spelled_as_operations_are_and_every_concept_is_in_the_map():
    for act in ACTS:
        assert act.ews or act.graph
        assert not act.concept or act.concept in CONCEPTS
    assert graph.operation("POST", "https://g/v1.0/me/events/A/accept") == "POST events/{id}/accept"


def test_people_of_one_name_on_other_domains_are_the_same_people():
    ews, graph_ = both(ACCEPTED)
    exchanges = tuple(
        replace(
            each,
            meta={**each.meta, "actor": str(each.meta.get("actor", "")).replace("example.com", "cloud.test")},
            request=replace(each.request, body=each.request.body.replace(b"@example.com", b"@cloud.test")),
            response=replace(each.response, body=each.response.body.replace(b"@example.com", b"@cloud.test")),
        )
        for each in graph_.exchanges
    )
    found = compare_recordings("x", ews, Recording(exchanges, graph_.head))
    assert found.things > 3
    assert [one.words for one in found.differences] == []


def test_free_and_busy_hours_are_compared_where_the_same_hours_were_asked_for():
    def asking(pair, left_out):
        recording = read_recording(TAPES / f"cross-protocol.availability--{pair}.yaml")
        kept = [each for each in recording.exchanges if left_out not in each.request.body.decode() + each.request.url]
        return replace(recording, exchanges=tuple(kept))

    ews, graph_ = asking("graph-ews", "getSchedule"), asking("ews-graph", "GetUserAvailability")
    found = compare_recordings("x", ews, graph_)
    assert [one.words for one in found.differences] == []
    assert found.things == 10, "four acts, what they made, and the hours of two people"
    (told,) = compare_recordings("x", altered(ews, b">01230<", b">01200<"), graph_).differences
    assert told.words == (
        "organizer0: free/busy: free/busy of attendee0, 08:00 to 13:00, every 60 minutes:"
        ' digits is "01200" on the left, "01230" on the right'
    )
    assert told.left_at.path.endswith("FreeBusyResponse[1]/m:FreeBusyView/t:MergedFreeBusy")
    assert told.right_at.path == "response$.value[0].availabilityView"
    asked = [
        replace(each, request=replace(each.request, body=each.request.body.replace(b'Interval": 60', b'Interval": 30')))
        for each in graph_.exchanges
    ]
    other = compare_recordings("x", altered(ews, b">01230<", b">01200<"), replace(graph_, exchanges=tuple(asked)))
    assert [one.words for one in other.differences] == [], "other hours are another question"


def test_the_parts_of_batches_are_read_each_by_itself():
    ews, graph_ = both(ACCEPTED)
    exchanges = []
    for each in graph_.exchanges:
        if each.request.method == "GET":
            part = {"id": "1", "method": "GET", "url": each.request.url.partition("/v1.0")[2]}
            told = {"id": "1", "status": each.response.status, "body": json.loads(each.response.body)}
            asked = replace(
                each.request,
                method="POST",
                url=f"{each.request.url.partition('/v1.0')[0]}/v1.0/$batch",
                body=json.dumps({"requests": [part]}).encode(),
            )
            answer = replace(each.response, status=200, body=json.dumps({"responses": [told]}).encode())
            each = replace(each, request=asked, response=answer)  # noqa: PLW2901  the same in a batch
        exchanges.append(each)
    batched = replace(graph_, exchanges=tuple(exchanges))
    found = compare_recordings("x", ews, batched)
    assert found.things == compare_recordings("x", ews, graph_).things
    assert (found.differences, found.gaps) == ((), compare_recordings("x", ews, graph_).gaps)
    changed = compare_recordings("x", altered(ews, b"Conference room 7", b"Cellar"), batched)
    (told,) = [one for one in changed.differences if one.words.startswith("attendee0: calendar: meeting: location")]
    assert told.right_at.path.startswith("response$.responses[0].body.")


def test_recordings_that_do_not_tell_who_asked_are_compared_as_one_mailbox():
    def nobody(recording, who):
        kept = [each for each in recording.exchanges if str(each.meta.get("actor", "")).startswith(who)]
        return replace(recording, exchanges=tuple(replace(each, meta={}) for each in kept))

    ews, graph_ = (nobody(each, "organizer0") for each in both(ACCEPTED))
    assert compare_recordings("x", ews, graph_).verdict is Verdict.SAME
    told = words(altered(ews, b"Conference room 7", b"Cellar"), graph_)
    assert 'calendar: meeting: location is "Cellar" on the left, "Conference room 7" on the right' in told
