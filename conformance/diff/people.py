"""Who of a recording is played by which account of a live server."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from conformance.diff.outcome import Recording
from conformance.model.exchange import Headers, Request, Response
from conformance.tape.actors import actor_of
from conformance.tape.tree import request_tree
from conformance.targets import Account, MissingAccount, Target

EVERYBODY = ""
"""The name under which one account plays whoever is not named."""
_ADDRESSES = frozenset({"EmailAddress", "address", "Address"})


class Unplayable(ValueError):
    """A recording cannot be played before a target; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class People:
    """The accounts that play the people of a recording, by their recorded names in lower case.

    ``there`` tells a request in the accounts' addresses and ``back`` an answer in the recorded ones.
    """

    accounts: Mapping[str, Account]
    others: Account | None = None

    def account(self, actor: str) -> Account:
        """Who plays somebody; Unplayable where nobody does."""
        found = self.accounts.get(actor.casefold()) or self.others
        if found is None:
            who = f"nobody of the target plays {actor}" if actor else "the recording does not tell who asked"
            raise Unplayable(f"{who}: name an account by --as {actor or ''}{'=' if actor else ''}ADDRESS")
        return found

    def there(self, request: Request) -> Request:
        """A recorded request as the target's accounts would make it."""
        told = _Renaming({name: account.address for name, account in self.accounts.items() if "@" in name})
        return replace(
            request, url=told.text(request.url), headers=told.headers(request.headers), body=told.body(request.body)
        )

    def back(self, response: Response) -> Response:
        """A live answer as it would have been recorded."""
        told = _Renaming({account.address: name for name, account in self.accounts.items() if "@" in name})
        return replace(response, headers=told.headers(response.headers), body=told.body(response.body))


def cast(recording: Recording, target: Target, given: Mapping[str, str]) -> People:
    """The people of a recording with the accounts of a target.

    Somebody is played by the account that is ``given`` for the address, or for what is before its @; else by the one of
    the same address, of the same name before the @, or of the same role and place among its peers in the recording's
    head. Unplayable where two would be one.
    """
    roles = _roles(recording.head)
    accounts: dict[str, Account] = {}
    for name in recorded_people(recording):
        local = name.partition("@")[0]
        found = (
            account for way in (name, local, roles.get(name, "")) if (account := _account(target, way)) is not None
        )
        chosen = given.get(name) or given.get(local)
        account = _named(target, chosen) if chosen else next(found, None)
        if account is not None:
            accounts[name] = account
    for address in {account.address for account in accounts.values()}:
        players = [name for name, account in accounts.items() if account.address == address and "@" in name]
        if len(players) > 1:
            raise Unplayable(f"{address} would play {' and '.join(players)}: tell them apart by --as OLD=NEW")
    return People(accounts, _named(target, given[EVERYBODY]) if EVERYBODY in given else None)


def recorded_people(recording: Recording) -> list[str]:
    """Everybody who asks something in a recording or is named by its requests, in lower case; addresses first."""
    exchanges = recording.exchanges
    actors = [actor_of(each) for each in exchanges]
    named = (each for exchange in exchanges for each in _addresses(exchange.request))
    known = dict.fromkeys(name.casefold() for name in (*actors, *named) if name)
    return sorted(known, key=lambda name: "@" not in name)


def _addresses(request: Request) -> Iterator[str]:
    for leaf in request_tree(request).leaves():
        if leaf.name in _ADDRESSES and isinstance(leaf.value, str) and "@" in leaf.value:
            yield leaf.value


def known_accounts(head: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
    """The accounts that a recording's head tells of, as far as it tells of any."""
    target = head.get("target")
    accounts = target.get("accounts") if isinstance(target, Mapping) else None
    return [each for each in accounts if isinstance(each, Mapping)] if isinstance(accounts, list) else []


def _roles(head: Mapping[str, object]) -> dict[str, str]:
    """The role and place of the accounts in a head, as targets find accounts by: ``attendee1``."""
    counts: dict[str, int] = {}
    found = {}
    for account in known_accounts(head):
        role = str(account.get("role", ""))
        found[str(account.get("address", "")).casefold()] = f"{role}{counts.setdefault(role, 0)}"
        counts[role] += 1
    return found


def _named(target: Target, name: str) -> Account:
    account = _account(target, name)
    if account is None:
        offered = ", ".join(one.address for one in target.accounts)
        raise Unplayable(f"{target.name} has no account {name}; it has {offered}")
    return account


def _account(target: Target, name: str) -> Account | None:
    if not name:
        return None
    try:
        return target.account(name)
    except MissingAccount:
        return None


class _Renaming:
    """Replaces addresses wherever they stand whole, in any case, plain or as URLs write them."""

    def __init__(self, names: Mapping[str, str]) -> None:
        changed = {old.casefold(): new for old, new in names.items() if old.casefold() != new.casefold()}
        self._names = changed | {quote(old, safe=""): quote(new, safe="") for old, new in changed.items()}
        self._names = {old.casefold(): new for old, new in self._names.items()}
        longest_first = sorted(self._names, key=len, reverse=True)
        self._pattern = re.compile(rf"(?<![\w.-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])", re.IGNORECASE)

    def text(self, text: str) -> str:
        return self._pattern.sub(lambda found: self._names[found[0].casefold()], text) if self._names else text

    def headers(self, headers: Headers) -> Headers:
        return tuple((name, self.text(value)) for name, value in headers)

    def body(self, body: bytes) -> bytes:
        return self.text(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def given_people(options: Iterable[str]) -> dict[str, str]:
    """Who plays whom by ``OLD=NEW``, or by ``NEW`` alone whoever is not named."""
    found = {}
    for option in options:
        old, mark, new = option.partition("=")
        found[old.casefold() if mark else EVERYBODY] = new if mark else old
    return found
