"""Headers, errors, contexts, links and counts of Graph answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, unquote

from conformance.catalogue.codes import statuses_of_codes
from conformance.passive.check import PassiveCheck, Reading, by_rules
from conformance.passive.graph.entities import Entity, last_step, objects, option
from conformance.passive.http import media_type, preferences
from conformance.passive.seen import Seen
from conformance.wire.operation import Protocol
from conformance.wire.urls import parts_of

_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_THROTTLED, _CLIENT_ERRORS = 429, range(400, 500)
_OK = range(200, 300)
_RAW = ("/$value", "/$count", "/$metadata")
_ETAG = re.compile(r'(?:W/)?".*"', re.DOTALL)
_NEXT, _DELTA, _CONTEXT, _TAG = "@odata.nextLink", "@odata.deltaLink", "@odata.context", "@odata.etag"


def answers(seen: Seen) -> Iterator[Seen]:
    """The exchange itself, where it is Graph's."""
    if seen.protocol is Protocol.GRAPH:
        yield seen


def _request_id(seen: Seen) -> Iterator[Reading]:
    found = seen.exchange.response.header("request-id")
    is_met = found is not None and _GUID.fullmatch(found) is not None
    yield Reading(is_met, "request-id", "a GUID", found, "response.headers.request-id")


def _client_request_id(seen: Seen) -> Iterator[Reading]:
    sent = seen.exchange.request.header("client-request-id")
    if sent:
        found = seen.exchange.response.header("client-request-id")
        yield Reading(found == sent, "client-request-id", sent, found, "response.headers.client-request-id")


def _own_request_id(seen: Seen) -> Iterator[Reading]:
    response = seen.exchange.response
    found = response.header("client-request-id")
    if found is not None and not seen.exchange.request.header("client-request-id"):
        expected = response.header("request-id")
        about = "client-request-id where the client sent none"
        yield Reading(found == expected, about, str(expected), found, "response.headers.client-request-id")


def _throttled(seen: Seen) -> Iterator[Reading]:
    if seen.status == _THROTTLED:
        found = seen.exchange.response.header("retry-after")
        yield Reading(found is not None, "Retry-After of a 429", "present", found, "response.headers.retry-after")


def _error_explained(seen: Seen) -> Iterator[Reading]:
    if seen.status in _CLIENT_ERRORS and seen.exchange.request.method.upper() != "HEAD":
        is_met = bool(seen.exchange.response.body)
        yield Reading(is_met, f"the body of a {seen.status}", "an error with code and message", "nothing", "response")


def _code_and_status(seen: Seen) -> Iterator[Reading]:
    error = seen.document.get("error") if isinstance(seen.document, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    statuses = statuses_of_codes().get(code, ()) if isinstance(code, str) else ()
    if statuses:
        expected = " or ".join(map(str, statuses))
        yield Reading(seen.status in statuses, f"the status of {code}", expected, seen.status, "response.status")


def _declared(seen: Seen) -> Iterator[Reading]:
    path = parts_of(seen.exchange.request.url).path
    if seen.status in _OK and isinstance(seen.document, dict | list) and not path.endswith(_RAW):
        found = media_type(seen)
        about = "the media type of a JSON answer"
        yield Reading(found == "application/json", about, "application/json", found, "response.headers.content-type")


# The document


def documents(seen: Seen) -> Iterator[Entity]:
    """The whole document of a successful answer."""
    if seen.protocol is Protocol.GRAPH and seen.status in _OK and isinstance(seen.document, dict):
        yield Entity(seen, seen.document, "response$")


def _context(document: Entity) -> Iterator[Reading]:
    found = document.value.get(_CONTEXT)
    if found is not None:
        is_met = isinstance(found, str) and "$metadata#" in unquote(found)
        yield Reading(is_met, _CONTEXT, "the address of $metadata and a fragment", found, document.at(_CONTEXT))


def _links(document: Entity) -> Iterator[Reading]:
    for name in (_NEXT, _DELTA):
        found = document.value.get(name)
        if found is not None:
            is_met = isinstance(found, str) and _is_absolute(found)
            yield Reading(is_met, name, "an absolute address", found, document.at(name))


def _is_absolute(link: str) -> bool:
    parts = parts_of(link)
    return parts.scheme in {"http", "https"} and bool(parts.netloc) and not re.search(r'[\s"<>]', link)


def _moves_on(document: Entity) -> Iterator[Reading]:
    found = document.text(_NEXT)
    if found is not None:
        is_met = unquote(found) != unquote(document.seen.exchange.request.url)
        yield Reading(is_met, _NEXT, "another page than this one", found, document.at(_NEXT))


def _goes_on_where_it_ended(document: Entity) -> Iterator[Reading]:
    """Of messages a link may skip more: what does not match is counted, too."""
    link, entries = document.text(_NEXT), document.value.get("value")
    if link is None or not isinstance(entries, list) or last_step(document.seen) == "messages":
        return
    skipped, to = option(document.seen, "$skip") or "0", dict(parse_qsl(parts_of(link).query)).get("$skip", "")
    if skipped.isdecimal() and to.isdecimal():
        expected = int(skipped) + len(entries)
        yield Reading(int(to) == expected, "$skip of the next page", str(expected), to, document.at(_NEXT))


def _one_link(document: Entity) -> Iterator[Reading]:
    if last_step(document.seen) == "delta":
        shown = [name for name in (_NEXT, _DELTA) if name in document.value]
        expected = f"exactly one of {_NEXT} and {_DELTA}"
        yield Reading(
            len(shown) == 1, "the links of a round", expected, " and ".join(shown) or "neither", document.path
        )


def _limited(document: Entity) -> Iterator[Reading]:
    entries, top = document.value.get("value"), option(document.seen, "$top")
    if isinstance(entries, list) and top and top.isdecimal() and last_step(document.seen) != "delta":
        is_met = len(entries) <= int(top)
        yield Reading(is_met, "the entries of a page", f"at most {top}", len(entries), document.at("value"))


def _page_size(document: Entity) -> Iterator[Reading]:
    entries = document.value.get("value")
    size = preferences(document.seen.exchange.request.headers, "prefer").get("odata.maxpagesize", "")
    if isinstance(entries, list) and size.isdecimal() and last_step(document.seen) == "delta":
        is_met = len(entries) <= int(size)
        yield Reading(is_met, "the entries of a page", f"at most {size}", len(entries), document.at("value"))


def _count(document: Entity) -> Iterator[Reading]:
    entries, count = document.value.get("value"), document.value.get("@odata.count")
    if isinstance(entries, list) and isinstance(count, int):
        whole = _NEXT not in document.value and not option(document.seen, "$skip")
        is_met = count == len(entries) if whole else count >= len(entries)
        expected = f"{len(entries)}" if whole else f"{len(entries)} or more"
        yield Reading(is_met, "@odata.count", expected, count, document.at("@odata.count"))


# Its objects


def _entity_tag(entity: Entity) -> Iterator[Reading]:
    tag = entity.value.get(_TAG)
    if tag is not None:
        is_met = isinstance(tag, str) and _ETAG.fullmatch(tag) is not None
        yield Reading(is_met, _TAG, 'W/"..." or "..."', tag, entity.at(_TAG))


def _tag_of_change_key(entity: Entity) -> Iterator[Reading]:
    tag, key = entity.text(_TAG), entity.text("changeKey")
    if tag is not None and key is not None:
        yield Reading(tag == f'W/"{key}"', _TAG, f'W/"{key}", the changeKey', tag, entity.at(_TAG))


def _selected(entity: Entity) -> Iterator[Reading]:
    asked = option(entity.seen, "$select")
    if not asked or "*" in asked or entity.seen.exchange.request.method.upper() != "GET":
        return
    names = {name.strip().partition("/")[0].casefold() for name in asked.split(",")} | {"id"}
    if any("." in name for name in names):
        return  # a cast: what is selected stands behind it
    names |= _expanded(option(entity.seen, "$expand") or "")
    if not names & {name.casefold() for name in entity.value}:
        return  # not what was selected from, such as the wrapper of a single value
    more = [name for name in entity.value if "@" not in name and name.casefold() not in names]
    yield Reading(not more, "the members of a selection", f"{asked}, and id", ", ".join(more), entity.path)


def _expanded(text: str) -> set[str]:
    """The names that ``$expand`` brings, options in parentheses apart; a cast brings the step behind it."""
    return {part.rpartition("/")[2].strip().casefold() for part in re.sub(r"\([^()]*\)", "", text).split(",")}


CHECKS: tuple[PassiveCheck, ...] = (
    by_rules(
        "graph-answers",
        answers,
        {
            "GRAPH-SEEN-001": _request_id,
            "GRAPH-SEEN-002": _client_request_id,
            "GRAPH-SEEN-003": _own_request_id,
            "GRAPH-SEEN-004": _throttled,
            "GRAPH-SEEN-005": _error_explained,
            "GRAPH-SEEN-006": _declared,
            "GRAPH-SEEN-007": _code_and_status,
        },
    ),
    by_rules(
        "graph-documents",
        documents,
        {
            "GRAPH-SEEN-010": _context,
            "GRAPH-SEEN-011": _links,
            "GRAPH-SEEN-012": _moves_on,
            "GRAPH-SEEN-013": _one_link,
            "GRAPH-SEEN-014": _limited,
            "GRAPH-SEEN-015": _page_size,
            "GRAPH-SEEN-016": _count,
            "GRAPH-SEEN-020": _goes_on_where_it_ended,
        },
    ),
    by_rules(
        "graph-objects",
        objects,
        {
            "GRAPH-SEEN-017": _entity_tag,
            "GRAPH-SEEN-018": _tag_of_change_key,
            "GRAPH-SEEN-019": _selected,
        },
    ),
)
