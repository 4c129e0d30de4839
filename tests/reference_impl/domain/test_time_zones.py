import calendar
import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest

from reference_impl.domain.errors import NoSuchTimeZone
from reference_impl.domain.items import TimeSlot
from reference_impl.domain.timezone import (
    Transition,
    ZoneRules,
    iana_names,
    rules_of,
    to_iana,
    to_windows,
    widened_to_days,
    windows_names,
    zone,
)


@pytest.mark.parametrize(
    ("windows", "iana"),
    [
        ("Pacific Standard Time", "America/Los_Angeles"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("Tokyo Standard Time", "Asia/Tokyo"),
        ("UTC", "Etc/UTC"),
        ("India Standard Time", "Asia/Calcutta"),
    ],
)
def test_windows_and_iana_names_lead_to_each_other(windows, iana):
    assert to_iana(windows) == iana
    assert to_windows(iana) == windows
    assert to_iana(windows.upper()) == iana
    assert to_windows(iana.lower()) == windows
    assert zone(windows) is zone(iana)


def test_every_windows_zone_is_there_and_maps_back_to_itself():
    assert len(windows_names()) > 130
    for name in windows_names():
        assert to_windows(to_iana(name)) == name
        assert to_windows(name) == name
        assert zone(name).key == to_iana(name)


def test_aliases_find_the_same_windows_zone():
    assert to_windows("Asia/Kolkata") == "India Standard Time"
    assert to_windows("Europe/Vienna") == to_windows("Europe/Berlin")
    assert to_windows("GMT") == "UTC"


def test_nearly_every_iana_zone_has_a_windows_name():
    without = []
    for name in iana_names():
        try:
            to_windows(name)
        except NoSuchTimeZone:
            without.append(name)
    assert set(without) <= {"Antarctica/Troll", "Factory"}


@pytest.mark.parametrize("name", ["", "Atlantis Standard Time", "Europe", "../UTC", "Europe/../UTC", "/etc/localtime"])
def test_an_unknown_name_is_refused(name):
    for function in (zone, to_iana, to_windows):
        with pytest.raises(NoSuchTimeZone) as refusal:
            function(name)
        assert repr(name) in str(refusal.value)


def test_the_hosts_own_zone_files_are_never_read(monkeypatch, tmp_path):
    """A host whose files claim that Berlin is Tokyo changes nothing."""
    import importlib.resources

    fake = tmp_path / "Europe" / "Berlin"
    fake.parent.mkdir()
    fake.write_bytes((importlib.resources.files("tzdata") / "zoneinfo" / "Asia" / "Tokyo").read_bytes())
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath(to=[str(tmp_path)])
    try:
        winter = datetime(2026, 1, 1, tzinfo=UTC)
        assert winter.astimezone(zoneinfo.ZoneInfo.no_cache("Europe/Berlin")).utcoffset() == timedelta(hours=9)
        from reference_impl.domain import timezone

        timezone.zone.cache_clear()
        timezone._zone_of_iana.cache_clear()
        assert winter.astimezone(zone("Europe/Berlin")).utcoffset() == timedelta(hours=1)
    finally:
        zoneinfo.reset_tzpath(to=before)


def test_known_rules_are_told_as_the_protocols_spell_them():
    two = time(2)
    assert rules_of("Pacific Standard Time", 2026) == ZoneRules(
        480, standard=Transition(11, 1, 6, two, 0), daylight=Transition(3, 2, 6, two, -60)
    )
    assert rules_of("Europe/Berlin", 2026) == ZoneRules(
        -60, standard=Transition(10, 5, 6, time(3), 0), daylight=Transition(3, 5, 6, two, -60)
    )
    assert rules_of("AUS Eastern Standard Time", 2026) == ZoneRules(
        -600, standard=Transition(4, 1, 6, time(3), 0), daylight=Transition(10, 1, 6, two, -60)
    )
    assert rules_of("Lord Howe Standard Time", 2026).daylight.bias_minutes == -30
    assert rules_of("UTC", 2026) == ZoneRules(0)
    assert rules_of("India Standard Time", 2026) == ZoneRules(-330)


def day_of(rule, year):
    """The date a rule names in a year."""
    days = [
        date(year, rule.month, day)
        for day in range(1, calendar.monthrange(year, rule.month)[1] + 1)
        if date(year, rule.month, day).weekday() == rule.weekday
    ]
    return days[-1] if rule.week == 5 else days[rule.week - 1]


def offset_by_rules(rules, moment):
    """The offset that a client would compute from the rules: an oracle independent of how they were found."""
    bias = timedelta(minutes=rules.bias_minutes)
    if rules.standard is None or rules.daylight is None:
        return -bias
    changes = []
    for rule, before in ((rules.standard, rules.daylight), (rules.daylight, rules.standard)):
        wall = datetime.combine(day_of(rule, moment.year), rule.at, UTC)
        at = wall + bias + timedelta(minutes=before.bias_minutes)
        changes.append((at, -bias - timedelta(minutes=rule.bias_minutes)))
    changes.sort()
    past = [offset for at, offset in changes if at <= moment]
    return past[-1] if past else changes[-1][1]


def changes_in(name, year):
    days = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(366)]
    offsets = [day.astimezone(zone(name)).utcoffset() for day in days]
    return sum(before != after for before, after in pairwise(offsets))


@pytest.mark.parametrize("year", [2019, 2024, 2026, 2028])
def test_rules_give_the_zones_own_offsets_throughout_the_year(year):
    """Two yearly changes can tell every year but those in which a zone changed its rules for good."""
    checked = 0
    for name in windows_names():
        if changes_in(name, year) not in {0, 2}:
            continue
        checked += 1
        rules = rules_of(name, year)
        moment = datetime(year, 1, 2, tzinfo=UTC)
        while moment < datetime(year, 12, 30, tzinfo=UTC):
            assert offset_by_rules(rules, moment) == moment.astimezone(zone(name)).utcoffset(), (name, moment)
            moment += timedelta(hours=13)
    assert checked > 125


def test_whole_days_are_those_of_the_named_zone():
    day = timedelta(days=1)
    midnight = datetime(2026, 1, 6, 8, tzinfo=UTC)  # in Los Angeles
    whole = TimeSlot(midnight, midnight + day)
    name = "Pacific Standard Time"
    assert widened_to_days(whole, name) == whole
    assert widened_to_days(TimeSlot(midnight, midnight), name) == whole
    assert widened_to_days(TimeSlot(midnight + timedelta(hours=9), midnight + timedelta(hours=10)), name) == whole
    over = TimeSlot(midnight + timedelta(hours=23), midnight + timedelta(hours=25))
    assert widened_to_days(over, name) == TimeSlot(midnight, midnight + 2 * day)
    short = widened_to_days(TimeSlot(datetime(2026, 3, 8, 12, tzinfo=UTC), datetime(2026, 3, 8, 13, tzinfo=UTC)), name)
    assert short.end - short.start == timedelta(hours=23)
