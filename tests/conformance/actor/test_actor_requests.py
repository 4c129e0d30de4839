"""The requests that actors write, held against the schemas."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.actor import ews_requests as ask
from conformance.actor import graph_requests
from conformance.actor.acts import Changes, Draft
from conformance.actor.ews_client import envelope
from conformance.actor.times import instant, zone
from conformance.actor.views import Answer, MeetingRef, ShowAs, Slot
from conformance.actor.xml import t
from conformance.model.exchange import Request
from conformance.wire.validate import request_violations

ITEM = MeetingRef("QUJD", "Q0s=")
TEN = datetime(2026, 3, 2, 10, tzinfo=UTC)
SLOT = Slot(TEN, TEN + timedelta(hours=1))
PLAN = Draft(
    subject="Plan & <schedule>",
    slot=SLOT,
    required=("a@example.com",),
    optional=("b@example.com", "c@example.com"),
    rooms=("r@example.com",),
    location="Room 7",
    body="Bring figures.",
)


def ews(operation, version="Exchange2013_SP1"):
    return Request("POST", "https://server.example/EWS/Exchange.asmx", (), envelope(operation, version))


def graph(method, path, body):
    return Request(method, f"https://server.example/v1.0/{path}", (), json.dumps(body).encode())


OPERATIONS = {
    "create": ask.create_meeting(PLAN),
    "create nobody": ask.create_meeting(Draft(subject="", slot=SLOT), "SendToNone"),
    "accept": ask.respond(Answer.ACCEPT, ITEM, comment="Yes"),
    "tentative": ask.respond(Answer.TENTATIVE, MeetingRef("QUJD"), proposal=SLOT),
    "decline": ask.respond(Answer.DECLINE, ITEM, comment="No", proposal=SLOT, disposition="SendOnly"),
    "cancel": ask.cancel(ITEM, "Sorry"),
    "remove": ask.remove(ITEM),
    "get": ask.get_item(ITEM, ITEM, base="IdOnly", fields=("item:Subject", "calendar:Start")),
    "find": ask.find_item("inbox", order=ask.LATEST_FIRST),
    "view": ask.find_item("calendar", view=ask.calendar_view("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", 5)),
    "update": ask.update_item(
        ITEM,
        *ask.updates_of(
            Changes(subject="s", slot=SLOT, location="l", required=("a@example.com",), optional=(), rooms=())
        ),
    ),
    "append": ask.update_item(
        ITEM, ask.append_field("calendar:OptionalAttendees", ask.attendees("OptionalAttendees", ("a@example.com",)))
    ),
    "delete": ask.delete_item(ITEM, cancellations="SendToNone"),
    "note": ask.send_note("Note", ("a@example.com",)),
    "availability": ask.availability(("a@example.com",), "2026-01-01T00:00:00", "2026-01-02T00:00:00"),
}


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_every_ews_request_meets_the_schema(operation):
    assert request_violations(ews(operation)) == ()


def test_what_an_older_schema_does_not_know_breaks_it():
    proposal = ask.respond(Answer.ACCEPT, ITEM, proposal=SLOT)
    assert request_violations(ews(proposal, "Exchange2010_SP2"))
    assert not request_violations(ews(ask.respond(Answer.ACCEPT, ITEM), "Exchange2010_SP2"))


@settings(max_examples=40, deadline=None)
@given(
    st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=30),
    st.lists(st.sampled_from(["a@example.com", "b@example.com", "c@example.com"]), max_size=3).map(tuple),
    st.sampled_from(list(ShowAs)),
)
def test_every_draft_meets_the_schema(text, people, show_as):
    plan = Draft(subject=text, slot=SLOT, required=people, location=text, body=text, show_as=show_as)
    assert request_violations(ews(ask.create_meeting(plan))) == ()


def test_unchanged_properties_are_not_sent():
    assert ask.updates_of(Changes()) == ()
    assert ask.updates_of(Changes(location="x")) == (ask.set_field("calendar:Location", t("Location", "x")),)
    assert ask.updates_of(Changes(optional=())) == (ask.delete_field("calendar:OptionalAttendees"),)


BODIES = {
    "create": ("POST", "me/events", graph_requests.event(PLAN)),
    "change": ("PATCH", "me/events/x", graph_requests.changed(Changes(slot=SLOT, location="l"), ())),
    "answer": ("POST", "me/events/x/accept", graph_requests.answer("Yes")),
    "propose": ("POST", "me/events/x/tentativelyAccept", graph_requests.answer("", SLOT)),
    "schedule": ("POST", "me/calendar/getSchedule", graph_requests.schedule_question(("a@example.com",), SLOT, 30)),
}


@pytest.mark.parametrize(("method", "path", "body"), BODIES.values(), ids=BODIES)
def test_every_graph_request_meets_the_schema(method, path, body):
    assert request_violations(graph(method, path, body)) == ()


def test_graph_attendees_are_sent_only_where_a_list_changes():
    assert "attendees" not in graph_requests.changed(Changes(subject="s"), ())
    people = graph_requests.attendees(("a@example.com",), ("b@example.com",))
    assert graph_requests.changed(Changes(optional=("b@example.com",)), people)["attendees"] == people


@pytest.mark.parametrize("name", ["UTC", "Pacific Standard Time", "Asia/Tokyo"])
def test_a_graph_time_names_its_zone(name):
    told = graph_requests.moment(TEN, name)
    assert told["timeZone"] == name
    assert instant(told["dateTime"], zone(name)) == TEN
