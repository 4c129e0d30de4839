"""Delta rounds: the tokens that clients send back, and the pages that carry them (delta query overview).

A round begins with a plain request, goes on with the ``$skiptoken`` of each page and ends with a ``$deltatoken``, with
which the next one begins. A token holds how far the client has come, and the query options of the first request, which
are not sent again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from reference_impl.domain.copying import replace
from reference_impl.domain.errors import SyncStateInvalid
from reference_impl.graph import ids
from reference_impl.graph.call import PATH_KEPT, Call, Result
from reference_impl.graph.odata.options import read_options
from reference_impl.graph.refusals import IdMalformed
from reference_impl.service.seals import SealBroken, seal, unseal

SKIP: Final = "$skiptoken"
DELTA: Final = "$deltatoken"
TOKENS: Final = frozenset({SKIP, DELTA})
"""The options with which a round goes on."""


@dataclass(frozen=True, slots=True)
class Token:
    """How far a client has come, packed by the resource, and the query string with which the round began."""

    state: bytes
    query: str


@dataclass(frozen=True, slots=True)
class Round:
    """One request of a round: the call with the options of the first one, and the state; None at the beginning.

    ``mark`` tells tokens of one resource from those of others.
    """

    call: Call
    mark: bytes
    state: bytes | None
    query: str

    def page(self, context: str, rows: Iterable[Mapping[str, Any]], state: bytes, *, is_last: bool) -> Result:
        """The answer, which ends with the link to go on with."""
        call = self.call
        kind, link = (DELTA, "@odata.deltaLink") if is_last else (SKIP, "@odata.nextLink")
        text = _written(self.mark, call.owner.id, Token(state, self.query))
        address = f"{call.request.origin}{quote(call.request.path, safe=PATH_KEPT)}?{kind}={text}"
        return Result(200, {link: address, "value": list(rows)}, context=call.context(context))


def read_round(call: Call, mark: bytes, offered: frozenset[str]) -> Round:
    """The round that a request begins or goes on with; ``offered`` are the options that may begin one.

    Raises SyncStateInvalid for a token that was not given here, for this resource and mailbox.
    """
    sent = [call.options.system[name] for name in sorted(TOKENS) if name in call.options.system]
    if not sent:
        return Round(call, mark, None, call.request.query)
    if len(sent) > 1:
        raise SyncStateInvalid
    token = _read(mark, call.owner.id, sent[0])
    return Round(replace(call, options=read_options(token.query, offered)), mark, token.state, token.query)


def removed(type_name: str, wire_id: str) -> dict[str, Any]:
    """What tells of something that is gone."""
    return {"@odata.type": f"#microsoft.graph.{type_name}", "id": wire_id, "@removed": {"reason": "deleted"}}


def _written(mark: bytes, mailbox_id: str, token: Token) -> str:
    query = token.query.encode()
    return ids.opaque(seal(mark, mailbox_id, len(query).to_bytes(4, "big") + query + token.state))


def _read(mark: bytes, mailbox_id: str, text: str) -> Token:
    try:
        content = unseal(mark, mailbox_id, ids.read_opaque(text))
    except (IdMalformed, SealBroken):
        raise SyncStateInvalid from None
    end = 4 + int.from_bytes(content[:4], "big")
    return Token(content[end:], content[4:end].decode())
