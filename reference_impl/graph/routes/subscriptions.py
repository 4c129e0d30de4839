"""Subscriptions to changes, which belong to who makes them."""

from __future__ import annotations

from typing import Final

from reference_impl.graph.odata.options import ENTITY
from reference_impl.graph.resources import subscriptions
from reference_impl.graph.router import Reach, Route
from reference_impl.graph.routes.scopes import CALENDARS_BASIC, MAIL_BASIC

_SUBSCRIPTIONS: Final = ("/subscriptions",)
_SUBSCRIPTION: Final = ("/subscriptions/{subscription}",)
_ANY: Final = CALENDARS_BASIC | MAIL_BASIC
"""What is watched needs one of them; which, is checked once that is known."""

ROUTES: Final[tuple[Route, ...]] = (
    Route("subscription.create", "POST", _SUBSCRIPTIONS, subscriptions.create, _ANY, reach=Reach.SERVICE),
    Route("subscription.list", "GET", _SUBSCRIPTIONS, subscriptions.listing, _ANY, ENTITY, Reach.SERVICE),
    Route("subscription.get", "GET", _SUBSCRIPTION, subscriptions.get, _ANY, ENTITY, Reach.SERVICE),
    Route("subscription.update", "PATCH", _SUBSCRIPTION, subscriptions.update, _ANY, reach=Reach.SERVICE),
    Route("subscription.delete", "DELETE", _SUBSCRIPTION, subscriptions.delete, _ANY, reach=Reach.SERVICE),
    Route(
        "subscription.reauthorize",
        "POST",
        ("/subscriptions/{subscription}/reauthorize()",),
        subscriptions.reauthorize,
        _ANY,
        reach=Reach.SERVICE,
    ),
)
