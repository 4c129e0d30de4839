"""Options of the project's own test run, tools that may be absent and a mode in which none may, and a browser."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# No test is judged by its speed: machines are shared. `--hypothesis-profile=thorough` looks ten times as long.
settings.register_profile("meetproof", deadline=None, max_examples=50)
settings.register_profile("thorough", deadline=None, max_examples=500)
settings.load_profile("meetproof")

# marker -> the tool's name and the programs that show it is there
TOOLS = {
    "chromium": ("Chromium", ("chromium", "chromedriver")),
    "postgresql": ("PostgreSQL", ("initdb", "pg_ctl")),
    "node": ("Node.js", ("node",)),
    "npm": ("npm", ("npm",)),
    "curl": ("curl", ("curl",)),
    "davmail": ("DavMail", ("davmail-server",)),
    "kerberos": ("MIT Kerberos", ("krb5kdc", "kdb5_util", "kadmin.local", "kinit")),
}
ABSENT = "absent tool: "
# Where Debian keeps programs that are not for everybody's PATH.
OTHER_FOLDERS = (*sorted(Path("/usr/lib/postgresql").glob("*/bin")), Path("/usr/sbin"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--thorough", action="store_true", help="run all of the tests of which usually a sample is run")
    parser.addoption("--no-skips", action="store_true", help="a skipped test fails: every tool must be there")


def program(name: str) -> str | None:
    """The path of a program, also where Debian keeps those of PostgreSQL and Kerberos."""
    found = shutil.which(name)
    return found or next((str(folder / name) for folder in OTHER_FOLDERS if (folder / name).exists()), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A browser, for all tests of pages; their group keeps them in one worker."""
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    options = Options()
    options.binary_location = program("chromium") or ""
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-proxy-server"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    opened = webdriver.Chrome(options=options, service=Service(program("chromedriver")))
    yield opened
    opened.quit()


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker, (tool, programs) in TOOLS.items():
        if item.get_closest_marker(marker) and not all(program(name) for name in programs):
            pytest.skip(f"{ABSENT}{tool}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take every n-th of a test's parameter sets where it is marked so, unless tests were chosen or all are wanted."""
    chosen = config.option.keyword or any("::" in argument for argument in config.args)
    if chosen or config.getoption("--thorough"):
        return
    seen: Counter[str] = Counter()
    kept, left = [], []
    for item in items:
        marker = item.get_closest_marker("sampled")
        name = item.nodeid.partition("[")[0]
        (left if marker and seen[name] % marker.args[0] else kept).append(item)
        seen[name] += 1
    items[:] = kept
    config.hook.pytest_deselected(items=left)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and item.config.getoption("--no-skips") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped although no skips are allowed: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    counts: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        _, found, tool = str(report.longrepr[-1]).partition(ABSENT)
        if found:
            counts[tool] = counts.get(tool, 0) + 1
    for tool, count in sorted(counts.items()):
        terminalreporter.write_line(f"{tool} is absent: {count} of its tests were skipped.", yellow=True)
