"""The reference server loaded anew with values of its modules altered, in this process; no file is touched.

A value is altered where it is assigned, so that what other tables make of it follows.
"""

from __future__ import annotations

import ast
import functools
import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

ROOT = Path(__file__).parents[3]
PACKAGE = "reference_impl"
ENTRY = "reference_impl.server"
_HOOK = "__altered__"

Alter = Callable[[Any], Any]
Alterations = Mapping[str, Mapping[str, Alter]]
"""Module -> name -> what is made of the value assigned to it."""


@functools.cache
def sources() -> Mapping[str, Path]:
    """The files of the server by module."""
    found = {}
    for path in sorted((ROOT / PACKAGE).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@functools.cache
def tree(module: str) -> ast.Module:
    """A module as it is written."""
    return ast.parse(sources()[module].read_text(encoding="utf-8"))


@functools.cache
def _importers() -> Mapping[str, frozenset[str]]:
    """Who imports a module, or something that may be a module."""
    found: dict[str, set[str]] = {}
    for module in sources():
        for node in ast.walk(tree(module)):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            else:
                continue
            for name in names:
                found.setdefault(name, set()).add(module)
    return {name: frozenset(who) for name, who in found.items()}


def dependents(modules: frozenset[str]) -> frozenset[str]:
    """Some modules, and all that are made with them."""
    seen, left = set(modules), list(modules)
    while left:
        for each in _importers().get(left.pop(), frozenset()) - seen:
            seen.add(each)
            left.append(each)
    return frozenset(seen)


@functools.cache
def _code(module: str, names: frozenset[str]) -> CodeType:
    """A module's code, in which the values of some names pass through the hook before they are assigned."""
    path = sources()[module]
    if not names:
        return compile(path.read_text(encoding="utf-8"), str(path), "exec")
    written = ast.parse(path.read_text(encoding="utf-8"))
    for node in written.body:
        name = assigned(node)
        if name in names:
            hook = ast.Call(ast.Name(_HOOK, ast.Load()), [ast.Constant(name), node.value], [])
            node.value = ast.copy_location(hook, node.value)
    return compile(ast.fix_missing_locations(written), str(path), "exec")


def assigned(node: ast.stmt) -> str | None:
    """The one name that a statement gives a value."""
    if isinstance(node, ast.AnnAssign) and node.value is not None:
        target: ast.expr = node.target
    elif isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
    else:
        return None
    return target.id if isinstance(target, ast.Name) else None


class _Loader(SourceFileLoader):
    def __init__(self, module: str, alters: Mapping[str, Alter]) -> None:
        super().__init__(module, str(sources()[module]))
        self._alters = alters

    def get_code(self, fullname: str) -> CodeType:
        return _code(fullname, frozenset(self._alters))

    def exec_module(self, module: ModuleType) -> None:
        module.__dict__[_HOOK] = lambda name, value: self._alters[name](value)
        super().exec_module(module)


class _Finder(MetaPathFinder):
    def __init__(self, alterations: Alterations, modules: frozenset[str]) -> None:
        self._alterations = alterations
        self._modules = modules

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if fullname not in self._modules:
            return None
        loader = _Loader(fullname, self._alterations.get(fullname, {}))
        return importlib.util.spec_from_file_location(fullname, str(sources()[fullname]), loader=loader)


@contextmanager
def altered_server(alterations: Alterations) -> Iterator[None]:
    """Within this context ``sys.modules`` holds the altered server, and afterwards what was loaded before."""
    importlib.import_module(ENTRY)
    modules = dependents(frozenset(alterations))
    kept = {name: sys.modules.pop(name) for name in modules if name in sys.modules}
    attributes = {name: _part(name, None) for name in kept}
    finder = _Finder(alterations, modules)
    sys.meta_path.insert(0, finder)
    try:
        importlib.import_module(ENTRY)
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in modules & sys.modules.keys():
            del sys.modules[name]
            _part(name, None)
        sys.modules.update(kept)
        for name, value in attributes.items():
            _part(name, value)


def _part(module: str, value: ModuleType | None) -> ModuleType | None:
    """Set a package's attribute for its module, or take it away; what it was."""
    package, _, name = module.rpartition(".")
    home = sys.modules.get(package)
    if home is None:
        return None
    before = home.__dict__.pop(name, None)
    if value is not None:
        setattr(home, name, value)
    return before
