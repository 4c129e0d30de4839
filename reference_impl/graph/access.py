"""Who may go where: whose mailbox or entry an address leads to, and the permissions that a token carries."""

from __future__ import annotations

from typing import Final

from reference_impl.domain.mailbox import Mailbox, MailboxKind, Person
from reference_impl.graph import refusals
from reference_impl.graph.address import Address
from reference_impl.graph.callers import check_scopes, find_person
from reference_impl.graph.router import Reach, Route
from reference_impl.graph.routes.scopes import DIRECTORY, permissions_for
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
    is_others = owner.id != actor.id and not request.application
    needed = permissions_for(route.scopes, is_others=is_others)
    if not needed:
        raise refusals.MailboxForbidden(user=address.user)
    check_scopes(request.scopes, needed)
    return owner


def _person(world: World, request: HttpRequest, actor: Mailbox, address: Address) -> Mailbox:
    """Whom /me or /users/{key} itself names; others' entries need a directory permission."""
    if address.user is None:
        _check_delegated(request)
        return actor
    owner = find_person(world, address.user)
    if owner is None or owner.kind is MailboxKind.LIST:
        raise refusals.DirectoryObjectUnknown(user=address.user)
    if owner.id != actor.id:
        check_scopes(request.scopes, DIRECTORY)
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
    if owner.id != actor.id and not request.application and not shares(world, owner, actor):
        raise refusals.MailboxForbidden(user=address.user)
    return owner


def _check_delegated(request: HttpRequest) -> None:
    if request.application:
        raise refusals.MeNeedsUser
