"""Leases of mailboxes and weeks, between threads here as between processes elsewhere: each opens its own lock file."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import date, timedelta

import pytest

from conformance.isolation import InUse, lease_mailboxes, lease_weeks
from conformance.isolation.leases import FURTHER, WEEKS
from conformance.isolation.locks import folder, locked
from conformance.targets import Account, Endpoint, Target, TargetKind

TODAY = date(2026, 3, 4)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    folder.cache_clear()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    yield
    folder.cache_clear()


def target(*people, host="h.example"):
    accounts = tuple(Account(f"{name}@example.com") for name in people)
    return Target("x", TargetKind.LIVE, accounts, Endpoint("ews", f"https://{host}/EWS/Exchange.asmx", "basic"))


def test_a_lock_is_held_by_one_alone_or_by_several_together():
    with locked("a") as first, locked("a") as second, locked("b") as other:
        assert (first, second, other) == (True, False, True)
    with locked("a", is_shared=True) as first, locked("a", is_shared=True) as second, locked("a") as alone:
        assert (first, second, alone) == (True, True, False)
    with locked("a") as again:
        assert again


def test_cases_share_mailboxes_unless_one_wants_them_alone():
    ours = target("ann", "bob")
    with lease_mailboxes(ours), lease_mailboxes(ours):
        alone = lease_mailboxes(ours, is_alone=True, patience=0)
        with pytest.raises(InUse, match=r"ann@example\.com at h\.example"), alone:
            pass
        with lease_mailboxes(target("cid"), is_alone=True, patience=0):
            pass
        with lease_mailboxes(target("ann", host="other.example"), is_alone=True, patience=0):
            pass
    with lease_mailboxes(ours, is_alone=True, patience=0), pytest.raises(InUse), lease_mailboxes(ours, patience=0):
        pass


def test_who_waits_to_be_alone_is_not_overtaken():
    ours, order = target("ann"), []
    waits = threading.Event()

    def alone():
        waits.set()
        with lease_mailboxes(ours, is_alone=True):
            order.append("alone")

    def together():
        with lease_mailboxes(ours):
            order.append("together")

    with ThreadPoolExecutor(2) as pool:
        with lease_mailboxes(ours):
            first = pool.submit(alone)
            waits.wait()
            while True:
                with locked("gate") as is_open:
                    if not is_open:
                        break
            second = pool.submit(together)
        first.result(10), second.result(10)
    assert order == ["alone", "together"]


def test_weeks_are_disjoint_and_lie_ahead():
    with ExitStack() as stack:
        leases = [stack.enter_context(lease_weeks(target("ann"), TODAY)) for _ in range(8)]
    days = [day for lease in leases for day in lease]
    assert len(days) == len(set(days)) == 8 * (1 + FURTHER)
    assert all(day.weekday() == 0 for day in days)
    assert min(days) >= TODAY + timedelta(days=7)
    assert max(days) <= TODAY + timedelta(weeks=WEEKS + 2)


@pytest.mark.parametrize("attempt", range(5))
def test_several_weeks_follow_one_another(attempt):
    with lease_weeks(target("ann"), TODAY), lease_weeks(target("ann"), TODAY, 6) as weeks:
        assert list(weeks[:6]) == [weeks[0] + timedelta(weeks=number) for number in range(6)]


def test_weeks_that_are_all_taken_are_told(monkeypatch):
    monkeypatch.setattr("conformance.isolation.leases.WEEKS", 2)
    with lease_weeks(target("ann"), TODAY) as weeks:
        assert len(weeks) == 2
        with pytest.raises(InUse, match=r"every week of h\.example"), lease_weeks(target("ann"), TODAY):
            pass
    with lease_weeks(target("ann"), TODAY):
        pass
