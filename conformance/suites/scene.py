"""What a case is given: its actors, its variables, its expectations, and everything that was said."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from datetime import time as clock_time
from typing import Any, TypeVar

from conformance.access import sign_in
from conformance.actor import Actor, EwsActor, EwsClient, GraphActor, GraphClient, Refused
from conformance.catalogue import EWS_VERSIONS, Catalogue
from conformance.client.auth import AuthenticationFailed
from conformance.client.listener import Answering
from conformance.client.patience import Patience, PatientTransport
from conformance.client.protocol import Transport, TransportFailed
from conformance.expect import CannotTell, CaseStopped, Expectation, Ledger, Place, UndeclaredRequirement
from conformance.model.exchange import Exchange, Request
from conformance.model.verdict import Outcome, Verdict
from conformance.suites.case import Case
from conformance.suites.listening import Ear
from conformance.suites.observed import Observed, ObservedTransport
from conformance.suites.passive import watch_over
from conformance.suites.stage import NotApplicable, Stage
from conformance.suites.variables import moved_on, near, reference_date
from conformance.suites.whereabouts import Whereabouts
from conformance.targets import Account, Delivery, Endpoint, MissingAccount, MissingPassword

_T = TypeVar("_T")
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 5.0
_QUIET = 1.0  # seconds in which nothing is sent where nothing is to be

# The people of a case, by the side of the pairing they are on.
_SIDES = {"organizer": 0, "attendee": 1}
_FIRST_OF = {"organizer": "organizer0", "attendee": "attendee0"}


class Scene:
    """One case in one pairing, before one target.

    ``is_strict`` makes what SHOULD be count as what MUST be. ``variables`` holds ``token``, ``date`` and ``now`` as
    drawn; ``exchanges`` everything said so far, in order.
    """

    def __init__(
        self,
        case: Case,
        pairing: str,
        stage: Stage,
        catalogue: Catalogue,
        *,
        is_strict: bool = False,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.case = case
        self.pairing = pairing
        self.variables = dict(stage.variables)
        self._stage = stage
        self._now, self._sleep = now, sleep
        self._patience = Patience((lambda _: None) if stage.replayed else sleep)
        self._observed = ObservedTransport(stage.transport, unrecorded=stage.unrecorded)
        self._signed: dict[tuple[str, str, str], Transport] = {}
        self._actors: dict[tuple[str, str], Actor] = {}
        self.ledger = Ledger(
            catalogue,
            case.verifies,
            where=self._here,
            recorded=stage.recorded,
            version=stage.target.version if "ews" in pairing else "",
            is_strict=is_strict,
        )

    @property
    def token(self) -> str:
        """The mark of everything this case makes: put it into subjects."""
        return self.variables["token"]

    @property
    def date(self) -> date:
        """The working day on which the case holds its meetings."""
        return reference_date(self.variables)

    @property
    def version(self) -> str:
        """The schema version that EWS requests ask for."""
        return self._stage.target.version

    def has(self, feature: str) -> bool:
        """Whether the target has a feature of ``conformance.targets.features``."""
        return self._stage.target.has(feature)

    def speaks(self, version: str) -> bool:
        """Whether EWS requests may ask for a schema version, be it the one the target file names or another."""
        older = EWS_VERSIONS[: EWS_VERSIONS.index(version)]
        return self.version not in older or self.has(version.casefold())

    def move_on(self) -> None:
        """Hold the case's meetings on the next working day that is the case's own."""
        self.variables = moved_on(self.variables)

    def come_near(self) -> None:
        """Hold the case's meetings within the months for which rooms can usually be booked."""
        self.variables = near(self.variables)

    @property
    def waits(self) -> bool:
        """Whether a message may arrive later than the request that sent it is answered."""
        return self._stage.target.delivery is Delivery.ASYNCHRONOUS

    @property
    def exchanges(self) -> tuple[Observed, ...]:
        """Everything said so far, in order."""
        return tuple(self._observed.seen)

    @property
    def last(self) -> Exchange:
        """The latest exchange."""
        return self._observed.seen[-1].exchange

    def at(self, hour: int, minute: int = 0) -> datetime:
        """An instant of the reference date, by the clock of UTC."""
        return datetime.combine(self.date, clock_time(hour, minute), UTC)

    # People

    def account(self, name: str) -> Account:
        """The account of an address, a local part (``AlexW``) or an indexed role (``attendee1``, ``room0``)."""
        return self._stage.target.account(name)

    @property
    def organizer(self) -> Actor:
        """The organizer, speaking the first protocol of the pairing."""
        return self.actor("organizer")

    @property
    def attendee(self) -> Actor:
        """The first attendee, speaking the second protocol of the pairing."""
        return self.actor("attendee")

    def actor(self, who: str | Account, protocol: str | None = None) -> Actor:
        """A person as an actor: ``organizer``, ``attendee``, or whatever ``account`` takes.

        Without a protocol, people whose role is organizer speak the first of the pairing and all others the second.
        """
        account = self._account(who)
        spoken = protocol or self.pairing.split("-")[_SIDES.get(account.role, 1)]
        key = (account.address, spoken)
        if key not in self._actors:
            self._actors[key] = self._open_actor(spoken, account)
        return self._actors[key]

    def ews(self, who: str | Account) -> EwsClient:
        """The raw EWS caller of a person."""
        account, endpoint = self._account(who), self._endpoint("ews")
        spoken_for = account.address if endpoint.is_for_applications else ""
        send = self._as(account, endpoint)
        return EwsClient(send, endpoint.url, self.version, bare=self._spoken_by(account).send, impersonated=spoken_for)

    def graph(self, who: str | Account, scope: str = "") -> GraphClient:
        """The raw Graph caller of a person; ``scope`` asks for a token that permits less than everything."""
        account, endpoint = self._account(who), self._endpoint("graph")
        if scope and (endpoint.is_for_applications or account.token_secret("graph")):
            raise NotApplicable("The target's tokens are not asked for by scope.")
        me = f"users/{account.address}" if endpoint.is_for_applications else "me"
        return GraphClient(self._as(account, endpoint, scope), endpoint.url, bare=self._spoken_by(account).send, me=me)

    def send(self, request: Request) -> Exchange:
        """Any request at all, as it stands."""
        return self._patient(self._observed).send(request)

    # What the server sends of its own accord

    @property
    def listener(self) -> str:
        """The URL at which this case hears what the server sends; NotApplicable where it hears nothing."""
        return f"{self._ear().origin}/{self.token}"

    def listen(self, answering: Answering) -> None:
        """Answer what the server sends from now on in this way."""
        self._ear().answer_by(answering)

    def hear(self, what: str = "") -> Exchange | None:
        """The next thing that the server sent to this case's URL, with the suite's answer.

        It is waited for until the target's deadline where ``what`` says what is expected: CannotTell when it passes.
        Else None, after a short while.
        """
        ear = self._ear()
        deadline = self._now() + (self._stage.target.deadline if what else _QUIET)
        while True:
            exchange = ear.next(max(0.0, deadline - self._now()))
            if exchange is None:
                if what:
                    raise CannotTell(f"Waited for {what}; it did not arrive.")
                return None
            if self.token in exchange.request.url:
                self._observed.keep_heard(exchange)
                return exchange

    def _ear(self) -> Ear:
        if self._stage.ear is None:
            raise NotApplicable("The server cannot reach a listener of the suite here.")
        return self._stage.ear

    # Expectations

    def expect(
        self, requirement: str, about: str, actual: Any, *, at: str = "", exchange: Exchange | None = None
    ) -> Expectation:
        """Something read, to be judged against a requirement; a failure is noted and the case goes on.

        ``about`` says in words what was read, ``at`` the path to it, ``exchange`` which exchange holds it if it is not
        the latest.
        """
        return self.ledger.expect(requirement, about, actual, at=at, place=self._place(exchange))

    def require(
        self, requirement: str, about: str, actual: Any, *, at: str = "", exchange: Exchange | None = None
    ) -> Expectation:
        """Like ``expect``, for what the rest of the case needs: a failure ends the case."""
        return self.ledger.expect(requirement, about, actual, at=at, place=self._place(exchange), stops=True)

    def note(self, requirement: str, verdict: Verdict, about: str) -> None:
        """A verdict reached by other means, such as NOT_APPLICABLE with its reason."""
        self.ledger.note(requirement, verdict, about)

    def eventually(self, look: Callable[[], _T], what: str = "it") -> _T:
        """What ``look`` finds, once that is something.

        Where delivery is synchronous it looks once and gives what it found, nothing included, for the case to judge.
        Elsewhere it looks again until the target's deadline; CannotTell when that passes.
        """
        found = look()
        target = self._stage.target
        if found or target.delivery is Delivery.SYNCHRONOUS:
            return found
        deadline, pause = self._now() + target.deadline, _FIRST_PAUSE
        while not found:
            if not self._stage.replayed:
                if self._now() >= deadline:
                    raise CannotTell(f"Waited {target.deadline:g} s for {what}; it did not arrive.")
                self._sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
            found = look()
        return found

    # The end

    def locate_failures(self) -> None:
        """Find out where the values stand that failed, for the checks that do not say."""
        if self.ledger.failed:
            self.ledger.locate(Whereabouts(self._observed.seen).of)

    def conclude(self, ending: BaseException | None) -> tuple[tuple[Outcome, ...], str]:
        """The outcomes of the case, and why it stopped early if it did.

        ``ending`` is what the test function raised. What the server refused or did not answer leaves the unchecked
        requirements inconclusive, and so does anything raised after a failed expectation; else the suite erred.
        """
        graph = self._stage.target.graph
        watch_over(self._observed.seen, self.ledger, is_open=graph is not None and graph.is_open)
        unchecked = Verdict.ERROR if ending is None else self._after(ending)
        why = "" if ending is None else self._why(ending, unchecked)
        outcomes = self.ledger.outcomes(unchecked, why)
        if unchecked is Verdict.ERROR and ending is not None and all(one.verdict < Verdict.ERROR for one in outcomes):
            # Everything was checked, and yet the case broke: that is never a pass.
            outcomes = tuple(replace(one, verdict=Verdict.ERROR, message=why) for one in outcomes)
        left = self._stage.unplayed() if ending is None and not self.ledger.failed else 0
        if left:
            # The case did not do what it did when it was recorded: that is never a pass either.
            why = f"The recording holds {left} more exchange{'s' if left > 1 else ''} than the case asked for."
            outcomes = tuple(replace(one, verdict=Verdict.ERROR, message=why) for one in outcomes)
        return outcomes, why

    def _after(self, ending: BaseException) -> Verdict:
        for kind, verdict in _UNCHECKED.items():
            if isinstance(ending, kind):
                return verdict
        return Verdict.INCONCLUSIVE if self.ledger.failed else Verdict.ERROR

    def _why(self, ending: BaseException, unchecked: Verdict) -> str:
        known = isinstance(ending, tuple(_UNCHECKED))
        at = " at an answer that it cannot use" if unchecked is Verdict.INCONCLUSIVE and not known else ""
        return f"The case stopped{at}: {_words(ending)}"

    # Inside

    def _account(self, who: str | Account) -> Account:
        return who if isinstance(who, Account) else self.account(_FIRST_OF.get(who, who))

    def _patient(self, transport: Transport) -> PatientTransport:
        return PatientTransport(transport, self._patience)

    def _spoken_by(self, account: Account) -> PatientTransport:
        """The way to the server for one of the case's people."""
        return self._patient(self._observed.spoken_by(self._role(account)))

    def _role(self, account: Account) -> str:
        """What a case calls an account: ``organizer``, ``attendee1``; somebody without a part in meetings by name."""
        if account.role not in {"organizer", "attendee", "room"}:
            return account.local_part
        peers = [one for one in self._stage.target.accounts if one.role == account.role]
        place = next((number for number, one in enumerate(peers) if one.address == account.address), 0)
        return f"{account.role}{place or ''}"

    def _endpoint(self, protocol: str) -> Endpoint:
        endpoint = self._stage.target.endpoint(protocol)
        if endpoint is None:
            raise NotApplicable(f"The target {self._stage.target.name} has no [{protocol}] endpoint.")
        return endpoint

    def _as(self, account: Account, endpoint: Endpoint, scope: str = "") -> Callable[[Request], Exchange]:
        key = (account.address, endpoint.protocol, scope)
        if key not in self._signed:
            self._stage.meet(account)
            replayed = self._stage.replayed
            self._signed[key] = sign_in(self._spoken_by(account), account, endpoint, scope, is_replayed=replayed)
        return self._signed[key].send

    def _open_actor(self, protocol: str, account: Account) -> Actor:
        if protocol == "ews":
            return EwsActor(self.ews(account), account.address)
        return GraphActor(self.graph(account), account.address)

    def _here(self) -> Place:
        seen = self._observed.seen
        return seen[-1].place if seen else Place()

    def _place(self, exchange: Exchange | None) -> Place | None:
        for one in self._observed.seen:
            if one.exchange is exchange:
                return one.place
        return None


# What a case may raise, and the verdict of the requirements it then leaves unchecked; the order is that of the search.
_UNCHECKED: dict[type[BaseException], Verdict] = {
    UndeclaredRequirement: Verdict.ERROR,
    NotApplicable: Verdict.NOT_APPLICABLE,
    MissingAccount: Verdict.NOT_APPLICABLE,
    MissingPassword: Verdict.NOT_APPLICABLE,
    CaseStopped: Verdict.INCONCLUSIVE,
    CannotTell: Verdict.INCONCLUSIVE,
    Refused: Verdict.INCONCLUSIVE,
    TransportFailed: Verdict.INCONCLUSIVE,
    AuthenticationFailed: Verdict.INCONCLUSIVE,
}


def _words(problem: BaseException) -> str:
    text = str(problem) or "no reason given"
    return text if isinstance(problem, tuple(_UNCHECKED)) else f"{type(problem).__name__}: {text}"
