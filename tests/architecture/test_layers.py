"""The import table of the project, enforced."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# What each part may import of its own package; an import of the part itself is always allowed.
LAYERS = {
    "conformance": {
        "model": set(),
        "wire": {"model"},
        "tape": {"model", "wire"},
        "client": {"model", "wire", "tape"},
        "actor": {"model", "wire", "tape", "client"},
        "equivalence": {"model", "wire", "actor"},
        "catalogue": {"model"},
        "targets": {"model"},
        "access": {"model", "client", "targets"},
        "probe": {"model", "wire", "client", "actor", "catalogue", "targets", "access"},
        "isolation": {"model", "client", "actor", "targets", "access"},
        "profiles": {"model"},
        "known": {"model"},
        "expect": {"model", "wire", "catalogue"},
        "report": {"model", "wire", "tape", "catalogue"},
        "passive": {"model", "wire", "catalogue"},
        "proxy": {"model", "wire", "tape", "client", "passive"},
        "suites": {
            "model",
            "wire",
            "tape",
            "client",
            "actor",
            "equivalence",
            "catalogue",
            "expect",
            "targets",
            "passive",
            "access",
            "isolation",
            "known",
        },
        "comparison": {
            "model",
            "wire",
            "client",
            "actor",
            "equivalence",
            "isolation",
            "catalogue",
            "expect",
            "targets",
            "suites",
        },
        "noise": {"model", "wire", "tape", "catalogue", "passive"},
        "diff": {
            "model",
            "wire",
            "tape",
            "client",
            "actor",
            "equivalence",
            "targets",
            "access",
            "isolation",
            "report",
            "proxy",
            "noise",
        },
        "fixtures": {"targets", "proxy"},
        "plugin": {"model", "known", "catalogue", "expect", "report", "targets", "profiles"},
        "cli": {
            "model",
            "wire",
            "tape",
            "client",
            "equivalence",
            "catalogue",
            "report",
            "targets",
            "profiles",
            "proxy",
            "plugin",
            "access",
            "probe",
            "passive",
            "comparison",
            "diff",
            "noise",
            "known",
        },
    },
    "reference_impl": {
        "domain": set(),
        "schemas": set(),
        "http": {"domain"},
        "asgi": {"http"},
        "tls": set(),
        "connection": {"auth"},
        "protocol": {"connection", "transport"},
        "transport": set(),
        "store": {"domain"},
        "directory": {"domain"},
        "service": {"domain", "store", "directory"},
        "mime": {"domain"},
        "mapi": {"domain", "service", "mime"},
        "search": {"domain", "mime", "mapi"},
        "ews": {"domain", "service", "mime", "mapi", "search", "schemas", "http"},
        "graph": {"domain", "service", "mime", "mapi", "search", "schemas", "http"},
        "autodiscover": {"domain", "service", "schemas", "http"},
        "notify": {"domain", "service", "http"},
        "delivering": {"service"},
        "oauth": {"domain", "service", "http"},
        "auth": {"domain", "service", "oauth"},
        "faults": {"domain", "service", "http"},
        "routes": {"service", "http", "auth", "oauth", "autodiscover", "ews", "graph"},
        "app": {
            "domain",
            "service",
            "http",
            "asgi",
            "connection",
            "auth",
            "oauth",
            "routes",
            "notify",
            "delivering",
            "faults",
        },
        "server": {"domain", "service", "store", "directory", "asgi", "auth", "app", "faults", "protocol", "tls"},
        "farm": {"domain", "service", "directory", "http", "asgi", "app", "server", "faults", "tls"},
        "__main__": {"domain", "service", "directory", "auth", "graph", "app", "server", "farm", "faults", "tls"},
    },
}
# Libraries that belong to some parts alone.
OWNERS = {
    "mitmproxy": {"proxy"},
    "sqlalchemy": {"store"},
    "icalendar": {"mime"},
    "uvicorn": {"server", "protocol"},
    "joserfc": {"oauth"},
    "spnego": {"auth", "client"},
    "trustme": {"tls"},
}

FILES = sorted(path for package in LAYERS for path in (ROOT / package).rglob("*.py"))


def imported_modules(path: Path) -> set[str]:
    """Every absolute module name a file imports, wherever the import stands."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.add(node.module or "")
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def forbidden_imports(path: Path, modules: set[str]) -> list[str]:
    """What of ``modules`` a file may not import, with the reason."""
    package, *rest = path.relative_to(ROOT).with_suffix("").parts
    part = rest[0] if rest[0] != "__init__" else ""
    table = LAYERS[package]
    wrong = []
    for module in sorted(modules):
        top, *inner = module.split(".")
        if top in LAYERS and top != package:
            wrong.append(f"{module}: {package} and {top} meet on the wire only")
        elif top == package and part and inner and inner[0] in table and inner[0] not in table[part] | {part}:
            wrong.append(f"{module}: {package}.{part} may import {sorted(table[part])} only")
        elif part not in OWNERS.get(top, {part}):
            wrong.append(f"{module}: only {sorted(OWNERS[top])} imports {top}")
    return wrong


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_imports_only_what_its_layer_allows(path: Path) -> None:
    assert forbidden_imports(path, imported_modules(path)) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_belongs_to_a_part_of_the_table(path: Path) -> None:
    package, *rest = path.relative_to(ROOT).with_suffix("").parts
    assert rest[0] in LAYERS[package] or rest[0] == "__init__"


@pytest.mark.parametrize(
    ("path", "module"),
    [
        ("conformance/model/exchange.py", "conformance.wire.ews"),
        ("conformance/suites/case.py", "reference_impl.app"),
        ("reference_impl/domain/items.py", "reference_impl.service.world"),
        ("reference_impl/ews/service.py", "reference_impl.graph.service"),
        ("reference_impl/ews/service.py", "sqlalchemy.engine"),
        ("conformance/tape/diff.py", "mitmproxy.http"),
    ],
)
def test_a_forbidden_import_is_found(path: str, module: str) -> None:
    assert forbidden_imports(ROOT / path, {module})
