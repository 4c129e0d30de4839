"""Limits and switches: each tells what it means and what it takes, and takes nothing else."""

from dataclasses import asdict, fields

import pytest

from reference_impl.domain.oof import ExternalAudience
from reference_impl.service.settings import Settings, listed_settings, set_settings

PROFILES = [Settings(), Settings.online()]


@pytest.mark.parametrize("profile", PROFILES)
def test_every_setting_tells_its_value_and_what_it_means(profile):
    listed = {setting.name: setting for setting in listed_settings(profile)}
    assert set(listed) == {field.name for field in fields(Settings)} - {"notified", "delivery_delay"}
    assert all(setting.meaning and setting.values for setting in listed.values())


@pytest.mark.parametrize("profile", PROFILES)
def test_what_is_listed_can_be_set_as_it_is_listed(profile):
    assert set_settings(Settings(), {one.name: one.default for one in listed_settings(profile)}) == profile


def test_values_are_read_as_people_write_them_and_in_their_own_types():
    written = {"batch": "7", "end_may_equal_start": "false", "external_replies": "known", "minute": "0.5"}
    changed = {"batch": 7, "end_may_equal_start": False, "external_replies": ExternalAudience.KNOWN, "minute": 0.5}
    assert asdict(set_settings(Settings(), written)) == asdict(Settings()) | changed
    assert set_settings(Settings(), changed) == set_settings(Settings(), written)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("batch", "0", "takes a whole number from 1 on; it cannot be '0'"),
        ("batch", 1.5, "takes a whole number from 1 on; it cannot be 1.5"),
        ("requests_per_minute", "-1", "takes a whole number from 0 on"),
        ("end_may_equal_start", "perhaps", "takes true or false"),
        ("external_replies", "some", "takes none, known, all"),
        ("server_version", "15.1", "takes four numbers with dots"),
        ("minute", "nan", "takes a number above 0, 60 at most"),
        ("notified", ["example.org"], "unknown setting 'notified'; known: absence_acts_on_calendar,"),
        ("colour", "blue", "unknown setting 'colour'"),
    ],
)
def test_other_values_and_names_are_refused(name, value, words):
    with pytest.raises(ValueError, match=r"setting") as refusal:
        set_settings(Settings(), {name: value})
    assert words in str(refusal.value)
