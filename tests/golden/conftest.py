"""Whole runs of the installed command, each made once and looked at by several tests."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.recorded import REFERENCE

MEETPROOF = str(Path(sys.executable).with_name("meetproof"))


@dataclass(frozen=True, slots=True)
class Run:
    """What a run of ``meetproof run`` printed, how it ended and what it left."""

    code: int
    output: str
    folder: Path

    @property
    def report(self) -> Mapping[str, Any]:
        """The report for programs."""
        return json.loads((self.folder / "report.json").read_text(encoding="utf-8"))

    @property
    def cassettes(self) -> Path:
        """The recordings."""
        return self.folder / "cassettes"


def meetproof_run(folder: Path, *arguments: str) -> Run:
    """Run the suite as a person would."""
    command = [MEETPROOF, "run", "--report", str(folder), *arguments]
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
        cwd=folder.parent,
    )
    return Run(done.returncode, done.stdout, folder)


@pytest.fixture(scope="session")
def alone(tmp_path_factory):
    """One scenario in one process, in its order."""
    return meetproof_run(tmp_path_factory.mktemp("alone") / "report", "-n", "0", "-k", "handling-meetings")


@pytest.fixture(scope="session")
def whole(tmp_path_factory):
    """The suite in eight processes, in another order."""
    return meetproof_run(tmp_path_factory.mktemp("whole") / "report", "-n", "8", "--shuffle", "a seed")


@pytest.fixture(scope="session")
def replayed(tmp_path_factory):
    """The suite from the golden recordings, without a network."""
    return meetproof_run(tmp_path_factory.mktemp("replayed") / "report", "--replay", str(REFERENCE))
