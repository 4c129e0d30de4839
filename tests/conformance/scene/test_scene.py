from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.catalogue import standard_catalogue
from conformance.client.protocol import TransportFailed
from conformance.expect import CannotTell
from conformance.model.exchange import Exchange, Request, Response
from conformance.model.verdict import Verdict
from conformance.suites.case import Case
from conformance.suites.scene import Scene
from conformance.suites.stage import NotApplicable, Stage, head_of, set_stage, stem_of, target_of_head
from conformance.suites.variables import draw, draw_live, moved_on, near, reference_date
from conformance.targets import Account, Delivery, Endpoint, Proxy, Target, TargetKind
from conformance.wire.operation import Protocol

CASE = Case("fake.case", "wire", ("EWS-MTG-001",), ("ews-graph",), frozenset())
TARGET = Target(
    name="A server",
    kind=TargetKind.LIVE,
    accounts=(
        Account("ann@example.com", "Ann", "organizer", secret="pw"),
        Account("bob@example.com", "Bob", "attendee", secret="pw"),
        Account("cid@example.com", "Cid", "attendee", secret="pw"),
    ),
    ews=Endpoint("ews", "http://127.0.0.1:8001/EWS/Exchange.asmx", "basic"),
    graph=Endpoint("graph", "http://127.0.0.1:8001/v1.0", "oauth", "http://127.0.0.1:8001/token"),
    deadline=10.0,
)
VARIABLES = {"token": "mp0123456789", "date": "2026-01-12", "now": "2026-01-05T08:00:00Z"}


class Script:
    """Answers every request with an empty envelope, or a token, and keeps what was asked."""

    def __init__(self):
        self.asked = []

    def send(self, request):
        self.asked.append(request)
        if request.url.endswith("/token"):
            return Exchange(request, Response(200, "OK", (), b'{"access_token": "t"}'))
        return Exchange(request, Response(200, "OK", (), b"{}"))


class Time:
    """A clock that moves only by sleeping."""

    def __init__(self):
        self.now = 0.0
        self.pauses = []

    def sleep(self, seconds):
        self.pauses.append(seconds)
        self.now += seconds


def scene_of(target=TARGET, *, script=None, pairing="ews-graph", replayed=False, time=None):
    time = time or Time()
    stage = Stage(script or Script(), target, VARIABLES, replayed=replayed)
    return Scene(CASE, pairing, stage, standard_catalogue(), now=lambda: time.now, sleep=time.sleep)


def test_organizer_and_attendee_speak_the_protocols_of_the_pairing():
    scene = scene_of()
    assert (scene.organizer.address, scene.organizer.protocol) == ("ann@example.com", "ews")
    assert (scene.attendee.address, scene.attendee.protocol) == ("bob@example.com", "graph")
    assert (scene.actor("attendee1").address, scene.actor("attendee1").protocol) == ("cid@example.com", "graph")
    assert scene.actor("attendee0", "ews").protocol == "ews"
    assert scene.actor("attendee") is scene.attendee


def test_a_raw_caller_shows_the_persons_credentials_and_can_leave_them_out():
    script = Script()
    scene = scene_of(script=script)
    scene.ews("organizer0").call("<m:GetItem/>")
    scene.ews("organizer0").authorized_by(None).call("<m:GetItem/>")
    scene.graph("attendee0").get("me/events")
    scene.graph("attendee0").get("me/events")
    authorizations = [request.header("Authorization") for request in script.asked]
    assert authorizations == ["Basic YW5uQGV4YW1wbGUuY29tOnB3", None, None, "Bearer t", "Bearer t"]
    assert script.asked[2].url.endswith("/token")
    assert b"username=bob%40example.com" in script.asked[2].body


def test_every_exchange_passes_one_observer():
    scene = scene_of()
    scene.graph("attendee0").get("me/events")
    scene.send(Request("POST", "http://127.0.0.1:8001/EWS/Exchange.asmx", (), b"no xml"))
    assert [(one.number, one.protocol) for one in scene.exchanges] == [
        (1, Protocol.OAUTH),
        (2, Protocol.GRAPH),
        (3, Protocol.EWS),
    ]
    assert scene.last is scene.exchanges[-1].exchange


def test_every_exchange_tells_which_role_spoke():
    scene = scene_of()
    scene.ews("organizer0").call("<m:GetItem/>")
    scene.ews("attendee1").authorized_by(None).call("<m:GetItem/>")
    scene.graph("attendee0").get("me/events")
    scene.send(Request("POST", "http://127.0.0.1:8001/EWS/Exchange.asmx", (), b"no xml"))
    assert [one.who for one in scene.exchanges] == ["organizer", "attendee1", "attendee", "attendee", ""]


def test_a_failed_check_is_placed_where_its_value_stands():
    scene = scene_of(script=Script())
    scene.graph("attendee0").get("me/events")
    scene.expect("EWS-MTG-001", "the status", 200).equals(404)
    scene.expect("EWS-MTG-001", "the status", 200, at="x").equals(404)
    scene.expect("EWS-MTG-001", "the status", 200).equals(200)
    scene.locate_failures()
    assert [check.path for check in scene.ledger.checks] == ["response.status", "x", ""]


def test_an_expectation_looks_at_the_latest_exchange_or_at_the_one_named():
    scene = scene_of()
    first = scene.graph("attendee0").get("me/events").exchange
    scene.graph("attendee0").get("me/messages")
    scene.expect("EWS-MTG-001", "a", 1).equals(1)
    scene.expect("EWS-MTG-001", "b", 1, exchange=first).equals(1)
    assert [check.exchange for check in scene.ledger.checks] == [3, 2]


def test_a_protocol_the_target_lacks_makes_the_case_not_applicable():
    scene = scene_of(replace(TARGET, ews=None))
    with pytest.raises(NotApplicable, match=r"has no \[ews\] endpoint"):
        _ = scene.organizer
    outcomes, _ = scene.conclude(NotApplicable("no ews"))
    assert [one.verdict for one in outcomes] == [Verdict.NOT_APPLICABLE]


def test_what_arrives_late_is_waited_for():
    time = Time()
    found = iter([None, (), "here"])
    assert scene_of(time=time).eventually(lambda: next(found)) == "here"
    assert time.pauses == [0.25, 0.5]


def test_what_never_arrives_leaves_it_untold_after_the_deadline():
    time = Time()
    with pytest.raises(CannotTell, match="Waited 10 s for the request; it did not arrive"):
        scene_of(time=time).eventually(lambda: None, "the request")
    assert 10 <= time.now < 16
    assert max(time.pauses) == 5.0


def test_where_delivery_is_synchronous_one_look_decides():
    time = Time()
    looks = []
    scene = scene_of(replace(TARGET, delivery=Delivery.SYNCHRONOUS), time=time)
    assert scene.eventually(lambda: looks.append(1)) is None
    assert (len(looks), time.pauses) == (1, [])


def test_a_recording_is_looked_at_again_without_waiting_until_it_ends():
    time = Time()
    looks = []

    def look():
        looks.append(1)
        if len(looks) == 4:
            raise TransportFailed("the recording is at its end")

    with pytest.raises(TransportFailed):
        scene_of(replayed=True, time=time).eventually(look)
    assert (len(looks), time.pauses) == (4, [])


@pytest.mark.parametrize(
    ("ending", "verdict"),
    [
        (None, Verdict.ERROR),
        (CannotTell("x"), Verdict.INCONCLUSIVE),
        (TransportFailed("x"), Verdict.INCONCLUSIVE),
        (NotApplicable("x"), Verdict.NOT_APPLICABLE),
        (RuntimeError("x"), Verdict.ERROR),
    ],
)
def test_how_a_case_ends_decides_what_is_left_open(ending, verdict):
    (outcome,), why = scene_of().conclude(ending)
    assert outcome.verdict is verdict
    assert (why != "") == (ending is not None)


def test_what_was_checked_before_the_end_stands():
    scene = scene_of()
    scene.expect("EWS-MTG-001", "a", 1).equals(1)
    (outcome,), _ = scene.conclude(CannotTell("x"))
    assert outcome.verdict is Verdict.PASS


def test_an_instant_of_the_reference_date_is_in_utc():
    assert scene_of().at(10, 30) == datetime(2026, 1, 12, 10, 30, tzinfo=UTC)


MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  zones are drawn


@given(MOMENTS, st.text(max_size=5))
def test_a_case_draws_a_working_day_a_week_ahead_and_a_token_of_its_own(now, seed):
    drawn = draw(now, seed)
    day = reference_date(drawn)
    assert day.weekday() < 5
    assert day - now.date() >= timedelta(days=7)
    assert drawn["token"].startswith("mp")
    assert draw(now, seed) == drawn


def test_before_a_shared_server_a_case_has_a_token_of_its_own_and_stays_in_its_weeks():
    mondays = [date(2026, 3, 2), date(2026, 5, 4), date(2026, 4, 6)]
    now = datetime(2026, 1, 5, 8, tzinfo=UTC)
    drawn = draw_live(now, mondays)
    assert draw_live(now, mondays)["token"] != drawn["token"]
    days = []
    for _ in range(15):
        days.append(reference_date(drawn))
        drawn = moved_on(drawn)
    assert [day - timedelta(days=day.weekday()) for day in days] == [day for day in mondays for _ in range(5)]
    assert all(day.weekday() < 5 for day in days)


def test_different_cases_draw_different_tokens():
    now = datetime(2026, 1, 5, 8, tzinfo=UTC)
    assert draw(now, "a")["token"] != draw(now, "b")["token"]
    assert reference_date(draw(now, "a")) == date(2026, 1, 12)


def test_a_cassettes_head_describes_the_target_at_its_canonical_origin_and_no_secret():
    target = replace(TARGET, proxy=Proxy("http://127.0.0.1:9000", "https://meetproof.example"))
    head = head_of(target, CASE, "ews-graph", VARIABLES)
    assert (head["case"], head["pairing"], head["origin"]) == ("fake.case", "ews-graph", "https://meetproof.example")
    assert "127.0.0.1" not in str(head)
    assert "pw" not in str(head)
    read = target_of_head(head, Path("x.yaml"))
    assert read.ews == Endpoint("ews", "https://meetproof.example/EWS/Exchange.asmx", "basic")
    assert read.graph == Endpoint("graph", "https://meetproof.example/v1.0", "oauth", "https://meetproof.example/token")
    assert [account.address for account in read.accounts] == [account.address for account in TARGET.accounts]
    assert (read.version, read.delivery) == (TARGET.version, TARGET.delivery)


@pytest.mark.parametrize(
    ("case", "target", "told"),
    [
        (replace(CASE, needs=frozenset({"rooms"})), TARGET, "does not declare the feature 'rooms'"),
        (CASE, replace(TARGET, graph=None), r"has no \[graph\] endpoint"),
    ],
)
def test_a_case_is_not_played_where_the_target_lacks_what_it_needs(case, target, told):
    with pytest.raises(NotApplicable, match=told), set_stage(target, case, "ews-graph"):
        pass


def test_a_live_target_is_reached_as_it_is():
    with set_stage(TARGET, CASE, "ews-graph") as stage:
        assert (stage.target, stage.replayed, stage.recorded) == (TARGET, False, "")
        assert set(stage.variables) == {"token", "date", "now", "further"}


def test_a_cassette_is_named_by_case_and_pairing():
    assert stem_of(CASE, "ews-graph") == "fake.case--ews-graph"


class Ear:
    """A listener that hears what it is given, in order."""

    origin = "https://listener.example"

    def __init__(self, *urls):
        self.heard = [Exchange(Request("POST", url), Response(202)) for url in urls]

    def answer_by(self, answering):
        """Answer nothing."""

    def next(self, seconds):
        """The next of them, however long it takes."""
        return self.heard.pop(0) if self.heard else None


def hearing(*urls):
    stage = Stage(Script(), TARGET, VARIABLES, ear=Ear(*urls))
    return Scene(CASE, "ews-graph", stage, standard_catalogue(), now=lambda: 0.0)


def test_a_case_hears_what_is_sent_to_its_own_address_and_keeps_it_among_its_exchanges():
    own = f"https://listener.example/{VARIABLES['token']}"
    scene = hearing("https://listener.example/another", own)
    assert scene.listener == own
    assert scene.hear("a notification").request.url == own
    assert [(one.number, one.is_heard) for one in scene.exchanges] == [(1, True)]
    assert scene.hear() is None
    with pytest.raises(CannotTell, match="Waited for a notification"):
        scene.hear("a notification")


def test_a_case_without_a_listener_does_not_apply():
    with pytest.raises(NotApplicable, match="cannot reach a listener"):
        scene_of().hear()


@given(st.integers(0, 255), st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_near_meetings_are_held_within_four_months(spread, day):
    told = near({"token": f"mp{spread:010x}", "date": "2031-01-01", "now": f"{day.isoformat()}T08:00:00Z"})
    wanted = date.fromisoformat(told["date"])
    assert timedelta(days=20) < wanted - day < timedelta(days=120)
    assert wanted.weekday() < 5
