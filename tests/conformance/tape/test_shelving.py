"""Recordings merged, grouped and counted."""

from hypothesis import given
from hypothesis import strategies as st

from conformance.model.exchange import Exchange, Request, Response
from conformance.tape.shelving import TRAITS, Totals, file_stem, merged, started


def exchange(number, second=None, **meta):
    noted = {} if second is None else {"started": f"2026-03-02T08:00:{second:02}.000000Z"}
    return Exchange(Request("GET", f"https://Mail.example/v1.0/me/events/{number}"), Response(200), {**noted, **meta})


RECORDINGS = st.lists(st.lists(st.tuples(st.integers(0, 9**6), st.none() | st.integers(0, 59))), max_size=4)


@given(RECORDINGS)
def test_merging_loses_nothing_and_keeps_the_order_of_each_recording(listed):
    recordings = [[exchange(number, second, of=place) for number, second in one] for place, one in enumerate(listed)]
    whole = list(merged(recordings))
    assert [[one for one in whole if one.meta["of"] == place] for place in range(len(listed))] == recordings


@given(st.lists(st.lists(st.integers(0, 59)).map(sorted), max_size=4))
def test_what_began_earlier_comes_first(listed):
    times = [started(one) for one in merged([[exchange(0, second) for second in one] for one in listed])]
    assert times == sorted(times)


def test_recordings_without_times_follow_each_other():
    one, other = [exchange(1), exchange(2)], [exchange(3), exchange(4)]
    assert list(merged([one, other])) == one + other


def test_totals_count_what_is_known():
    totals = Totals()
    for one in (exchange(1, 5, actor="ann@example.com"), exchange(2, 3), exchange(3)):
        totals.count(one)
    assert (totals.exchanges, totals.first[17:19], totals.last[17:19]) == (3, "03", "05")
    assert totals.by["actor"] == {"ann@example.com": 1}
    assert totals.by["host"] == {"mail.example": 3}
    assert totals.by["operation"] == {"GET events/{id}": 3}


def test_a_url_that_cannot_be_split_has_no_host():
    assert TRAITS["host"](Exchange(Request("GET", "http://["), Response(200))) == ""


def test_names_of_files_are_safe_ones():
    assert [file_stem(name) for name in ("ann@example.com", "../../etc", "a b/c:1", "...", "")] == [
        "ann@example.com",
        "etc",
        "a_b_c_1",
        "unnamed",
        "unnamed",
    ]
