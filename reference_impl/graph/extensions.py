"""Open extensions as Graph spells them (openTypeExtension resource)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson

from reference_impl.domain.extended import OpenExtension
from reference_impl.domain.items import Item
from reference_impl.graph.odata.expanding import Expansion
from reference_impl.graph.odata.syntax import Comparison, Expression, Junction, parse_filter
from reference_impl.graph.refusals import OptionInvalid

PREFIX: Final = "Microsoft.OutlookServices.OpenTypeExtension."
"""What stands before the name of an extension in its id."""

_PREFIXES: Final = re.compile(r"(microsoft\.outlookservices\.|microsoft\.graph\.)opentypeextension\.", re.IGNORECASE)
_NAME: Final = "extensionName"


def read_name(text: str) -> str:
    """The name of an extension from its name or its id."""
    return _PREFIXES.sub("", text, count=1)


def read_extension(sent: Mapping[str, Any]) -> OpenExtension:
    """A new extension from the members of ``extension.create``."""
    return OpenExtension(sent[_NAME], _text(_own(sent)))


def changed(before: OpenExtension, sent: Mapping[str, Any]) -> OpenExtension:
    """The extension with the members sent; those that are not sent stay, null takes one away."""
    members = {**orjson.loads(before.members), **_own(sent)}
    return OpenExtension(before.name, _text({name: value for name, value in members.items() if value is not None}))


def show(extension: OpenExtension) -> dict[str, Any]:
    """The members of an extension."""
    return {
        "@odata.type": "#microsoft.graph.openTypeExtension",
        "id": f"{PREFIX}{extension.name}",
        _NAME: extension.name,
        **orjson.loads(extension.members),
    }


def expanded(item: Item, expansion: Expansion) -> list[dict[str, Any]]:
    """The extensions that an expansion asks for: those that its filter names by id, or all of them."""
    text = expansion.options.system.get("$filter")
    names = None if text is None else {read_name(each) for each in _ids(parse_filter(text))}
    return [show(one) for one in item.open_extensions if names is None or one.name in names]


def _ids(expression: Expression) -> Iterator[str]:
    match expression:
        case Comparison(path=path, operator="eq", literal=str() as literal) if path.lower() in {"id", _NAME.lower()}:
            yield literal
        case Junction(word="or", terms=terms):
            for term in terms:
                yield from _ids(term)
        case _:
            raise OptionInvalid(reason="Extensions are filtered by id eq '...', joined by or.")


def _own(sent: Mapping[str, Any]) -> dict[str, Any]:
    """The members that are the application's."""
    return {name: value for name, value in sent.items() if name != _NAME and "@odata." not in name.lower()}


def _text(members: Mapping[str, Any]) -> str:
    return orjson.dumps(members).decode()
