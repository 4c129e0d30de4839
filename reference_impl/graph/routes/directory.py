"""The people of the directory."""

from __future__ import annotations

from typing import Final

from reference_impl.graph.odata.options import ENTITY, LISTING
from reference_impl.graph.resources import people
from reference_impl.graph.router import Reach, Route
from reference_impl.graph.routes.scopes import DIRECTORY, USER_READ

ROUTES: Final[tuple[Route, ...]] = (
    Route("user.list", "GET", ("/users",), people.listing, DIRECTORY, LISTING, Reach.SERVICE),
    Route("user.get", "GET", ("",), people.user, USER_READ, ENTITY, Reach.PERSON),
)
