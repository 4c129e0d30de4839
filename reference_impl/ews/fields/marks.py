"""What an item is called and how it is marked: subject, categories, importance, sensitivity."""

from __future__ import annotations

from typing import Final

from reference_impl.ews import words, xml
from reference_impl.ews.fields.model import Field, Kind, Table
from reference_impl.ews.fields.readers import text, word
from reference_impl.ews.fields.setters import erase, set_categories, set_choice, set_text
from reference_impl.ews.view import View


def _categories(view: View) -> str | None:
    content = "".join(xml.leaf("String", name) for name in view.item.categories)
    return xml.node("Categories", content) if content else None


MARKS: Final[Table] = (
    Field(
        uri="item:Subject",
        element="Subject",
        read=text("Subject", lambda item: item.subject),
        value=lambda item: item.subject,
        create=set_text("subject"),
        update=set_text("subject"),
        delete=erase("subject", ""),
    ),
    Field(
        uri="item:Sensitivity",
        element="Sensitivity",
        read=word("Sensitivity", words.SENSITIVITY, lambda item: words.SENSITIVITY[item.sensitivity]),
        kind=Kind.CHOICE,
        value=lambda item: words.SENSITIVITY[item.sensitivity],
        create=set_choice("sensitivity", words.SENSITIVITY_OF),
        update=set_choice("sensitivity", words.SENSITIVITY_OF),
    ),
    Field(
        uri="item:Categories",
        element="Categories",
        read=_categories,
        value=lambda item: item.categories,
        create=set_categories,
        update=set_categories,
        delete=erase("categories", ()),
    ),
    Field(
        uri="item:Importance",
        element="Importance",
        read=word("Importance", words.IMPORTANCE, lambda item: words.IMPORTANCE[item.importance]),
        kind=Kind.CHOICE,
        value=lambda item: words.IMPORTANCE[item.importance],
        create=set_choice("importance", words.IMPORTANCE_OF),
        update=set_choice("importance", words.IMPORTANCE_OF),
    ),
)
"""The properties of this subject."""
