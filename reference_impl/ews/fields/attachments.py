"""What hangs on an item."""

from __future__ import annotations

from typing import Final

from reference_impl.ews.fields.model import Field, Kind, Table
from reference_impl.ews.fields.readers import flag

ATTACHMENTS: Final[Table] = (
    Field(
        uri="item:HasAttachments",
        element="HasAttachments",
        read=flag("HasAttachments", lambda _item: False),
        kind=Kind.FLAG,
        value=lambda _item: False,
    ),
)
"""The properties of this subject."""
