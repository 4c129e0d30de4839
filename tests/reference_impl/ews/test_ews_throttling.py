"""More requests than a mailbox may make: how a server says that it is busy."""

import re

import pytest
from lxml import etree

from reference_impl.ews.namespaces import SOAP, t
from reference_impl.ews.service import EwsEndpoint
from reference_impl.http import HttpRequest
from reference_impl.service.directory import find_mailbox
from reference_impl.service.settings import Settings


def spend(speaker, times):
    return [speaker.find("inbox") for _ in range(times)]


@pytest.mark.requirement("EWS-MTG-044")
@pytest.mark.parametrize("settings", [Settings(requests_per_minute=6)])
def test_a_mailbox_that_asks_too_often_is_told_how_long_to_stay_away(organizer, attendee, settings):
    answers = spend(organizer, 8)
    assert [answer.status for answer in answers] == [200] * 6 + [500] * 2
    assert answers[-1].fault == "ErrorServerBusy"
    value = answers[-1].one("Value")
    assert value.get("Name") == "BackOffMilliseconds"
    # One request came each second, and every ten seconds one is allowed.
    assert int(value.text) == 10_000 - 7_000
    assert attendee.find("inbox").status == 200, "others have budgets of their own"


@pytest.mark.parametrize("settings", [Settings(requests_per_minute=6)])
def test_the_budget_fills_up_again(organizer, settings):
    spend(organizer, 7)
    for _ in range(3):
        organizer.world.clock.tick()
    assert [answer.status for answer in spend(organizer, 2)] == [200, 500]


@pytest.mark.parametrize("settings", [Settings(requests_per_minute=6)])
def test_a_refused_request_changes_nothing(organizer, settings):
    spend(organizer, 6)
    assert organizer.create().fault == "ErrorServerBusy"
    for _ in range(20):
        organizer.world.clock.tick()
    assert organizer.find("calendar").all("CalendarItem") == []


@pytest.mark.parametrize("settings", [Settings(requests_per_minute=1, busy_is_unavailable=True)])
def test_a_busy_server_may_be_unavailable_instead(world, organizer, settings):
    organizer.find("inbox")
    request = HttpRequest(
        method="POST",
        path="/EWS/Exchange.asmx",
        headers={},
        body=etree.tostring(etree.Element(f"{{{SOAP}}}Envelope")),
        actor=find_mailbox(world, "organizer0@example.com"),
    )
    answer = EwsEndpoint(world).answer(request)
    assert answer.status == 503
    assert re.fullmatch(r"\d+", dict(answer.headers)["Retry-After"])


def test_without_a_limit_nobody_is_turned_away(organizer):
    answers = spend(organizer, 100)
    assert {answer.status for answer in answers} == {200}
    assert not answers[0].root.findall(f".//{t('Value')}")
