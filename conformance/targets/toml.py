"""Target files: read with clear errors, written by ``meetproof run``."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from conformance.targets.features import FEATURES
from conformance.targets.target import Account, Delivery, Endpoint, Proxy, Target, TargetKind


class TargetInvalid(ValueError):
    """A target file cannot be used; the message says what is wrong, where, and what is expected."""


_ROLES = ("organizer", "attendee", "room", "list", "outsider")
_MEMBERS = (_DECLARED, _ANY) = ("declared", "any")
_TABLES = {
    "target": {"name", "kind", "delivery", "deadline", "features"},
    "ews": {"url", "version", "auth", "token_url"},
    "graph": {"url", "auth", "token_url", "members"},
    "embedded": {"control", "faults"},
    "proxy": {"url", "origin"},
    "accounts": {"address", "name", "role", "password", "password_env"},
}


def read_target(path: Path) -> Target:
    """The target a TOML file describes; TargetInvalid with file and key when it does not describe one."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise TargetInvalid(
            f"{path}: there is no such file; write one with [target], [ews], [graph] and [[accounts]]."
        ) from None
    except (OSError, UnicodeDecodeError) as problem:
        raise TargetInvalid(f"{path}: cannot be read: {problem}.") from None
    except tomllib.TOMLDecodeError as problem:
        raise TargetInvalid(f"{path}: is not TOML: {problem}.") from None
    return _Reader(str(path), document).target()


def write_target(target: Target, path: Path) -> None:
    """Write a target file that ``read_target`` reads back as the same target."""
    path.write_text("\n".join(_lines(target)), encoding="utf-8")


class _Reader:
    """One document, its file named in every error."""

    def __init__(self, where: str, document: Mapping[str, Any]) -> None:
        self._where = where
        self._document = document

    def target(self) -> Target:
        """The whole document."""
        for name, value in self._document.items():
            if name not in _TABLES:
                raise self._wrong(
                    name, f"is not a table of a target file; expected one of {', '.join(sorted(_TABLES))}"
                )
            for row in value if isinstance(value, list) else [value]:
                if not isinstance(row, dict):
                    raise self._wrong(name, "must be a table")
                for key in row:
                    if key not in _TABLES[name]:
                        raise self._wrong(
                            f"{name}.{key}", f"is unknown; expected one of {', '.join(sorted(_TABLES[name]))}"
                        )
        head = self._table("target")
        kind = TargetKind(self._choice(head, "target.kind", tuple(TargetKind), TargetKind.LIVE))
        embedded = kind is TargetKind.EMBEDDED
        ews, graph = self._table("ews"), self._table("graph")
        farm = self._table("embedded")
        delivery = self._choice(
            head,
            "target.delivery",
            tuple(Delivery),
            Delivery.SYNCHRONOUS if embedded else Delivery.ASYNCHRONOUS,
        )
        target = Target(
            name=self._text(head, "target.name", required=True),
            kind=kind,
            accounts=tuple(self._accounts()),
            ews=self._endpoint("ews", ews, default_auth="basic") if ews else None,
            graph=self._endpoint("graph", graph, default_auth="oauth") if graph else None,
            version=self._text(ews, "ews.version") or "Exchange2013_SP1",
            control=self._text(farm, "embedded.control", required=embedded),
            faults=frozenset(self._texts(farm, "embedded.faults")),
            delivery=Delivery(delivery),
            deadline=self._number(head, "target.deadline", 60.0),
            features=self._features(head),
            proxy=self._proxy(),
        )
        if not embedded and target.ews is None and target.graph is None:
            raise self._wrong("target", "is live but has neither an [ews] nor a [graph] table with a url")
        if not embedded and len(target.accounts) < 2:
            raise self._wrong("accounts", "needs at least two entries: an organizer and an attendee")
        return target

    def _features(self, head: Mapping[str, Any]) -> frozenset[str]:
        names = self._texts(head, "target.features")
        for name in names:
            if name not in FEATURES:
                raise self._wrong("target.features", f"must be among {', '.join(FEATURES)}; got {name!r}")
        return frozenset(names)

    def _accounts(self) -> Iterator[Account]:
        rows = self._document.get("accounts", [])
        if not isinstance(rows, list):
            raise self._wrong("accounts", "must be an array of tables: write [[accounts]]")
        for number, row in enumerate(rows):
            at = f"accounts[{number}]"
            role = self._choice(row, f"{at}.role", _ROLES, "organizer" if number == 0 else "attendee")
            yield Account(
                address=self._address(row, f"{at}.address"),
                name=self._text(row, f"{at}.name"),
                role=role,
                secret=self._text(row, f"{at}.password"),
                password_env=self._text(row, f"{at}.password_env"),
            )

    def _endpoint(self, protocol: str, table: Mapping[str, Any], default_auth: str) -> Endpoint:
        auth = self._choice(table, f"{protocol}.auth", ("basic", "oauth"), default_auth)
        return Endpoint(
            protocol,
            self._url(table, f"{protocol}.url"),
            auth,
            self._url(table, f"{protocol}.token_url") if auth == "oauth" else "",
            self._choice(table, f"{protocol}.members", _MEMBERS, _DECLARED) != _DECLARED,
        )

    def _proxy(self) -> Proxy | None:
        table = self._table("proxy")
        if not table:
            return None
        origin = self._url(table, "proxy.origin") if "origin" in table else ""
        return Proxy(self._url(table, "proxy.url"), origin)

    def _table(self, name: str) -> Mapping[str, Any]:
        value = self._document.get(name, {})
        if not isinstance(value, dict):
            raise self._wrong(name, "must be a table")
        return value

    def _text(self, table: Mapping[str, Any], key: str, *, required: bool = False) -> str:
        value = table.get(key.rpartition(".")[2], "")
        if not isinstance(value, str):
            raise self._wrong(key, f"must be a string, got {value!r}")
        if required and not value:
            raise self._wrong(key, "is missing")
        return value

    def _texts(self, table: Mapping[str, Any], key: str) -> list[str]:
        value = table.get(key.rpartition(".")[2], [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self._wrong(key, f"must be a list of strings, got {value!r}")
        return value

    def _number(self, table: Mapping[str, Any], key: str, default: float) -> float:
        value = table.get(key.rpartition(".")[2], default)
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            raise self._wrong(key, f"must be a number of seconds above 0, got {value!r}")
        return float(value)

    def _choice(self, table: Mapping[str, Any], key: str, choices: tuple[str, ...], default: str) -> str:
        value = self._text(table, key) or default
        if value not in choices:
            raise self._wrong(key, f"must be one of {', '.join(choices)}, got {value!r}")
        return value

    def _url(self, table: Mapping[str, Any], key: str) -> str:
        value = self._text(table, key, required=True)
        if not value.startswith(("http://", "https://")):
            raise self._wrong(key, f"must be an http:// or https:// address, got {value!r}")
        return value.rstrip("/")

    def _address(self, table: Mapping[str, Any], key: str) -> str:
        value = self._text(table, key, required=True)
        if "@" not in value:
            raise self._wrong(key, f"must be an SMTP address, got {value!r}")
        return value

    def _wrong(self, key: str, what: str) -> TargetInvalid:
        return TargetInvalid(f"{self._where}: {key} {what}.")


def _lines(target: Target) -> Iterator[str]:
    for heading, fields in _sections(target):
        yield heading
        for key, value in fields.items():
            if value:
                # A JSON string, number or list of strings is the same value in TOML, once DEL is escaped.
                yield f"{key} = {json.dumps(value, ensure_ascii=False).replace(chr(127), chr(92) + 'u007f')}"
        yield ""


def _sections(target: Target) -> Iterator[tuple[str, dict[str, object]]]:
    yield (
        "[target]",
        {
            "name": target.name,
            "kind": target.kind.value,
            "delivery": target.delivery.value,
            "deadline": target.deadline,
            "features": sorted(target.features),
        },
    )
    for endpoint in (target.ews, target.graph):
        if endpoint is not None:
            version = target.version if endpoint.protocol == "ews" else ""
            fields = {"url": endpoint.url, "auth": endpoint.auth, "token_url": endpoint.token_url, "version": version}
            yield f"[{endpoint.protocol}]", {**fields, "members": _ANY if endpoint.is_open else ""}
    if target.control:
        yield "[embedded]", {"control": target.control, "faults": sorted(target.faults)}
    if target.proxy is not None:
        yield "[proxy]", {"url": target.proxy.url, "origin": target.proxy.origin}
    for account in target.accounts:
        yield (
            "[[accounts]]",
            {
                "address": account.address,
                "name": account.name,
                "role": account.role,
                "password": account.secret,
                "password_env": account.password_env,
            },
        )
