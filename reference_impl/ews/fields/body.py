"""What an item says: its body in every form, and its content as MIME."""

from __future__ import annotations

from typing import Final

from reference_impl.ews import bodies
from reference_impl.ews.fields.model import Field, Table
from reference_impl.ews.fields.readers import text
from reference_impl.ews.fields.setters import append_body, set_body

BODY: Final[Table] = (
    Field(uri="item:MimeContent", element="MimeContent", read=lambda _view: None, named_only=True, found=False),
    Field(
        uri="item:Body",
        element="Body",
        read=lambda view: bodies.write_body("Body", bodies.body_as(view.item.body, view.body_type)),
        found=False,
        value=lambda item: bodies.as_text(item.body),
        create=set_body,
        update=set_body,
        append=append_body,
        delete=lambda target: {"body": type(target.body)("", target.body.type)},
    ),
    Field(
        uri="item:UniqueBody",
        element="UniqueBody",
        read=lambda view: bodies.write_body("UniqueBody", view.item.body),
        since="Exchange2010",
        named_only=True,
        found=False,
    ),
    Field(
        uri="item:NormalizedBody",
        element="NormalizedBody",
        read=lambda view: bodies.write_body("NormalizedBody", bodies.body_as(view.item.body, "HTML")),
        since="Exchange2013",
        named_only=True,
        found=False,
    ),
    Field(
        uri="item:Preview",
        element="Preview",
        read=text("Preview", lambda item: bodies.preview(item.body)),
        since="Exchange2013",
    ),
    Field(
        uri="item:TextBody",
        element="TextBody",
        read=lambda view: bodies.write_body("TextBody", bodies.body_as(view.item.body, "Text")),
        since="Exchange2013",
        named_only=True,
        found=False,
    ),
)
"""The properties of this subject."""
