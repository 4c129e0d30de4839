"""Who may go where: whose mailbox or entry an address leads to, and the permissions that a token carries."""

from __future__ import annotations

from typing import Final

from reference_impl.domain.mailbox import Mailbox, MailboxKind, Person
from reference_impl.graph import refusals
from reference_impl.graph.address import Address
from reference_impl.graph.callers import check_scopes, find_person, holds, reaches
from reference_impl.graph.router import Reach, Route
from reference_impl.graph.routes.scopes import DIRECTORY, USER_READ, permissions_for, roles_for
from reference_impl.http import HttpRequest
from reference_impl.service.folders import shares
from reference_impl.service.world import World

NOBODY: Final = Mailbox(id="", person=Person(""))
"""Whose things are worked on where there is no token."""


def admit(world: World, request: HttpRequest, address: Address, route: Route) -> Mailbox:
    """Whose mailbox or entry the route is to work on; a refusal where the caller may not."""
    actor = request.actor
    if actor is None:
        assert route.is_public, "who has no token gets no further"
        return NOBODY
    if route.reach is Reach.PERSON:
        return _person(world, request, actor, address)
    owner = actor if route.reach is Reach.SERVICE else _mailbox(world, request, actor, address)
    if not route.scopes:
        return owner
    if request.application:
        needed = roles_for(route.scopes)
        if not needed:
            raise refusals.NotForApplications
    else:
        needed = permissions_for(route.scopes, is_others=owner.id != actor.id)
        if not needed:
            raise refusals.MailboxForbidden(user=address.user)
    if route.reach is Reach.SERVICE and route.scopes <= DIRECTORY | USER_READ and not holds(request.scopes, needed):
        raise refusals.DirectoryForbidden(needed=", ".join(sorted(needed)))
    check_scopes(request.scopes, needed)
    return owner


def _person(world: World, request: HttpRequest, actor: Mailbox, address: Address) -> Mailbox:
    """Whom /me or /users/{key} itself names; one's own entry needs a permission, others' one of the directory."""
    if address.user is None:
        _check_delegated(request)
        owner: Mailbox | None = actor
    else:
        owner = find_person(world, address.user)
    needed = DIRECTORY | USER_READ if owner is not None and owner.id == actor.id else DIRECTORY
    needed = roles_for(needed) if request.application else needed
    if not holds(request.scopes, needed):
        raise refusals.DirectoryForbidden(needed=", ".join(sorted(needed)))
    if owner is None or owner.kind is MailboxKind.LIST:
        raise refusals.DirectoryObjectUnknown(user=address.user)
    return owner


def _mailbox(world: World, request: HttpRequest, actor: Mailbox, address: Address) -> Mailbox:
    """Whose mailbox the path goes into: one's own or one that shares something, or any for an application."""
    if address.user is None:
        _check_delegated(request)
        return actor
    owner = find_person(world, address.user)
    if owner is None:
        raise refusals.UserUnknown(user=address.user)
    if owner.kind is MailboxKind.LIST:
        raise refusals.MailboxMissing(user=address.user)
    is_open = reaches(world, request.client_id, owner) if request.application else shares(world, owner, actor)
    if owner.id != actor.id and not is_open:
        raise refusals.MailboxForbidden(user=address.user)
    return owner


def _check_delegated(request: HttpRequest) -> None:
    if request.application:
        raise refusals.MeNeedsUser
