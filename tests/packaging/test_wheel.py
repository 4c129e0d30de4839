"""The built wheel, in an environment and a folder of its own, away from this tree."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]

ROOT = Path(__file__).parents[2]
LIBRARIES = Path(pytest.__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def programs(wheel, tmp_path_factory) -> Path:
    """The programs of a new environment with the wheel; other libraries are borrowed from this one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    command = [folder / "bin" / "pip", "install", "--quiet", "--no-deps", "--no-index", wheel]
    subprocess.run(command, check=True, timeout=120)
    [packages] = folder.glob("lib/python*/site-packages")
    (packages / "borrowed.pth").write_text(f"{LIBRARIES}\n", encoding="utf-8")
    return folder / "bin"


def run(programs: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "HOME": str(folder), "PYTHONPATH": "", "THE_PASSWORD": "meetproof"}
    return subprocess.run(
        [str(programs / arguments[0]), *arguments[1:]],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
    )


def test_the_wheel_carries_every_schema_and_all_data(wheel):
    inside = set(zipfile.ZipFile(wheel).namelist())
    schemas = {path.relative_to(ROOT / "schemas") for path in (ROOT / "schemas").rglob("*") if path.is_file()}
    assert {f"meetproof_schemas/{path.as_posix()}" for path in schemas} <= inside
    listed = subprocess.run(
        ["git", "ls-files", "conformance", "reference_impl"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert set(listed.stdout.split()) <= inside
    assert not any(name.startswith(("tests/", "cassettes/")) for name in inside)


def test_the_installed_code_is_the_wheels(programs, tmp_path):
    where = run(programs, tmp_path, "python", "-c", "import conformance, reference_impl; print(conformance.__file__)")
    assert str(programs.parent) in where.stdout


def test_meetproof_run_works_in_an_empty_folder(programs, tmp_path):
    done = run(programs, tmp_path, "meetproof", "run", "-k", "cross-protocol.answer")
    assert done.returncode == 0, done.stdout + done.stderr
    assert {"report.json", "index.html", "junit.xml", "cassettes"} <= {
        path.name for path in (tmp_path / "meetproof-report").iterdir()
    }


def test_meetproof_serve_and_plain_pytest_work_in_an_empty_folder(programs, tmp_path):
    command = [str(programs / "meetproof"), "serve", "--ready-json"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as server:
        facts = json.loads(server.stdout.readline())
        accounts = "".join(
            f'[[accounts]]\naddress = "{name}@example.com"\nrole = "{role}"\npassword_env = "THE_PASSWORD"\n'
            for name, role in [("organizer0", "organizer"), ("attendee0", "attendee"), ("attendee1", "attendee")]
        )
        (tmp_path / "target.toml").write_text(
            '[target]\nname = "a server"\nkind = "live"\n'
            f'[ews]\nurl = "{facts["ews"]}"\nversion = "Exchange2013_SP1"\n'
            f'[graph]\nurl = "{facts["graph"]}"\ntoken_url = "{facts["token"]}"\n{accounts}',
            encoding="utf-8",
        )
        arguments = [
            "-m",
            "pytest",
            "--pyargs",
            "conformance.suites",
            "--meetproof-target=target.toml",
            "-q",
            "-k",
            "cross-protocol.answer",
        ]
        try:
            done = run(programs, tmp_path, "python", *arguments)
        finally:
            server.send_signal(signal.SIGTERM)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
