"""Target files: read with clear errors, written by ``meetproof run``."""

from __future__ import annotations

import re
import ssl
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from conformance.model.toml import toml_value
from conformance.targets.features import FEATURES
from conformance.targets.target import (
    AUTHS,
    BASIC,
    LISTEN,
    OAUTH,
    Account,
    Delivery,
    Endpoint,
    Grant,
    Notify,
    Proxy,
    Target,
    TargetKind,
)


class TargetInvalid(ValueError):
    """A target file cannot be used; the message says what is wrong, where, and what is expected."""


_ROLES = ("organizer", "attendee", "room", "roomlist", "list", "outsider")
_PLACE = re.compile(r"[\w.-]+:[0-9]{1,5}")
_MEMBERS = (_DECLARED, _ANY) = ("declared", "any")
_TOKENS = {"token_url", "tenant", "grant", "client_id", "client_secret_env", "scope"}
_TABLES = {
    "target": {"name", "kind", "delivery", "deadline", "timeout", "features", "tls_ca"},
    "ews": {"url", "version", "auth", *_TOKENS},
    "graph": {"url", "auth", "members", *_TOKENS},
    "embedded": {"control", "faults"},
    "proxy": {"url", "origin"},
    "notify": {"url", "listen"},
    "accounts": {
        "address",
        "name",
        "role",
        "user",
        "password_env",
        "password_prompt",
        "ews_token_env",
        "graph_token_env",
    },
}
# Keys that hold a secret, which no file does, and what to write instead.
_SECRETS = {
    "accounts.password": "password_env",
    "accounts.token": "graph_token_env or ews_token_env",
    "ews.client_secret": "client_secret_env",
    "graph.client_secret": "client_secret_env",
}
_IDENTITY_PLATFORM = "https://login.microsoftonline.com/{}/oauth2/v2.0/token"


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
    return _Reader(path, document).target()


def write_target(target: Target, path: Path) -> None:
    """Write a target file that ``read_target`` reads back as the same target, save the secrets it holds."""
    path.write_text("\n".join(_lines(target)), encoding="utf-8")


class _Reader:
    """One document, its file named in every error."""

    def __init__(self, where: Path, document: Mapping[str, Any]) -> None:
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
                    if instead := _SECRETS.get(f"{name}.{key}"):
                        words = f"is a secret, which no file holds: name an environment variable by {instead}"
                        raise self._wrong(f"{name}.{key}", words)
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
            ews=self._endpoint("ews", ews, default_auth=BASIC) if ews else None,
            graph=self._endpoint("graph", graph, default_auth=OAUTH) if graph else None,
            version=self._text(ews, "ews.version") or "Exchange2013_SP1",
            controls=self._controls(farm, required=embedded),
            faults=frozenset(self._texts(farm, "embedded.faults")),
            delivery=Delivery(delivery),
            deadline=self._number(head, "target.deadline", 60.0),
            features=self._features(head),
            proxy=self._proxy(),
            notify=self._notify(),
            tls_ca=self._authorities(head, "target.tls_ca"),
            timeout=self._number(head, "target.timeout", 30.0),
        )
        if not embedded and target.ews is None and target.graph is None:
            raise self._wrong("target", "is live but has neither an [ews] nor a [graph] table with a url")
        if not embedded and len(target.accounts) < 2:
            raise self._wrong("accounts", "needs at least two entries: an organizer and an attendee")
        return target

    def _controls(self, farm: Mapping[str, Any], *, required: bool) -> tuple[str, ...]:
        if isinstance(farm.get("control"), list):
            return tuple(self._texts(farm, "embedded.control"))
        one = self._text(farm, "embedded.control", required=required)
        return (one,) if one else ()

    def _features(self, head: Mapping[str, Any]) -> frozenset[str]:
        names = self._texts(head, "target.features")
        for name in names:
            if name not in FEATURES:
                raise self._wrong("target.features", f"must be among {', '.join(FEATURES)}; got {name!r}")
        return frozenset(names)

    def _rows(self) -> list[Mapping[str, Any]]:
        rows = self._document.get("accounts", [])
        if not isinstance(rows, list):
            raise self._wrong("accounts", "must be an array of tables: write [[accounts]]")
        return rows

    def _accounts(self) -> Iterator[Account]:
        for number, row in enumerate(self._rows()):
            at = f"accounts[{number}]"
            role = self._choice(row, f"{at}.role", _ROLES, "organizer" if number == 0 else "attendee")
            yield Account(
                address=self._address(row, f"{at}.address"),
                name=self._text(row, f"{at}.name"),
                role=role,
                password_env=self._text(row, f"{at}.password_env"),
                password_prompt=self._flag(row, f"{at}.password_prompt"),
                user=self._text(row, f"{at}.user"),
                ews_token_env=self._text(row, f"{at}.ews_token_env"),
                graph_token_env=self._text(row, f"{at}.graph_token_env"),
            )

    def _endpoint(self, protocol: str, table: Mapping[str, Any], default_auth: str) -> Endpoint:
        auth = self._choice(table, f"{protocol}.auth", AUTHS, default_auth)
        url = self._url(table, f"{protocol}.url")
        tokens = self._tokens(protocol, table, url) if auth == OAUTH else {}
        is_open = self._choice(table, f"{protocol}.members", _MEMBERS, _DECLARED) != _DECLARED
        return Endpoint(protocol, url, auth, is_open=is_open, **tokens)

    def _tokens(self, protocol: str, table: Mapping[str, Any], url: str) -> dict[str, str]:
        """How tokens are come by; ``tenant`` stands for an address and a scope of the Microsoft identity platform."""
        tenant = self._text(table, f"{protocol}.tenant")
        asked = dict(table)
        if tenant:
            parts = urlsplit(url)
            asked.setdefault("token_url", _IDENTITY_PLATFORM.format(quote(tenant, safe="")))
            asked.setdefault("scope", f"{parts.scheme}://{parts.netloc}/.default")
        grant = self._choice(table, f"{protocol}.grant", tuple(Grant), Grant.PASSWORD)
        is_application = grant == Grant.CLIENT_CREDENTIALS
        has_own = any(f"{protocol}_token_env" in row for row in self._rows())
        needs_url = is_application or not has_own or "token_url" in asked
        return {
            "token_url": self._url(asked, f"{protocol}.token_url") if needs_url else "",
            "grant": grant,
            "client_id": self._text(table, f"{protocol}.client_id", required=is_application),
            "client_secret_env": self._text(table, f"{protocol}.client_secret_env", required=is_application),
            "scope": self._text(asked, f"{protocol}.scope"),
        }

    def _notify(self) -> Notify | None:
        table = self._table("notify")
        if not table:
            return None
        listen = self._text(table, "notify.listen") or LISTEN
        if _PLACE.fullmatch(listen) is None:
            raise self._wrong("notify.listen", f"must be a host and a port such as 127.0.0.1:8091, got {listen!r}")
        return Notify(self._url(table, "notify.url"), listen)

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

    def _flag(self, table: Mapping[str, Any], key: str) -> bool:
        value = table.get(key.rpartition(".")[2], False)
        if not isinstance(value, bool):
            raise self._wrong(key, f"must be true or false, got {value!r}")
        return value

    def _authorities(self, table: Mapping[str, Any], key: str) -> str:
        """The absolute path of a file of certificates; relative ones begin in the target file's folder."""
        value = self._text(table, key)
        if not value:
            return ""
        path = self._where.parent.absolute() / value
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
        except OSError as problem:
            raise self._wrong(key, f"must be the path of a file of certificates in PEM; {path}: {problem}") from None
        return str(path)

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
                yield f"{key} = {toml_value(value)}"
        yield ""


def _sections(target: Target) -> Iterator[tuple[str, dict[str, object]]]:
    yield (
        "[target]",
        {
            "name": target.name,
            "kind": target.kind.value,
            "delivery": target.delivery.value,
            "deadline": target.deadline,
            "timeout": target.timeout,
            "tls_ca": target.tls_ca,
            "features": sorted(target.features),
        },
    )
    for endpoint in target.endpoints:
        version = target.version if endpoint.protocol == "ews" else ""
        yield (
            f"[{endpoint.protocol}]",
            {
                "url": endpoint.url,
                "auth": endpoint.auth,
                "token_url": endpoint.token_url,
                "grant": endpoint.grant if endpoint.auth == OAUTH else "",
                "client_id": endpoint.client_id,
                "client_secret_env": endpoint.client_secret_env,
                "scope": endpoint.scope,
                "version": version,
                "members": _ANY if endpoint.is_open else "",
            },
        )
    if target.control:
        controls: str | list[str] = target.control if len(target.controls) == 1 else list(target.controls)
        yield "[embedded]", {"control": controls, "faults": sorted(target.faults)}
    if target.proxy is not None:
        yield "[proxy]", {"url": target.proxy.url, "origin": target.proxy.origin}
    if target.notify is not None:
        yield "[notify]", {"url": target.notify.url, "listen": target.notify.listen}
    for account in target.accounts:
        yield (
            "[[accounts]]",
            {
                "address": account.address,
                "name": account.name,
                "role": account.role,
                "user": account.user,
                "password_env": account.password_env,
                "password_prompt": account.password_prompt,
                "ews_token_env": account.ews_token_env,
                "graph_token_env": account.graph_token_env,
            },
        )
