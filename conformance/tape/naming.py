"""Opaque ids called by what they are ids of: ``organizer's calendar item`` instead of 150 characters of base64."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from conformance.model.exchange import Exchange
from conformance.tape.tree import Node, request_tree, response_tree
from conformance.tape.volatile import VERSIONS, Kind, identity, is_opaque, spellings
from conformance.tape.words import thing
from conformance.wire import graph

_SHORTEST, _LONG = 16, 64  # shorter ids are as readable as their names, longer ones never
# An identity by the element or member that holds it, where that is not the thing's own id.
_BY_HOLDER: Final = {
    "AssociatedCalendarItemId": "calendar item",
    "RecurringMasterItemId": "series master",
    "RecurringMasterId": "series master",
    "seriesMasterId": "series master",
    "OccurrenceItemId": "occurrence",
    **dict.fromkeys(("FolderId", "ParentFolderId", "parentFolderId", "SavedItemFolderId"), "folder"),
    **dict.fromkeys(("ConversationId", "conversationId"), "conversation"),
    **dict.fromkeys(("ConversationIndex", "conversationIndex"), "conversation index"),
    **dict.fromkeys(("AttachmentId", "RootItemId"), "attachment"),
    **dict.fromkeys(("SubscriptionId", "subscriptionId"), "subscription"),
}
# What is the same for everybody: a meeting has one UID, whoever tells of it.
_SHARED: Final = {
    **dict.fromkeys(VERSIONS, "version"),  # a server may give several things the same
    **dict.fromkeys(("UID", "iCalUId", "uid", "GlobalObjectId"), "UID"),
    **dict.fromkeys(("InternetMessageId", "internetMessageId"), "message id"),
}
# A resource of Graph by the collection that its address names.
_COLLECTIONS: Final = {
    **dict.fromkeys(("events", "calendarView", "instances", "exceptionOccurrences"), "calendar item"),
    **dict.fromkeys(("mailFolders", "childFolders"), "folder"),
    "messages": "message",
    "calendars": "calendar",
    "calendarGroups": "calendar group",
    "attachments": "attachment",
    "subscriptions": "subscription",
}
_ITEMS: Final = frozenset({"calendar item", "meeting request", "meeting response", "cancellation", "message"})
_WORD_ENDS = re.compile(r"(?<=[a-z])(?=[A-Z])|[-_.@]+")


@dataclass(slots=True)
class IdNames:
    """The names given to the ids of one case; ``given`` leads from id to name."""

    given: dict[str, str] = field(default_factory=dict)
    _count: dict[str, int] = field(default_factory=dict)
    _forms: dict[str, str] = field(default_factory=dict)
    _pattern: re.Pattern[str] | None = None

    @classmethod
    def of(cls, said: Iterable[tuple[str, Exchange]]) -> IdNames:
        """The names of all ids in exchanges, each told with who spoke."""
        names = cls()
        for who, exchange in said:
            names.learn(who, exchange)
        return names

    def learn(self, who: str, exchange: Exchange) -> None:
        """Name what is new in an exchange; answers are read first, for they tell what things are."""
        collection = _collection(exchange.request.url) if graph.is_graph(exchange.request) else ""
        for tree in (response_tree(exchange), request_tree(exchange.request)):
            for leaf, value in _identities(tree):
                if value not in self.given:
                    self._give(value, _called(leaf, who, collection))

    def by_name(self) -> dict[str, str]:
        """The ids by their names."""
        return {name: value for value, name in self.given.items()}

    def told(self, text: str) -> str:
        """A text with its ids replaced by their names in angled quotes, however the text escapes them."""
        if not self.given:
            return text
        if self._pattern is None:
            self._forms = {form: name for value, name in self.given.items() for form in spellings(value)}
            self._pattern = re.compile("|".join(map(re.escape, sorted(self._forms, key=len, reverse=True))))
        return self._pattern.sub(lambda found: f"«{self._forms[found[0]]}»", text)

    def _give(self, value: str, name: str) -> None:
        self._pattern = None
        count = self._count[name] = self._count.get(name, 0) + 1
        self.given[value] = name if count == 1 else f"{name} {count}"


def _identities(tree: Node) -> Iterator[tuple[Node, str]]:
    for leaf in tree.leaves():
        if leaf.kind is Kind.IDENTITY and isinstance(leaf.value, str):
            value = identity(leaf.value)
            opaque = leaf.name in VERSIONS or len(value) >= _LONG or is_opaque(value.strip("<>").replace("@", ""))
            if len(value) >= _SHORTEST and opaque:
                yield leaf, value


def _called(leaf: Node, who: str, collection: str) -> str:
    holder = leaf.parent if leaf.name in {"@Id", "text()"} and leaf.parent is not None else leaf
    if holder.name in _SHARED:
        return _SHARED[holder.name]
    if holder.name in _BY_HOLDER:
        return f"{_whose(who)}{_BY_HOLDER[holder.name]}"
    owner = holder.parent
    if holder.name in {"ItemId", "id"} and owner is not None:
        kind = thing(owner)
        if kind in _ITEMS:
            return f"{_whose(who)}{kind}"
        return f"{_whose(who)}{collection or 'item'}"
    if holder.name == "segment":
        return f"{_whose(who)}{collection or 'resource'}"
    return f"{_whose(who)}{' '.join(part for part in _WORD_ENDS.split(holder.name) if part).lower()}"


def _whose(who: str) -> str:
    return f"{who}'s " if who else ""


def _collection(url: str) -> str:
    """What the last collection of an address holds."""
    known = [_COLLECTIONS[each.text] for each in graph.segments(url) if not each.key and each.text in _COLLECTIONS]
    return known[-1] if known else ""
