"""Signing in on a device without a browser (RFC 8628): the code that it shows, and the page where it is entered."""

from __future__ import annotations

from typing import Final

import orjson

from reference_impl.http import HttpAnswer
from reference_impl.oauth.authority import Authority, Visit
from reference_impl.oauth.clients import find_application
from reference_impl.oauth.errors import JSON, METHOD_WRONG, USER_CODE_BAD, Refused
from reference_impl.oauth.grants import sign_in
from reference_impl.oauth.ledger import DEVICE_LIFETIME, Authorization, Device
from reference_impl.oauth.pages import page
from reference_impl.oauth.resources import delegated, read_scope

PAGE: Final = "/devicelogin"
INTERVAL_SECONDS: Final = 5
_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # 32, without those that look alike
_CODE_LENGTH: Final = 9


def begin(authority: Authority, visit: Visit) -> HttpAnswer:
    """The device authorization endpoint (RFC 8628 section 3.2). Raises Refused."""
    if visit.request.method != "POST":
        raise Refused(METHOD_WRONG, offered="POST")
    application = find_application(authority.world, visit.need("client_id"))
    wish = read_scope(visit.get("scope"), visit.request.origin, visit.get("resource"))
    delegated(wish, application, authority.offered)
    user_code = "".join(_LETTERS[byte % len(_LETTERS)] for byte in authority.world.ids.token(_CODE_LENGTH))
    device_code = authority.world.ids.token(32).hex()
    now = authority.world.clock.now()
    until = now + DEVICE_LIFETIME
    device = Device(user_code, application.id, visit.get("scope"), visit.get("resource"))
    authority.ledger.devices.put(device_code, device, until, now)
    authority.ledger.user_codes.put(user_code, device_code, until, now)
    place = f"{visit.request.origin}{PAGE}"
    seconds: object = int(DEVICE_LIFETIME.total_seconds())
    body = {
        "user_code": user_code,
        "device_code": device_code,
        "verification_url" if visit.is_old else "verification_uri": place,
        "expires_in": str(seconds) if visit.is_old else seconds,
        "interval": str(INTERVAL_SECONDS) if visit.is_old else INTERVAL_SECONDS,
        "message": f"To sign in, open {place} in a web browser and enter the code {user_code}.",
    }
    return HttpAnswer(200, JSON, orjson.dumps(body))


def enter(authority: Authority, visit: Visit) -> HttpAnswer:
    """The page where somebody enters the code of a device, and what its form leads to. Raises Refused."""
    if visit.request.method not in {"GET", "POST"}:
        raise Refused(METHOD_WRONG, offered="GET, POST")
    trouble = ""
    if visit.request.method == "POST" and visit.get("user_code"):
        try:
            return _entered(authority, visit)
        except Refused as refused:
            trouble = str(refused)
    return page(
        "device",
        action=PAGE,
        trouble=trouble,
        user_code=visit.get("user_code"),
        username=visit.get("username"),
    )


def _entered(authority: Authority, visit: Visit) -> HttpAnswer:
    kept = authority.ledger.user_codes.get(visit.get("user_code").strip().replace("-", "").upper())
    waiting = authority.ledger.devices.get(kept[1]) if kept else None
    if waiting is None or waiting[0] <= authority.world.clock.now() or waiting[1].authorization is not None:
        raise Refused(USER_CODE_BAD)
    device = waiting[1]
    if visit.get("answer") == "decline":
        device.is_declined = True
        authority.ledger.user_codes.pop(device.user_code)
        return page("told", title="Declined", text="The device is not signed in.", small="")
    person = sign_in(authority, visit.need("username"), visit.need("password"))
    device.authorization = Authorization(person.id, device.application_id, device.scope, device.resource)
    authority.ledger.user_codes.pop(device.user_code)
    name = find_application(authority.world, device.application_id).name
    return page("told", title="Signed in", text=f"{name} acts for you. You may close this window.", small="")
