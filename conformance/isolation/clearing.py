"""What a case leaves in mailboxes, found by its token and taken away, whether it came to its end or not."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from conformance.access import connect, sign_in
from conformance.actor import EwsClient, GraphClient, Refused
from conformance.client.auth import AuthenticationFailed
from conformance.client.patience import Patience, PatientTransport
from conformance.client.protocol import Transport, TransportFailed, apart
from conformance.isolation.ews_clearing import EwsClearing
from conformance.isolation.graph_clearing import GraphClearing
from conformance.model.casewords import CASES
from conformance.model.exchange import Exchange, Request
from conformance.targets import Account, MissingPassword, Target

_MAKES_FOLDERS = (b"CreateFolder", b"CopyFolder")
_FOLDER_COLLECTIONS = ("/mailFolders", "/calendars", "/calendarGroups", "/childFolders")
_TOO_BUSY = frozenset({429, 502, 503, 504})
_LISTS = ("list", "roomlist")


class LeftBehind(UserWarning):
    """A mailbox still holds what a case made, for the server did not let it be taken away."""


@dataclass(slots=True)
class Traces:
    """What a case has touched: whose mailboxes, whether it made folders, and whether it was ever answered anything."""

    accounts: dict[str, Account] = field(default_factory=dict)
    makes_folders: bool = False
    is_asking: bool = False
    is_answered: bool = False

    def meet(self, account: Account) -> None:
        """Note somebody whose mailbox the case uses."""
        self.accounts.setdefault(account.address, account)

    def add(self, other: Traces) -> None:
        """Note all that others have noted."""
        self.accounts |= other.accounts
        self.makes_folders |= other.makes_folders
        self.is_asking |= other.is_asking
        self.is_answered |= other.is_answered

    def note(self, request: Request, target: Target) -> None:
        """Note what a request will leave traces of: whoever it names, and everybody where it names a list."""
        text = request.body.lower() + request.url.replace("%40", "@").lower().encode()
        named = [account for account in target.accounts if account.address.lower().encode() in text]
        for account in target.accounts if any(account.role in _LISTS for account in named) else named:
            self.meet(account)
        is_folder = request.method == "POST" and request.url.partition("?")[0].endswith(_FOLDER_COLLECTIONS)
        self.makes_folders |= is_folder or any(word in request.body for word in _MAKES_FOLDERS)


@dataclass(frozen=True, slots=True)
class TracedTransport:
    """Passes requests on to a target, and notes what they touch."""

    transport: Transport
    target: Target
    traces: Traces

    def send(self, request: Request) -> Exchange:
        """Pass a request on."""
        self.traces.note(request, self.target)
        is_proxys = urlsplit(request.url).path.startswith(CASES)
        self.traces.is_asking |= not is_proxys
        exchange = self.transport.send(request)
        self.traces.is_answered |= not is_proxys and exchange.response.status not in _TOO_BUSY
        return exchange

    def apart(self) -> TracedTransport:
        """Connections of their own, what passes them noted among the rest."""
        return TracedTransport(apart(self.transport), self.target, self.traces)


def words_of(token: str) -> tuple[str, str]:
    """What the subjects of a case's items hold: its token, or for its markers the token backwards."""
    return token, token[::-1]


def clear(target: Target, words: Sequence[str], accounts: Iterable[Account], *, has_folders: bool) -> Iterator[str]:
    """Take what bears the words out of mailboxes, by EWS where the target has it and else by Graph.

    The organizer's go first, and whoever's mailbox nobody here can open is told that meetings are off. Gives what
    could not be taken away, in words; whose password is not known is passed over.
    """
    people = [account for account in accounts if account.role not in _LISTS]
    everybody = sorted(people, key=lambda account: account.role != "organizer")
    with connect(target) as transport:
        opened = [(account, _opened(target, transport, account, has_folders)) for account in everybody]
        tells = any(clearing is None for _, clearing in opened)
        for account, clearing in opened:
            if clearing is None:
                continue
            if isinstance(clearing, EwsClearing):
                clearing.tells = tells
            try:
                clearing.clear(words)
            except (Refused, TransportFailed, AuthenticationFailed) as problem:
                yield f"{account.address}: {problem}"
                if isinstance(problem, TransportFailed):
                    return


def _opened(
    target: Target, transport: Transport, account: Account, has_folders: bool
) -> EwsClearing | GraphClearing | None:
    endpoint = target.ews or target.graph
    assert endpoint is not None, "a live target has at least one endpoint"
    try:
        signed = sign_in(PatientTransport(transport, Patience(time.sleep)), account, endpoint)
    except MissingPassword:
        return None
    if endpoint.protocol == "ews":
        spoken_for = account.address if endpoint.is_for_applications else ""
        client = EwsClient(signed.send, endpoint.url, target.version, impersonated=spoken_for)
        return EwsClearing(client, has_folders=has_folders)
    me = f"users/{account.address}" if endpoint.is_for_applications else "me"
    return GraphClearing(GraphClient(signed.send, endpoint.url, me=me), has_folders=has_folders)
