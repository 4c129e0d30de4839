"""What a server must do, as data: requirements with their sources, and the rulings on what documents leave open."""

from conformance.catalogue.citation import citations, cite
from conformance.catalogue.documents import Document, anchor, documents
from conformance.catalogue.loader import (
    Catalogue,
    CatalogueInvalid,
    Ruling,
    UnknownRequirement,
    load_catalogue,
    standard_catalogue,
)
from conformance.catalogue.versions import EWS_VERSIONS, applies_to

__all__ = [
    "EWS_VERSIONS",
    "Catalogue",
    "CatalogueInvalid",
    "Document",
    "Ruling",
    "UnknownRequirement",
    "anchor",
    "applies_to",
    "citations",
    "cite",
    "documents",
    "load_catalogue",
    "standard_catalogue",
]
