"""``meetproof probe``: find out what a server is, and write a target file of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from conformance.cli import EXIT_USAGE

if TYPE_CHECKING:
    from conformance.targets import Account

_NOTHING = 2
_ROLES = ("organizer", "attendee", "room", "list", "roomlist", "outsider")


def probe(
    address: Annotated[str, typer.Argument(help="The address of a mailbox: the organizer's.")],
    account: Annotated[
        list[str] | None,
        typer.Option(help="Another mailbox, ADDRESS or ROLE=ADDRESS (attendee, room, list, roomlist); repeatable."),
    ] = None,
    user: Annotated[str, typer.Option(help="The organizer's name to sign in by, where it is not the address.")] = "",
    password_env: Annotated[str, typer.Option(help="The environment variable with the organizer's password.")] = "",
    url: Annotated[
        str, typer.Option(help="Where to look instead of where Autodiscover says: an origin, EWS or Graph.")
    ] = "",
    token_url: Annotated[str, typer.Option(help="The OAuth token endpoint.")] = "",
    client_id: Annotated[str, typer.Option(help="The application that asks for tokens.")] = "",
    ca: Annotated[Path | None, typer.Option(help="PEM file with the authority of the server's certificate.")] = None,
    timeout: Annotated[float, typer.Option(help="Seconds to wait for each answer.", min=0.1)] = 15.0,
    out: Annotated[Path | None, typer.Option(help="The target file; standard output without it.")] = None,
) -> None:
    """Find endpoints, versions, ways to sign in and features, and write a target file that says how each was found.

    Looks where Autodiscover usually is, then where a plain redirection and the SRV records of the domain lead to; to a
    host outside of the domain only after you agreed, and never with a password over a line that is not encrypted.
    Only reads; what it subscribes to it unsubscribes from. Exit code 2: neither EWS nor Graph was found, or nobody
    could sign in.
    """
    from conformance.access import authorities
    from conformance.client.live import LiveTransport
    from conformance.probe import Guides, Wanted, discover, write_discovery
    from conformance.targets import MissingPassword, asking, obtain_secret

    if out is not None and out.exists():
        raise typer.BadParameter(f"{out} is there already", param_hint="--out")
    if url and not url.startswith(("http://", "https://")):
        raise typer.BadParameter(f"an http:// or https:// address is expected, got {url!r}", param_hint="--url")
    accounts = _accounts(address, account or [], user, password_env)
    obtain_secret(accounts[0].password_secret, asking())
    try:
        trusted = authorities(str(ca.absolute()) if ca else "")
    except OSError as problem:
        raise typer.BadParameter(f"{ca} is no file of certificates in PEM: {problem}", param_hint="--ca") from None
    wanted = Wanted(accounts, url.rstrip("/"), token_url, client_id, str(ca.absolute()) if ca else "")
    with LiveTransport(timeout=timeout, verify=trusted) as transport:
        try:
            found = discover(transport, wanted, _say, Guides(agrees=_agrees))
        except MissingPassword as problem:
            typer.echo(f"meetproof probe: {problem}", err=True)
            raise typer.Exit(EXIT_USAGE) from None
    text = write_discovery(found)
    if not found.features:
        typer.echo("meetproof probe: neither EWS nor Graph was found, or nobody could sign in:", err=True)
        for note in found.notes:
            typer.echo(f"  {note}", err=True)
        raise typer.Exit(_NOTHING)
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")
        typer.echo(f"meetproof probe: {out} is written", err=True)


def _say(words: str) -> None:
    typer.echo(f"meetproof probe: {words}", err=True)


def _agrees(words: str) -> bool:
    """Whether a person at the terminal lets a host have the password that something unproven leads to."""
    return sys.stdin.isatty() and typer.confirm(f"meetproof probe: {words}. Ask there, with the password?", err=True)


def _accounts(address: str, others: list[str], user: str, password_env: str) -> tuple[Account, ...]:
    from conformance.targets import Account

    found = [Account(_checked(address, "ADDRESS"), role="organizer", user=user, password_env=password_env)]
    for text in others:
        role, is_named, rest = text.partition("=")
        if is_named and role not in _ROLES:
            raise typer.BadParameter(f"the role is one of {', '.join(_ROLES)}; got {role!r}", param_hint="--account")
        found.append(Account(_checked(rest if is_named else text, "--account"), role=role if is_named else "attendee"))
    return tuple(found)


def _checked(address: str, where: str) -> str:
    if "@" not in address.strip("@"):
        raise typer.BadParameter(f"an SMTP address is expected, got {address!r}", param_hint=where)
    return address
