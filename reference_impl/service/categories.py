"""The categories that an owner keeps a list of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from uuid import UUID

from reference_impl.domain.categories import Category, default_categories
from reference_impl.domain.errors import CategoryExists, CategoryNameMissing, CategoryNotFound
from reference_impl.domain.mailbox import Mailbox
from reference_impl.service.world import World
from reference_impl.store.codec import decode, encode
from reference_impl.store.unit import UnitOfWork

_CATEGORIES = "categories"
"""The setting under which a mailbox keeps its list, once it is not the one it was born with."""


@dataclass(frozen=True, slots=True)
class _Kept:
    categories: tuple[Category, ...] = field(default=())


def categories(world: World, owner: Mailbox) -> tuple[Category, ...]:
    """The list, in the order of its making."""
    with world.store.begin(write=False) as unit:
        return _read(unit, owner)


def category(world: World, owner: Mailbox, category_id: str) -> Category:
    """One category. Raises CategoryNotFound."""
    return _found(categories(world, owner), category_id)


def add_category(world: World, owner: Mailbox, name: str, color: int | None) -> Category:
    """Put a category on the list. Raises CategoryNameMissing, CategoryExists."""
    made = Category(str(UUID(bytes=world.ids.token(16), version=4)), name, color)

    def add(known: tuple[Category, ...]) -> tuple[Category, ...]:
        if not name.strip():
            raise CategoryNameMissing
        if any(one.key == made.key for one in known):
            raise CategoryExists(name=name)
        return (*known, made)

    _write(world, owner, add)
    return made


def color_category(world: World, owner: Mailbox, category_id: str, color: int | None) -> Category:
    """Give a category another colour; its name is for ever. Raises CategoryNotFound."""

    def change(known: tuple[Category, ...]) -> tuple[Category, ...]:
        found = _found(known, category_id)
        return tuple(replace(one, color=color) if one is found else one for one in known)

    return _found(_write(world, owner, change), category_id)


def remove_category(world: World, owner: Mailbox, category_id: str) -> None:
    """Take a category off the list; items that have it keep its name. Raises CategoryNotFound."""

    def remove(known: tuple[Category, ...]) -> tuple[Category, ...]:
        found = _found(known, category_id)
        return tuple(one for one in known if one is not found)

    _write(world, owner, remove)


def _write(
    world: World, owner: Mailbox, edit: Callable[[tuple[Category, ...]], tuple[Category, ...]]
) -> tuple[Category, ...]:
    with world.store.begin() as unit:
        after = edit(_read(unit, owner))
        unit.keep_setting(owner.id, _CATEGORIES, encode(_Kept(after)))
        return after


def _read(unit: UnitOfWork, owner: Mailbox) -> tuple[Category, ...]:
    text = unit.setting(owner.id, _CATEGORIES)
    return default_categories(owner.id) if text is None else decode(_Kept, text).categories


def _found(known: tuple[Category, ...], category_id: str) -> Category:
    found = next((one for one in known if one.id == category_id.lower()), None)
    if found is None:
        raise CategoryNotFound
    return found
