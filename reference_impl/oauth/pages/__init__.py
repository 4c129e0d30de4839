"""The pages that people see when they sign in: HTML without anything from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reference_impl.http import HttpAnswer
from reference_impl.oauth.errors import NO_STORE

_SUBMIT: Final = "document.forms[0].submit();"
_SUBMIT_HASH: Final = base64.b64encode(hashlib.sha256(_SUBMIT.encode()).digest()).decode()
_POLICY: Final = (
    f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{_SUBMIT_HASH}'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = (
    ("Content-Type", "text/html; charset=utf-8"),
    *NO_STORE,
    ("Content-Security-Policy", _POLICY),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
)


@cache
def _environment() -> Environment:
    loader = PackageLoader("reference_impl.oauth.pages", ".")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)


def page(name: str, status: int = 200, **values: Any) -> HttpAnswer:
    """A page by its name, with these values in it."""
    text = _environment().get_template(f"{name}.html").render(**values)
    return HttpAnswer(status, _HEADERS, text.encode())


def posting_page(action: str, hidden: dict[str, str]) -> HttpAnswer:
    """A page that posts these values there by itself (OAuth 2.0 Form Post Response Mode)."""
    return page("sent", action=action, hidden=hidden, script=Markup(_SUBMIT))  # noqa: S704  a constant of ours
