"""$metadata: the document that tells what there is."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from reference_impl.graph.call import Call, Content, Result
from reference_impl.graph.metadata.csdl import written
from reference_impl.graph.metadata.model import model_of
from reference_impl.graph.negotiation import XML
from reference_impl.graph.router import Route


def document_of(routes: tuple[Route, ...]) -> Callable[[Call], Result]:
    """GET of the document of these routes, each version's made once."""

    @cache
    def document(version: str) -> bytes:
        return written(model_of(routes, version))

    def answer(call: Call) -> Result:
        return Result(200, content=Content(XML, document(call.version)))

    return answer
