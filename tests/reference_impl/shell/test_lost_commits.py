"""What callers are told, by both protocols, when the disk does not take what they did."""

from __future__ import annotations

import asyncio
import base64
import sqlite3

import httpx
import pytest

from reference_impl.directory.population import PASSWORD
from reference_impl.server import Options, application

USER = "organizer0@example.com"
BASIC = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
MEETING = {
    "subject": "Plan",
    "start": {"dateTime": "2026-01-05T09:00:00", "timeZone": "UTC"},
    "end": {"dateTime": "2026-01-05T10:00:00", "timeZone": "UTC"},
    "attendees": [{"emailAddress": {"address": "attendee0@example.com"}, "type": "required"}],
}
ITEM = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"'
    ' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Body>'
    '<m:CreateItem SendMeetingInvitations="SendToNone"><m:Items><t:CalendarItem><t:Subject>Plan</t:Subject>'
    "<t:Start>2026-01-05T09:00:00Z</t:Start><t:End>2026-01-05T10:00:00Z</t:End></t:CalendarItem></m:Items>"
    "</m:CreateItem></s:Body></s:Envelope>"
)


@pytest.fixture
def app(tmp_path):
    application_ = application(Options(database=f"sqlite:///{tmp_path}/mailboxes.db"))
    yield application_
    application_.world.store.close()


async def answers_of_both(app):
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://server") as client:
        form = {"grant_type": "password", "username": USER, "password": PASSWORD}
        token = (await client.post("/oauth2/v2.0/token", data=form)).json()["access_token"]
        return await asyncio.gather(
            client.post("/v1.0/me/events", json=MEETING, headers={"Authorization": f"Bearer {token}"}),
            client.post("/EWS/Exchange.asmx", content=ITEM, headers={"Authorization": BASIC}),
        )


def test_what_is_not_committed_is_answered_by_500_and_has_not_happened(app, monkeypatch, caplog):
    database, before = app.world.store._database, app.world.store.snapshot()

    def fail(connection):
        database.rollback(connection)
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(database, "commit", fail)
        graph, ews = asyncio.run(answers_of_both(app))
    assert (graph.status_code, graph.json()["error"]["code"]) == (500, "ErrorInternalServerError")
    assert (ews.status_code, "ErrorInternalServerError" in ews.text) == (500, True)
    assert len(caplog.records) == 2
    assert "database or disk is full" in caplog.text
    assert app.world.store.snapshot() == before
    graph, ews = asyncio.run(answers_of_both(app))
    assert (graph.status_code, ews.status_code) == (201, 200)
    assert "NoError" in ews.text
