"""The messages of the founding documents, as printed, as sendable, and as corrected where a document errs."""

from conformance.suites.documents.canonical import HttpText, canonical, http_text, in_envelope, substitute
from conformance.suites.documents.printed import (
    Direction,
    Document,
    DocumentMessage,
    Form,
    Text,
    UnknownMessage,
    document,
    message,
    render,
    slugs,
)

__all__ = [
    "Direction",
    "Document",
    "DocumentMessage",
    "Form",
    "HttpText",
    "Text",
    "UnknownMessage",
    "canonical",
    "document",
    "http_text",
    "in_envelope",
    "message",
    "render",
    "slugs",
    "substitute",
]
