"""Which features a server has, each found by a question that changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from conformance.actor import ews_following as following
from conformance.actor import ews_requests as ask
from conformance.actor.ews_client import EwsAnswer, EwsClient
from conformance.actor.ews_folders import get_folder
from conformance.actor.graph_client import GraphClient
from conformance.actor.graph_requests import schedule_question
from conformance.actor.times import xml_time
from conformance.actor.views import Slot
from conformance.actor.xml import Markup, m, t
from conformance.client.auth import AuthenticationFailed
from conformance.client.protocol import TransportFailed
from conformance.probe.asking import Unreachable
from conformance.probe.finding import Found
from conformance.probe.services import INBOX, Build
from conformance.targets import Account

_PROPOSALS = (15, 0, 800, 7)
_ONLINE = (15, 20, 0, 0)


@dataclass(frozen=True, slots=True)
class Reached:
    """What of a server can be asked: the callers of the organizer, the people, and the build of EWS."""

    ews: EwsClient | None
    graph: GraphClient | None
    accounts: tuple[Account, ...]
    build: Build

    @property
    def organizer(self) -> str:
        """The address of whoever asks."""
        return self.accounts[0].address

    def first(self, role: str) -> str:
        """The address of the first account of a role; empty where there is none."""
        return next((account.address for account in self.accounts if account.role == role), "")


Answer = tuple[str, bool, str]
"""What was asked, whether the answer was as hoped, and what it was."""


def look_for_features(reached: Reached) -> Iterator[tuple[str, Found[bool]]]:
    """Every feature that can be asked for, with what came of it."""
    for name, questions in _QUESTIONS.items():
        try:
            answers = [answer for question in questions for answer in question(reached)]
        except (Unreachable, TransportFailed, AuthenticationFailed) as problem:
            yield name, Found(False, str(problem))
            continue
        if answers:
            told = "; ".join(f"{asked} answered {said}" for asked, _, said in answers)
            yield name, Found(all(good for _, good, _ in answers), told)


def find_rooms(reached: Reached) -> Found[tuple[str, ...]] | None:
    """Rooms that the server names itself."""
    if reached.ews is None:
        return None
    lists = reached.ews.call(m("GetRoomLists"))
    addresses = [node.text("t:EmailAddress") or "" for node in lists.body.anywhere("t:Address")] if lists.body else []
    rooms: list[str] = []
    for address in addresses[:5]:
        told = reached.ews.call(m("GetRooms", m("RoomList", t("EmailAddress", address))))
        found = told.body.anywhere("t:Id") if told.body else ()
        rooms += [text for node in found if (text := node.text("t:EmailAddress"))]
    return Found(tuple(dict.fromkeys(rooms)), "GetRoomLists and GetRooms name them") if rooms else None


Question = Callable[[Reached], Iterator[Answer]]

_GOOD = ("NoError",)


def _ews(
    name: str, operation: Callable[[Reached], Markup | None], version: str = "", good: tuple[str, ...] = _GOOD
) -> Question:
    def question(reached: Reached) -> Iterator[Answer]:
        asked = operation(reached)
        if reached.ews is not None and asked is not None:
            code = _code(reached.ews.call(asked, version=version))
            yield name, code in good, code

    return question


def _graph(name: str, path: str) -> Question:
    def question(reached: Reached) -> Iterator[Answer]:
        if reached.graph is not None:
            status = reached.graph.get(path).status
            yield name, status == 200, str(status)

    return question


def _code(answer: EwsAnswer) -> str:
    """The first code of an answer: some operations have it in places of their own."""
    codes = answer.body.anywhere("m:ResponseCode") if answer.body and answer.fault is None else ()
    return (codes[0].text() if codes else answer.code) or "nothing"


def _window() -> Slot:
    start = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return Slot(start, start + timedelta(days=1))


def _availability(reached: Reached) -> Markup:
    window = _window()
    return ask.availability([reached.organizer], xml_time(window.start)[:-1], xml_time(window.end)[:-1])


def _free_busy(reached: Reached) -> Iterator[Answer]:
    if reached.ews is not None:
        answer = reached.ews.call(_availability(reached))
        code = _code(answer)
        yield "GetUserAvailability", code == "NoError", code
    if reached.graph is not None:
        status = reached.graph.post(
            "me/calendar/getSchedule", schedule_question([reached.organizer], _window(), 30)
        ).status
        yield "getSchedule", status == 200, str(status)


def _beta(reached: Reached) -> Iterator[Answer]:
    if reached.graph is not None:
        status = reached.graph.below("beta").get("me/calendar?$select=id").status
        yield "GET beta/me/calendar", status == 200, str(status)


def _subscription(name: str, operation: Markup) -> Question:
    """Subscribing, and unsubscribing at once."""

    def question(reached: Reached) -> Iterator[Answer]:
        if reached.ews is None:
            return
        answer = reached.ews.call(operation)
        yield name, answer.code == "NoError", answer.code
        found = answer.body.anywhere("m:SubscriptionId") if answer.body else ()
        if found:
            code = reached.ews.call(following.unsubscribe(found[0].text() or "")).code
            yield "Unsubscribe", code == "NoError", code

    return question


def _impersonation(reached: Reached) -> Iterator[Answer]:
    other = reached.first("attendee")
    if reached.ews is not None and other:
        head = t("ExchangeImpersonation", t("ConnectingSID", t("PrimarySmtpAddress", other)))
        code = reached.ews.call(INBOX, headers=head).code
        yield f"GetFolder for {other}", code == "NoError", code


def _proposals(reached: Reached) -> Iterator[Answer]:
    if reached.ews is None:
        return
    fields = ("meeting:ProposedStart", "meeting:ProposedEnd")
    code = reached.ews.call(ask.find_item("inbox", fields=fields), version="Exchange2013").code
    yield "FindItem with meeting:ProposedStart", code == "NoError", code
    if reached.build.schema:
        yield "ServerVersionInfo", reached.build.numbers >= _PROPOSALS, str(reached.build)


def _online(reached: Reached) -> Iterator[Answer]:
    if reached.build.schema:
        yield "ServerVersionInfo", reached.build.numbers >= _ONLINE, str(reached.build)


def _members(reached: Reached) -> Markup | None:
    address = reached.first("list")
    return m("ExpandDL", m("Mailbox", t("EmailAddress", address))) if address else None


def _rooms(reached: Reached) -> Markup | None:
    address = reached.first("room")
    return m("ResolveNames", m("UnresolvedEntry", address), ReturnFullContactData="false") if address else None


def _room_list(reached: Reached) -> Markup | None:
    address = reached.first("roomlist")
    return m("GetRooms", m("RoomList", t("EmailAddress", address))) if address else None


def _delegates(reached: Reached) -> Markup:
    mailbox = m("Mailbox", t("EmailAddress", reached.organizer))
    return m("GetDelegate", mailbox, IncludePermissions="true")


_SHARED = ("folder:PermissionSet",)
_QUESTIONS: Mapping[str, tuple[Question, ...]] = {
    "availability": (_free_busy,),
    "beta": (_beta,),
    "delegates": (_ews("GetDelegate", _delegates, good=(*_GOOD, "ErrorDelegateMissingConfiguration")),),
    "distribution-lists": (_ews("ExpandDL", _members),),
    "exchange2016": (_ews("GetFolder under Exchange2016", lambda _: INBOX, "Exchange2016"),),
    "event-pulling": (_subscription("Subscribe", following.subscribe_pull("inbox", minutes=1)),),
    "event-streaming": (_subscription("Subscribe for streaming", following.subscribe_streaming("inbox")),),
    "impersonation": (_impersonation,),
    "online": (_online,),
    "propose-new-time": (_proposals,),
    "room-lists": (_ews("GetRooms", _room_list),),
    "rooms": (_ews("ResolveNames", _rooms),),
    "sharing": (
        _ews("GetFolder with folder:PermissionSet", lambda _: get_folder(ask.folder_id("calendar"), _SHARED)),
        _graph("GET me/calendar/calendarPermissions", "me/calendar/calendarPermissions"),
    ),
    "synchronisation": (
        _ews("SyncFolderHierarchy", lambda _: following.sync_hierarchy()),
        _graph("GET me/mailFolders/delta", "me/mailFolders/delta"),
    ),
}
ASKED = frozenset(_QUESTIONS)
"""The features that there are questions for; another cannot be asked for without leaving something behind."""
