"""The suite before a server that lives on, by pytest itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from conformance.targets import Endpoint, Target, TargetKind, write_target
from conformance.targets.process import companion
from conformance.targets.target import Account

FEATURES = {"availability", "beta", "distribution-lists", "impersonation", "propose-new-time", "rooms"}
ROLES = {"organizer": "organizer", "attendee": "attendee", "room": "room", "list": "list"}


def running():
    """One server with the default population, ids at random and the real clock; its addresses."""
    return companion([sys.executable, "-P", "-m", "reference_impl", "serve", "--ready-json"], "server")


def play(folder, ready, *arguments, version="Exchange2016", features=FEATURES, protocols=("ews", "graph")):
    """The suite by pytest itself, as its users call it; the exit code and the report."""
    accounts = []
    for one in ready["mailboxes"]:
        local = one["address"].partition("@")[0].rstrip("0123456789")
        role = ROLES.get(local, "outsider")
        accounts.append(Account(one["address"], one["name"], role, password_env="THE_PASSWORD"))
    target = Target(
        "A server that lives on",
        TargetKind.LIVE,
        tuple(accounts),
        Endpoint("ews", ready["ews"], "basic") if "ews" in protocols else None,
        Endpoint("graph", ready["graph"], "oauth", ready["token"]) if "graph" in protocols else None,
        version,
        deadline=5.0,
        features=frozenset(features),
    )
    folder.mkdir(exist_ok=True)
    write_target(target, folder / "target.toml")
    command = [sys.executable, "-P", "-m", "pytest", "-p", "conformance.plugin", "--pyargs", "conformance.suites"]
    command += ["-q", "-p", "no:cacheprovider", "--meetproof-target=target.toml", "--meetproof-report=.", *arguments]
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    surroundings |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "THE_PASSWORD": "meetproof"}
    done = subprocess.run(
        command, cwd=folder, env=surroundings, capture_output=True, text=True, check=False, timeout=300
    )
    return done, json.loads((folder / "report.json").read_text(encoding="utf-8"))
