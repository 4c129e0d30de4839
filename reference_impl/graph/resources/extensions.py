"""Open extensions of an item: list, add, read, change, delete (opentypeextension)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from reference_impl.domain.copying import replace
from reference_impl.domain.extended import OpenExtension
from reference_impl.domain.items import Item
from reference_impl.graph import extensions as spelt
from reference_impl.graph.call import Call, Result
from reference_impl.graph.fields.field import View
from reference_impl.service import extensions


@dataclass(frozen=True, slots=True)
class ExtensionsOf:
    """The operations on the extensions of one sort of items; ``place`` is how contexts and addresses name an item."""

    read: Callable[[Call], Item]
    place: Callable[[Any, View], str]

    def listing(self, call: Call) -> Result:
        """GET of the collection."""
        item = self.read(call)
        rows = [spelt.show(one) for one in item.open_extensions]
        return call.collection(call.user_context(self._collection(call, item)), rows)

    def get(self, call: Call) -> Result:
        """GET of one extension, by its name or its id."""
        item, extension = self._named(call)
        return self._shown(call, item, extension)

    def create(self, call: Call) -> Result:
        """POST: 201 and the extension."""
        item = self.read(call)
        new = spelt.read_extension(call.body("extension.create"))
        made = extensions.extend(call.world, call.owner, item.id, new, call.by)
        address = f"{self._collection(call, made)}('{quote(new.name, safe='')}')"
        return replace(self._shown(call, made, new, 201), headers=(("Location", call.location(address)),))

    def update(self, call: Call) -> Result:
        """PATCH: 200 and the extension with the members sent."""
        item, before = self._named(call)
        changed = spelt.changed(before, call.body("extension.update"))
        made = extensions.amend(call.world, call.owner, item.id, changed, call.by)
        return self._shown(call, made, changed)

    def delete(self, call: Call) -> Result:
        """DELETE: 204."""
        item, extension = self._named(call)
        extensions.take_away(call.world, call.owner, item.id, extension.name, call.by)
        return Result(204)

    def _named(self, call: Call) -> tuple[Item, OpenExtension]:
        item = self.read(call)
        return item, extensions.extension_of(item, spelt.read_name(call.keys["extension"]))

    def _shown(self, call: Call, item: Item, extension: OpenExtension, status: int = 200) -> Result:
        context = call.user_context(f"{self._collection(call, item)}/$entity")
        return call.entity(context, spelt.show(extension), status)

    def _collection(self, call: Call, item: Item) -> str:
        return f"{self.place(item, call.view)}/extensions"
