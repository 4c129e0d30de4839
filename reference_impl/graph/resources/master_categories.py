"""The owner's list of categories: told, added to, coloured and taken from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reference_impl.domain.categories import Category
from reference_impl.graph.call import Call, Result
from reference_impl.graph.fields.category import CATEGORY, color_of
from reference_impl.graph.odata.selecting import read_select
from reference_impl.graph.resources.listed import listed
from reference_impl.service import categories

_PLACE = "outlook/masterCategories"


def listing(call: Call) -> Result:
    """GET of the list."""
    return listed(call, call.user_context(_PLACE), CATEGORY, categories.categories(call.world, call.owner))


def create(call: Call) -> Result:
    """POST: 201 and the category; without a colour it has none."""
    read_select(call.options, CATEGORY.selectable(call.version))
    sent = call.body("masterCategory.create")
    made = categories.add_category(call.world, call.owner, sent["displayName"], _color(sent))
    return call.made(_shown(call, made, 201), call.location(f"{_PLACE}('{made.id}')"))


def get(call: Call) -> Result:
    """GET of one category."""
    return _shown(call, categories.category(call.world, call.owner, call.keys["category"]))


def update(call: Call) -> Result:
    """PATCH of the colour: 200 and the category."""
    read_select(call.options, CATEGORY.selectable(call.version))
    present = categories.category(call.world, call.owner, call.keys["category"])
    sent = call.body("masterCategory.update")
    if "color" in sent:
        present = categories.color_category(call.world, call.owner, present.id, _color(sent))
    return _shown(call, present)


def delete(call: Call) -> Result:
    """DELETE of one category."""
    categories.remove_category(call.world, call.owner, call.keys["category"])
    return Result(204)


def _color(sent: Mapping[str, Any]) -> int | None:
    return color_of(sent["color"]) if sent.get("color") is not None else None


def _shown(call: Call, category: Category, status: int = 200) -> Result:
    selection = read_select(call.options, CATEGORY.selectable(call.version))
    members = CATEGORY.show(category, call.view, selection)
    return call.entity(call.user_context(f"{_PLACE}{selection.suffix}/$entity"), members, status)
