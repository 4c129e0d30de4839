"""Graph requests: which operation a method and a path name, with ids and mailboxes set apart."""

from __future__ import annotations

import functools
import itertools
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson

from conformance.model.exchange import Request

_VERSIONS = frozenset({"v1.0", "beta"})
# A server that is not Microsoft's may have its root elsewhere, such as /api/gc/v1; there a resource must follow.
_ROOTS = _VERSIONS | {"v1"}
_RESOURCES = frozenset({"me", "users", "groups", "subscriptions", "places", "$batch", "$metadata"})
_QUALIFIER = "microsoft.graph."
_ARGUMENTS = re.compile(r"\w+=[^=]")
_CALL = re.compile(r"^([A-Za-z.$]+)\((.*)\)$", re.DOTALL)

# Collections whose next segment is a key unless it is one of the words below; written as Graph spells them.
_COLLECTIONS = (
    *("users", "groups", "events", "calendars", "calendarGroups", "messages", "mailFolders", "childFolders"),
    *("attachments", "extensions", "instances", "exceptionOccurrences", "subscriptions", "masterCategories", "places"),
    *("calendarPermissions", "contacts", "contactFolders", "calendarView", "rooms"),
)
_WORDS = (
    *("me", "calendar", "outlook", "supportedTimeZones", "mailboxSettings", "delta", "getSchedule", "findMeetingTimes"),
    *("accept", "tentativelyAccept", "decline", "cancel", "forward", "dismissReminder", "snoozeReminder", "event"),
    *("permanentDelete", "createUploadSession", "reminderView", "sendMail", "send", "reply", "replyAll", "createReply"),
    *("createReplyAll", "createForward", "move", "copy", "translateExchangeIds", "room", "roomlist", "reauthorize"),
    *("eventMessage", "eventMessageRequest", "eventMessageResponse", "search", "query", "organization", "people"),
    *("automaticRepliesSetting", "dateFormat", "timeFormat", "timeZone", "language", "workingHours", "userPurpose"),
    *("delegateMeetingMessageDeliveryOptions", "inferenceClassification", "photo"),
    *("$batch", "$count", "$value", "$ref", "$metadata"),
)
_FOLDERS = (
    *("inbox", "sentitems", "deleteditems", "drafts", "outbox", "archive", "junkemail", "msgfolderroot", "calendar"),
    *("recoverableitemsdeletions",),
)
_SPELLING = {word.casefold(): word for word in (*_COLLECTIONS, *_WORDS)}
_KEYED = frozenset(_COLLECTIONS)
_FOLDER_KEYS = frozenset({"mailFolders", "childFolders"})
_ALWAYS_KEYS = frozenset({"users", "groups"})


@dataclass(frozen=True, slots=True)
class Segment:
    """One step of a path: a word of the service, or a key; ``mailbox`` marks ``me`` and the key of ``users``."""

    text: str
    key: bool = False
    mailbox: bool = False


def is_graph(request: Request) -> bool:
    """Whether a request's path begins with a version of Graph, or has one before a resource of Graph."""
    return _root(_parts(request.url)) > 0


def below_root(url: str) -> str:
    """The path of a URL below the version, ``/me/events``, as it is written; all of it where there is no version."""
    parts = _parts(url)
    return "/" + "/".join(parts[_root(parts) :])


def segments(url: str) -> tuple[Segment, ...]:
    """The steps of a Graph URL below its version, percent-decoded, parentheses keys set apart."""
    parts = _parts(url)
    found: list[Segment] = []
    for part in parts[_root(parts) :]:
        _take(unquote(part), found)
    return tuple(found)


@functools.lru_cache(maxsize=256)
def operation(method: str, url: str) -> str:
    """The operation's name, such as ``POST events/{id}/tentativelyAccept``.

    The version and the mailbox selector (``me``, ``users/{id}``) are left out, keys are written ``{id}``, well-known
    folders stay, a function's arguments are left out.
    """
    named = segments(url)
    steps = ["{id}" if each.key else each.text for each in named if not each.mailbox]
    if not steps:
        steps = ["{id}" if each.key else each.text for each in named]
    return f"{method.upper()} {'/'.join(steps)}".rstrip()


def mailbox(url: str) -> str:
    """The mailbox that a URL selects: ``me``, the key after ``users``, or "" where it selects none."""
    return next((each.text for each in reversed(segments(url)) if each.mailbox), "")


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object that a body is; an empty one where it is none."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) else {}


def _path(url: str) -> str:
    try:
        return urlsplit(url).path.strip("/")
    except ValueError:
        return ""


def _parts(url: str) -> list[str]:
    return [part for part in _path(url).split("/") if part]


def _root(parts: list[str]) -> int:
    """How many steps of a path are the root of the service; 0 where there is none."""
    if parts and parts[0].casefold() in _VERSIONS:
        return 1
    for place, (version, resource) in enumerate(itertools.pairwise(parts), start=1):
        if version.casefold() in _ROOTS and resource.partition("(")[0].casefold() in _RESOURCES:
            return place
    return 0


def _take(part: str, found: list[Segment]) -> None:
    call = _CALL.match(part)
    name = call[1] if call else part
    bare = name[len(_QUALIFIER) :] if name.casefold().startswith(_QUALIFIER) else name
    word = _SPELLING.get(bare.casefold())
    before = found[-1] if found else None
    if before is not None and not before.key and before.text in _KEYED and not call and _is_key(bare, word, before):
        _take_key(part, found)
    elif call and word in _KEYED and not _ARGUMENTS.match(call[2]):
        found.append(Segment(word, mailbox=word == "users" and not found))
        _take_key(call[2].strip("'").replace("''", "'"), found)
    elif call:
        found.append(Segment(f"{word or bare}()"))
    else:
        found.append(Segment(word or bare, mailbox=word == "me" or (word == "users" and not found)))


def _is_key(bare: str, word: str | None, before: Segment) -> bool:
    if before.text in _ALWAYS_KEYS:
        return not bare.startswith("$")
    return word is None


def _take_key(text: str, found: list[Segment]) -> None:
    before = found[-1].text
    if before in _FOLDER_KEYS and text.casefold() in _FOLDERS:
        found.append(Segment(text.casefold()))
    else:
        found.append(Segment(text, key=True, mailbox=found[-1].mailbox))
