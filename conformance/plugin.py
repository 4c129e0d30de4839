"""The pytest plugin: options, the report, a reference server as a fixture. Imports nothing heavy until it is used."""

from __future__ import annotations

import pytest

_MARKERS = (
    "meetproof_case(case): set by @case; a conformance case with its id, scenario and requirements",
    'meetproof(mailboxes=..., faults=[...], clock="...", seed="...", profile="..."): how meetproof_server starts',
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the suite."""
    group = parser.getgroup("meetproof", "conformance of meeting servers")
    group.addoption("--meetproof-target", metavar="FILE", help="the server under test, described in TOML")
    group.addoption("--meetproof-report", metavar="DIR", help="write report.json, junit.xml and index.html there")
    group.addoption("--meetproof-replay", metavar="DIR", help="play the cassettes of a folder instead of a server")
    group.addoption(
        "--meetproof-profile",
        metavar="NAME",
        action="append",
        default=[],
        help="run the cases of a profile only; may be repeated",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers, and the collector of results where there is something to collect."""
    for marker in _MARKERS:
        config.addinivalue_line("markers", marker)
