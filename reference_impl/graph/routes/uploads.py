"""Uploads under way: whoever has the address of one may send its pieces, as it is handed out for that."""

from __future__ import annotations

from typing import Final

from reference_impl.graph.negotiation import BYTES
from reference_impl.graph.resources import attachments
from reference_impl.graph.router import Reach, Route

_UPLOAD: Final = (f"/{attachments.UPLOADS}/{{upload}}",)
_ANYBODY: Final[frozenset[str]] = frozenset()

ROUTES: Final[tuple[Route, ...]] = (
    Route(
        "upload.send",
        "PUT",
        _UPLOAD,
        attachments.send_piece,
        _ANYBODY,
        reach=Reach.SERVICE,
        is_public=True,
        consumes=(BYTES,),
    ),
    Route("upload.get", "GET", _UPLOAD, attachments.upload_state, _ANYBODY, reach=Reach.SERVICE, is_public=True),
    Route("upload.cancel", "DELETE", _UPLOAD, attachments.cancel_upload, _ANYBODY, reach=Reach.SERVICE, is_public=True),
)
