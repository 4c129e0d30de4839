"""What is asked of the service as a whole."""

from __future__ import annotations

from typing import Final

from reference_impl.graph.odata.options import NOTHING
from reference_impl.graph.resources import batch
from reference_impl.graph.router import Reach, Route

ROUTES: Final[tuple[Route, ...]] = (
    Route("batch.run", "POST", ("/$batch",), batch.run, frozenset(), NOTHING, Reach.SERVICE),
)
