"""The one table of refusals, and the object that carries one (RFC 6749 section 5.2, and the platform's members).

The numbers are those of the platform's own list of AADSTS codes; the words are ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import orjson

from reference_impl.http import HttpAnswer

NO_STORE: Final = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))
JSON: Final = (("Content-Type", "application/json"), *NO_STORE)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of refusal: its number, the error of the standard, a sentence, and the status of an answer in JSON."""

    number: int
    error: str
    sentence: str
    status: int = 400
    suberror: str = ""


class Refused(Exception):
    """A request that is given no token; nothing has changed."""

    def __init__(self, kind: Kind, **data: object) -> None:
        self.kind, self.data = kind, data
        super().__init__(kind.sentence.format(**data))


# What was sent
PARAMETER_MISSING: Final = Kind(900144, "invalid_request", "The request needs the parameter '{name}'.")
PARAMETER_REPEATED: Final = Kind(9000411, "invalid_request", "The parameter '{name}' was sent more than once.")
METHOD_WRONG: Final = Kind(900561, "invalid_request", "This endpoint takes {offered} requests only.", 405)
TENANT_UNKNOWN: Final = Kind(90002, "invalid_tenant", "The tenant '{tenant}' was not found.")
INSTANCE_UNKNOWN: Final = Kind(50049, "invalid_instance", "'{host}' is not an instance known here.")
GRANT_UNSUPPORTED: Final = Kind(70003, "unsupported_grant_type", "There is no grant type '{grant}'; there are {known}.")
RESPONSE_UNSUPPORTED: Final = Kind(
    700054, "unsupported_response_type", "The response_type '{given}' is not offered; 'code' is."
)
RESPONSE_MODE_UNSUPPORTED: Final = Kind(
    70007, "unsupported_response_mode", "There is no response_mode '{given}'; there are query, fragment and form_post."
)
MALFORMED: Final = Kind(9002313, "invalid_request", "The request is malformed: {reason}")
TOO_LARGE: Final = Kind(9002313, "invalid_request", "A request may have {limit} bytes at most.", 413)
OWN_MISTAKE: Final = Kind(90033, "server_error", "The server failed on this request; its log tells why.", 500)
# Which client
CLIENT_UNKNOWN: Final = Kind(
    700016, "unauthorized_client", "The application '{client}' is not registered in the tenant '{tenant}'."
)
SECRET_WRONG: Final = Kind(7000215, "invalid_client", "The client secret of '{client}' is another.", 401)
SECRET_MISSING: Final = Kind(7000218, "invalid_client", "The request needs a client_secret or a client_assertion.", 401)
ASSERTION_KIND: Final = Kind(50027, "invalid_request", "There is no client_assertion_type '{given}'.")
ASSERTION_UNKNOWN: Final = Kind(
    700027, "invalid_client", "No certificate that is registered for '{client}' signed the client assertion.", 401
)
ASSERTION_OF_ANOTHER: Final = Kind(
    700021, "invalid_client", "The issuer and subject of the client assertion are not '{client}'.", 401
)
ASSERTION_FOR_ANOTHER: Final = Kind(
    700023, "invalid_client", "The audience '{audience}' of the client assertion is not this server.", 401
)
ASSERTION_EXPIRED: Final = Kind(700024, "invalid_client", "The client assertion has expired.", 401)
REDIRECT_UNKNOWN: Final = Kind(
    50011, "invalid_request", "The redirect URI '{redirect}' is not one of those registered for '{client}'."
)
# What it asks for
SCOPE_INVALID: Final = Kind(70011, "invalid_scope", "The scope '{scope}' is not valid.")
SCOPE_NOT_DEFAULT: Final = Kind(
    1002012, "invalid_scope", "Application permissions are asked for by a resource with /.default, not by '{scope}'."
)
RESOURCES_MIXED: Final = Kind(28000, "invalid_request", "The scope names more than one resource: {resources}.")
RESOURCE_UNKNOWN: Final = Kind(500011, "invalid_resource", "There is no resource '{resource}' in this tenant.")
NOT_CONSENTED: Final = Kind(
    65001, "invalid_grant", "Nobody has consented that '{client}' may use {scopes}.", suberror="consent_required"
)
# For whom
USER_UNKNOWN: Final = Kind(50034, "invalid_grant", "There is no user account '{user}' in this tenant.")
PASSWORD_WRONG: Final = Kind(50126, "invalid_grant", "The user name or the password is wrong.")
LOGIN_REQUIRED: Final = Kind(50058, "login_required", "Nobody is signed in, and prompt=none forbids to ask.")
ACCESS_DENIED: Final = Kind(65004, "access_denied", "The user declined to sign in.")
# With what
CODE_INVALID: Final = Kind(70000, "invalid_grant", "The {what} is not one of this server.")
CODE_EXPIRED: Final = Kind(70008, "invalid_grant", "The {what} has expired.")
CODE_REDEEMED: Final = Kind(54005, "invalid_grant", "The authorization code was redeemed before.")
CODE_OF_ANOTHER: Final = Kind(700003, "invalid_grant", "The {what} was given to another client.")
REDIRECT_CHANGED: Final = Kind(500112, "invalid_grant", "The redirect URI is not that of the authorization request.")
VERIFIER_WRONG: Final = Kind(501481, "invalid_grant", "The code_verifier does not fit the code_challenge.")
CHALLENGE_INVALID: Final = Kind(501491, "invalid_request", "The code_challenge is not one of RFC 7636: {reason}")
DEVICE_PENDING: Final = Kind(70016, "authorization_pending", "The user has not signed in yet; go on asking.")
DEVICE_DECLINED: Final = Kind(65004, "authorization_declined", "The user declined to sign in.")
DEVICE_EXPIRED: Final = Kind(70020, "expired_token", "The device code has expired.")
DEVICE_CODE_BAD: Final = Kind(70018, "bad_verification_code", "There is no such device code.")
USER_CODE_BAD: Final = Kind(70019, "invalid_request", "There is no such code, or it has expired.")


@dataclass(frozen=True, slots=True)
class Trace:
    """What every refusal says of its request: when it came, and the ids by which logs find it."""

    moment: datetime
    trace_id: str
    correlation_id: str

    @property
    def timestamp(self) -> str:
        """The time as the platform writes it."""
        return f"{self.moment:%Y-%m-%d %H:%M:%S}Z"


def describe(refused: Refused, trace: Trace) -> str:
    """The text of error_description: the number, the sentence and the trace in one."""
    return (
        f"AADSTS{refused.kind.number}: {refused} Trace ID: {trace.trace_id} "
        f"Correlation ID: {trace.correlation_id} Timestamp: {trace.timestamp}"
    )


def refusal(refused: Refused, trace: Trace, *further: tuple[str, str]) -> HttpAnswer:
    """The answer of an endpoint that speaks JSON; a client is told how it may authenticate."""
    kind = refused.kind
    body: dict[str, object] = {
        "error": kind.error,
        "error_description": describe(refused, trace),
        "error_codes": [kind.number],
        "timestamp": trace.timestamp,
        "trace_id": trace.trace_id,
        "correlation_id": trace.correlation_id,
    }
    if kind.suberror:
        body["suberror"] = kind.suberror
    challenge = (("WWW-Authenticate", 'Basic realm="meetproof"'),) if kind.status == 401 else ()
    return HttpAnswer(kind.status, (*JSON, *challenge, *further), orjson.dumps(body))
