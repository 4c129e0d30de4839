"""What users of mitmweb read: meetings, and in each flow's comment what it is and which checks it fails."""

import contextlib
import warnings
from dataclasses import replace as with_

import pytest

pytest.importorskip("mitmproxy")
from mitmproxy import contentviews

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # of ldap3, which mitmproxy brings
    from mitmproxy.test import taddons, tflow, tutils

from conformance.proxy.comments import Comments
from conformance.proxy.recorder import Recorder
from conformance.proxy.views import MeetingView, Views, shown, view
from conformance.tape.cassette import read_cassette
from conformance.wire.path import replace
from tests.recorded import REFERENCE


@contextlib.contextmanager
def mitmproxy_with(addon):
    """A mitmproxy of tests with an addon, whose event loop is closed at the end."""
    with taddons.context(addon) as context:
        yield context
    context.master.event_loop.close()


def exchanges(stem="cross-protocol.answer.accept--ews-graph"):
    return read_cassette(REFERENCE / f"{stem}.yaml").exchanges


def flow_of(exchange):
    request, response = exchange.request, exchange.response
    asked = tutils.treq(method=request.method.encode(), content=request.body)
    asked.url = request.url
    for name, value in request.headers:
        asked.headers[name] = value
    told = tutils.tresp(status_code=response.status, content=response.body)
    told.headers["Content-Type"] = response.header("Content-Type") or ""
    return tflow.tflow(req=asked, resp=told)


def test_a_request_and_its_answer_are_shown_as_meetings():
    flow = flow_of(exchanges()[0])
    asked, told = shown(flow, flow.request), shown(flow, flow.response)
    assert asked.startswith('CreateItem: "Quarterly plan')
    assert "\n    location: Conference room 7\n" in asked
    assert "<t:Subject>" in asked
    assert told.startswith('CreateItem: "Quarterly plan')
    assert "ResponseCode>NoError" in told


def test_secrets_are_not_shown():
    flow = flow_of(exchanges()[0])
    flow.request.url += "?access_token=very-secret-token"
    flow.request.headers["Authorization"] = "Bearer very-secret-token"
    assert "very-secret-token" not in shown(flow, flow.request)


def test_a_request_that_waits_for_its_answer_is_shown():
    flow = flow_of(exchanges()[0])
    flow.response = None
    assert shown(flow, flow.request).startswith("CreateItem by somebody")


def test_other_traffic_is_left_to_other_views():
    flow = tflow.tflow(resp=True)
    assert shown(flow, flow.request) is None
    assert shown(None, None) is None
    assert shown(tflow.ttcpflow(), None) is None


def test_the_view_is_chosen_before_others_for_meetings_only():
    ours, other = flow_of(exchanges()[0]), tflow.tflow(resp=True)
    with mitmproxy_with(Views()):
        texts = []
        for flow in (ours, other):
            if hasattr(contentviews, "Contentview"):
                texts.append(contentviews.prettify_message(flow.response, flow).view_name)
            else:
                name, *_ = contentviews.get_message_content_view("auto", flow.response, flow)
                texts.append(name)
    assert texts[0] == MeetingView.name
    assert texts[1] != MeetingView.name


def test_the_view_refuses_what_it_does_not_know():
    flow = tflow.tflow(resp=True)

    class Metadata:
        http_message = flow.response

    Metadata.flow = flow
    with pytest.raises(ValueError, match="neither EWS nor Graph"):
        MeetingView().prettify(b"", Metadata)
    assert MeetingView().render_priority(b"", Metadata) < 0
    assert view().name == "Meetings"


def test_comments_name_the_checks_that_fail():
    comments = Comments()
    first = exchanges()[0]
    assert comments.on(first).startswith('CreateItem by organizer0@example.com: "Quarterly plan')
    assert comments.on(first).endswith(" checks hold")
    path = "/m:CreateItemResponse/m:ResponseMessages/m:CreateItemResponseMessage/@ResponseClass"
    wrong = with_(first, response=with_(first.response, body=replace(first.response.body, path, "Fine")))
    assert "; does not hold: " in comments.on(wrong)
    assert "WIRE-EWS-SCHEMA" in comments.on(wrong)


@pytest.mark.parametrize(("asked", "wanted"), [("yes", True), ("no", False), ("auto", False)])
def test_flows_get_comments_where_they_are_asked_for(tmp_path, asked, wanted):
    recorder = Recorder()
    with mitmproxy_with(recorder) as context:
        context.configure(recorder, meetproof_out=str(tmp_path), meetproof_comments=asked)
        flow = flow_of(exchanges()[0])
        for hook in (recorder.requestheaders, recorder.request, recorder.response):
            hook(flow)
        recorder.done()
    assert flow.comment.startswith("CreateItem") is wanted
    assert len(read_cassette(next(tmp_path.glob("*.yaml"))).exchanges) == 1
