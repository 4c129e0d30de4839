"""A target file of what was found, with how each line was found above it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from urllib.parse import urlsplit

from conformance.model.toml import toml_value
from conformance.probe.features import ASKED
from conformance.probe.finding import Discovery
from conformance.targets import Account
from conformance.targets.features import FEATURES

_WIDTH = 110
_ASKED_OF_PEOPLE = "nothing asks for it without leaving something behind: declare it yourself if it is there"


def write_discovery(found: Discovery) -> str:
    """The text of a target file."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Discovery) -> Iterator[str]:
    known = found.ews or found.graph
    yield "# Written by meetproof probe; the comments tell how each line was found."
    yield ""
    yield "[target]"
    yield f"name = {toml_value(urlsplit(known.value).hostname or 'a server' if known else 'a server')}"
    if found.tls_ca:
        yield from _said("given by --ca", f"tls_ca = {toml_value(found.tls_ca)}")
    yield from _features(found)
    yield from _endpoints(found)
    for account in found.accounts:
        yield from _account(account)
    if found.rooms is not None:
        yield from _rooms(found)
    if found.notes:
        yield from ("", "# What came to nothing:")
        for note in found.notes:
            yield from _comment(note, "# - ", "#   ")


def _endpoints(found: Discovery) -> Iterator[str]:
    if found.ews is not None:
        yield from ("", "[ews]")
        yield from _said(found.ews.how, f"url = {toml_value(found.ews.value)}")
        if found.ews_auth is not None:
            yield from _said(found.ews_auth.how, f"auth = {toml_value(found.ews_auth.value)}")
        if found.version is not None:
            yield from _said(found.version.how, f"version = {toml_value(found.version.value)}")
    if found.graph is not None and found.token_url is not None:
        yield from ("", "[graph]")
        yield from _said(found.graph.how, f"url = {toml_value(found.graph.value)}")
        yield from _said(found.token_url.how, f"token_url = {toml_value(found.token_url.value)}")
        if found.client_id:
            yield from _said("given by --client-id", f"client_id = {toml_value(found.client_id)}")


def _features(found: Discovery) -> Iterator[str]:
    there = [name for name in FEATURES if name in found.features and found.features[name].value]
    for name in there:
        yield from _comment(f"{name}: {found.features[name].how}")
    yield f"features = {toml_value(there)}"
    for name in FEATURES:
        if name not in there:
            how = found.features[name].how if name in found.features else _why_unasked(name)
            yield from _comment(f"not {name}: {how}")


def _why_unasked(name: str) -> str:
    needed = {"distribution-lists": "list", "rooms": "room", "room-lists": "roomlist"}.get(name)
    if needed:
        return f"no account has the role {needed}"
    return "it is asked for over a protocol that was not found" if name in ASKED else _ASKED_OF_PEOPLE


def _account(account: Account) -> Iterator[str]:
    yield from ("", "[[accounts]]")
    yield f"address = {toml_value(account.address)}"
    if account.name:
        yield f"name = {toml_value(account.name)}"
    yield f"role = {toml_value(account.role)}"
    if account.user:
        yield f"user = {toml_value(account.user)}"
    if account.password_env:
        yield f"password_env = {toml_value(account.password_env)}"
    elif account.role in {"organizer", "attendee"}:
        yield f"# The password is looked for in {account.password_secret.variable}, or asked for at the terminal."


def _rooms(found: Discovery) -> Iterator[str]:
    assert found.rooms is not None
    have = {account.address.casefold() for account in found.accounts}
    others = [address for address in found.rooms.value if address.casefold() not in have]
    if others:
        yield ""
        yield from _comment(f"{found.rooms.how}. To let the suite invite one, take the hash signs away, add")
        yield '# "rooms" to the features, and let nobody be surprised by the bookings.'
        for address in others[:3]:
            yield from ("# [[accounts]]", f"# address = {toml_value(address)}", '# role = "room"')


def _said(how: str, line: str) -> Iterator[str]:
    yield from _comment(how)
    yield line


def _comment(text: str, first: str = "# ", further: str = "#   ") -> list[str]:
    plain = " ".join(text.split())
    return textwrap.wrap(
        plain,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=further,
        break_long_words=False,
        break_on_hyphens=False,
    )
