"""The authorization endpoint: a page to sign in, and the code that goes back to the client (RFC 6749 section 4.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from reference_impl.domain.applications import Application
from reference_impl.http import HttpAnswer
from reference_impl.oauth.authority import Authority, Visit
from reference_impl.oauth.clients import find_application, read_redirect
from reference_impl.oauth.errors import (
    ACCESS_DENIED,
    CHALLENGE_INVALID,
    LOGIN_REQUIRED,
    METHOD_WRONG,
    NO_STORE,
    RESPONSE_MODE_UNSUPPORTED,
    RESPONSE_UNSUPPORTED,
    Refused,
    describe,
)
from reference_impl.oauth.grants import client_info, sign_in
from reference_impl.oauth.ledger import CODE_LIFETIME, Authorization
from reference_impl.oauth.pages import page, posting_page
from reference_impl.oauth.resources import DEFAULT, delegated, read_scope

_MODES: Final = ("query", "fragment", "form_post")
_METHODS: Final = ("plain", "S256")
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_FORM: Final = frozenset({"username", "password", "answer"})
"""What the page adds to the parameters of the request, which it carries along."""


@dataclass(frozen=True, slots=True)
class _Request:
    """An authorization request whose client and redirect URI are good: from here on refusals go back there."""

    application: Application
    redirect: str
    mode: str
    state: str

    def send(self, **members: str) -> HttpAnswer:
        """Send members back to the client, in the way that it asked for."""
        told = {**members, **({"state": self.state} if self.state else {})}
        if self.mode == "form_post":
            return posting_page(self.redirect, told)
        parts = urlsplit(self.redirect)
        if self.mode == "fragment":
            return _found(f"{self.redirect}#{urlencode(told)}")
        query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *told.items()])
        return _found(parts._replace(query=query).geturl())


def authorize(authority: Authority, visit: Visit) -> HttpAnswer:
    """The page to sign in, and what its form leads to.

    Raises Refused where it is not known that the user may be sent back.
    """
    if visit.request.method not in {"GET", "POST"}:
        raise Refused(METHOD_WRONG, offered="GET, POST")
    tenant = authority.world.tenant
    application = find_application(authority.world, visit.need("client_id"))
    redirect = read_redirect(application, visit.get("redirect_uri"), is_registered=bool(tenant.applications))
    mode = visit.get("response_mode") or "query"
    asked = _Request(application, redirect, mode if mode in _MODES else "query", visit.get("state"))
    try:
        _check_mode(mode)
        return _signed_in(authority, visit, asked)
    except Refused as refused:
        trace = authority.trace(visit.request)
        return asked.send(error=refused.kind.error, error_description=describe(refused, trace))


def _signed_in(authority: Authority, visit: Visit, asked: _Request) -> HttpAnswer:
    if visit.need("response_type") != "code":
        raise Refused(RESPONSE_UNSUPPORTED, given=visit.get("response_type"))
    _check_challenge(visit)
    wish = read_scope(visit.get("scope"), visit.request.origin, visit.get("resource"))
    delegated(wish, asked.application, authority.offered)
    if visit.get("prompt") == "none":
        raise Refused(LOGIN_REQUIRED)
    if visit.get("answer") == "decline":
        raise Refused(ACCESS_DENIED)
    trouble = ""
    if visit.request.method == "POST" and visit.get("username") and visit.get("password"):
        try:
            person = sign_in(authority, visit.get("username"), visit.get("password"))
        except Refused as refused:
            trouble = str(refused)
        else:
            members = {"code": _code(authority, visit, person.id)}
            if visit.get("client_info") == "1":
                members["client_info"] = client_info(authority, person)
            return asked.send(**members, session_state=authority.trace(visit.request).trace_id)
    return page(
        "login",
        action=visit.request.path,
        application=asked.application.name,
        permissions=", ".join(name for name in wish.permissions if name != DEFAULT),
        trouble=trouble,
        username=visit.get("username") or visit.get("login_hint"),
        hidden={name: value for name, value in visit.parameters.items() if name not in _FORM},
    )


def _code(authority: Authority, visit: Visit, user_id: str) -> str:
    now = authority.world.clock.now()
    code = f"0.{authority.world.ids.token(32).hex()}"
    authorization = Authorization(
        user_id=user_id,
        application_id=visit.get("client_id"),
        scope=visit.get("scope"),
        resource=visit.get("resource"),
        redirect=visit.get("redirect_uri"),
        nonce=visit.get("nonce"),
        challenge=visit.get("code_challenge"),
        method=visit.get("code_challenge_method") or "plain",
    )
    authority.ledger.codes.put(code, authorization, now + CODE_LIFETIME, now)
    return code


def _check_mode(mode: str) -> None:
    if mode not in _MODES:
        raise Refused(RESPONSE_MODE_UNSUPPORTED, given=mode)


def _check_challenge(visit: Visit) -> None:
    """RFC 7636 sections 4.2 and 4.3."""
    challenge, method = visit.get("code_challenge"), visit.get("code_challenge_method")
    if method and method not in _METHODS:
        raise Refused(CHALLENGE_INVALID, reason=f"there is no method '{method}'.")
    if method and not challenge:
        raise Refused(CHALLENGE_INVALID, reason="there is a method and no challenge.")
    if challenge and not _CHALLENGE.fullmatch(challenge):
        raise Refused(CHALLENGE_INVALID, reason="it has 43 to 128 characters, letters, digits and -._~.")


def _found(location: str) -> HttpAnswer:
    return HttpAnswer(302, (("Location", location), *NO_STORE, ("Referrer-Policy", "no-referrer")))
