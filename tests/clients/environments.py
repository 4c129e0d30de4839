"""Environments of clients that cannot be installed beside the project: made once, kept in pytest's cache."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

_NODE = Path(__file__).with_name("node")
_MANIFESTS = (_NODE / "package.json", _NODE / "package-lock.json")
_REQUIREMENTS = Path(__file__).parent / "davmail" / "requirements.txt"


def node_modules(cache: pytest.Cache) -> Path:
    """The folder of the npm packages that the lock file names."""
    return _kept(cache, "node", _MANIFESTS, _install_node_modules) / "node_modules"


def caldav_python(cache: pytest.Cache) -> Path:
    """The interpreter of a virtual environment with the library caldav, which replaces urllib3 by one of its own."""
    return _kept(cache, "caldav", (_REQUIREMENTS,), _install_caldav) / "bin" / "python"


def _install_node_modules(folder: Path) -> None:
    for manifest in _MANIFESTS:
        shutil.copy(manifest, folder)
    _run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=folder)


def _install_caldav(folder: Path) -> None:
    venv.create(folder)
    python = ("--python", str(folder / "bin" / "python"))
    install = ("install", "--quiet", "--disable-pip-version-check", "--requirement", str(_REQUIREMENTS))
    _run(sys.executable, "-m", "pip", *python, *install, cwd=folder)


def _kept(cache: pytest.Cache, name: str, sources: tuple[Path, ...], install: Callable[[Path], None]) -> Path:
    """The folder of what these files ask for, installed once: other processes wait until it is whole."""
    digest = hashlib.sha256(sys.version.encode())
    for source in sources:
        digest.update(source.read_bytes())
    folder = Path(cache.mkdir(f"meetproof-{name}-{digest.hexdigest()[:12]}"))
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = folder / ".done"
        if not done.exists():
            install(folder)
            done.touch()
    return folder


def _run(*command: str, cwd: Path) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}"
