"""Reminders of events put off and dismissed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from reference_impl.domain.mailbox import Mailbox
from reference_impl.service import directory
from reference_impl.service.reminders import ReminderScope, ReminderSpan, reminders_in

UTC = "+00:00"


def fires(office, address: str = "AlexW@contoso.com") -> list[str]:
    """When a mailbox reminds, as every protocol is told."""
    owner = directory.find_mailbox(office.world, address)
    assert isinstance(owner, Mailbox)
    found = reminders_in(office.world, owner, ReminderSpan(None, None, ReminderScope.ALL, 100))
    return [each.time.isoformat().removesuffix(UTC) for each in found]


def put_off_to(text: str, **more: Any) -> dict[str, Any]:
    return {"newReminderTime": {"dateTime": text, **more}}


@pytest.mark.requirement("GRAPH-CAN-018", "GRAPH-CAN-020")
def test_a_reminder_is_put_off_and_then_dismissed(office, invited):
    address = f"/v1.0/me/events/{invited[0]}"
    before = office.alex.get(address).json
    assert fires(office) == ["2026-02-02T11:45:00"]
    body = {"NewReminderTime": {"DateTime": "2026-02-02T04:50:00", "TimeZone": "Pacific Standard Time"}}
    answer = office.alex.post(f"{address}/snoozeReminder", body)
    assert (answer.status, answer.json) == (200, None)
    assert fires(office) == ["2026-02-02T12:50:00"]
    assert office.alex.get(address)["start"] == before["start"]
    answer = office.alex.post(f"{address}/dismissReminder")
    assert (answer.status, answer.json) == (200, None)
    assert fires(office) == []
    assert fires(office, "AdeleV@contoso.com") == ["2026-02-02T11:45:00"]


def test_a_series_reminds_of_its_next_occurrence_then(office, lunch):
    daily = {
        "pattern": {"type": "daily", "interval": 1},
        "range": {"type": "numbered", "startDate": "2026-02-02", "numberOfOccurrences": 2},
    }
    key = office.alex.post("/v1.0/me/events", lunch | {"recurrence": daily})["id"]
    assert fires(office) == ["2026-02-02T11:45:00"]
    office.alex.post(f"/v1.0/me/events/{key}/dismissReminder")
    assert fires(office) == ["2026-02-03T11:45:00"]
    window = "startDateTime=2026-02-01&endDateTime=2026-02-09"
    second = office.alex.get(f"/v1.0/me/events/{key}/instances?{window}")["value"][1]
    office.alex.post(f"/v1.0/me/events/{second['id']}/snoozeReminder", put_off_to("2026-02-03T11:55:00"))
    assert fires(office) == ["2026-02-03T11:55:00"]
    assert office.alex.get(f"/v1.0/me/events/{key}/instances?{window}")["value"][1]["type"] == "occurrence"


def test_an_event_that_does_not_remind_stays_as_it_is(office, lunch):
    key = office.alex.post("/v1.0/me/events", lunch | {"isReminderOn": False})["id"]
    before = office.alex.get(f"/v1.0/me/events/{key}").json
    for act, body in (("dismissReminder", None), ("snoozeReminder", put_off_to("2026-02-02T12:10:00"))):
        assert office.alex.post(f"/v1.0/me/events/{key}/{act}", body).status == 200
    assert office.alex.get(f"/v1.0/me/events/{key}").json == before


@pytest.mark.requirement("GRAPH-CAN-019")
@pytest.mark.parametrize(
    ("body", "code"),
    [
        (None, "BadRequest"),
        ({}, "RequestBodyRead"),
        ({"newReminderTime": None}, "RequestBodyRead"),
        ({"newReminderTime": {"timeZone": "UTC"}}, "RequestBodyRead"),
        (put_off_to("soon"), "RequestBodyRead"),
        (put_off_to("2026-02-02T12:10:00", timeZone="Nowhere"), "TimeZoneNotSupportedException"),
    ],
)
def test_a_reminder_is_put_off_to_some_time(office, invited, body, code):
    answer = office.alex.post(f"/v1.0/me/events/{invited[0]}/snoozeReminder", body)
    assert (answer.status, answer.code) == (400, code)
    assert [datetime.fromisoformat(each).hour for each in fires(office)] == [11]


@pytest.mark.parametrize("act", ["dismissReminder", "snoozeReminder"])
def test_what_is_not_there_has_no_reminder(office, invited, act):
    body = put_off_to("2026-02-02T12:10:00")
    assert office.adele.post(f"/v1.0/me/events/{invited[0]}/{act}", body).code == "ErrorItemNotFound"
    assert office.adele.post(f"/v1.0/me/events/xyz/{act}", body).code == "ErrorInvalidIdMalformed"
