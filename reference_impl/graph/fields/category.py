"""The members of a category of the owner's list."""

from __future__ import annotations

from typing import Final

from reference_impl.domain.categories import Category
from reference_impl.graph.fields.field import Field, Table
from reference_impl.graph.odata.filtering import Type

_PRESET: Final = "preset"
NO_COLOR: Final = "none"


def color_of(literal: str) -> int | None:
    """The number of a colour, None for none."""
    return None if literal == NO_COLOR else int(literal.removeprefix(_PRESET))


def _color(category: Category) -> str:
    return NO_COLOR if category.color is None else f"{_PRESET}{category.color}"


CATEGORY: Final[Table[Category]] = Table(
    (
        Field("id", lambda c, _: c.id, always=True),
        Field("displayName", lambda c, _: c.name, filters=(("displayName", Type.TEXT, lambda c: c.name),)),
        Field("color", lambda c, _: _color(c), filters=(("color", Type.WORD, _color),)),
    )
)
