"""Query strings of FindItem (DOC querystring): what they keep, and the words to be highlighted."""

from __future__ import annotations

from reference_impl.ews import xml
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.search.dates import Today
from reference_impl.search.query_strings import QueryInvalid, Sought, read_query


def query(text: str, call: Call) -> Sought | None:
    """What a query string looks for; None if it says nothing. Days are those of the request's zone.

    Raises ErrorInvalidArgument for what is no value of its keyword.
    """
    try:
        return read_query(text, Today(call.world.clock.now().astimezone(call.input_zone)))
    except QueryInvalid as problem:
        raise ResponseError("ErrorInvalidArgument", f"QueryString: {problem}") from None


def highlights(sought: Sought) -> str:
    """The m:HighlightTerms."""
    terms = (xml.node("Term", xml.leaf("Scope", scope) + xml.leaf("Value", word)) for scope, word in sought.terms)
    return f"<m:HighlightTerms>{''.join(terms)}</m:HighlightTerms>"
