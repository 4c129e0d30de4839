"""Recordings as they may be told: without what they show to be a secret, wherever it stands."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TypeVar

from conformance.diff.outcome import Recording
from conformance.model.exchange import Exchange, Headers, Request, Response
from conformance.tape.actors import with_actor
from conformance.tape.bodies import TextBody, Unreadable
from conformance.tape.leaks import Secrets, leaks
from conformance.tape.redact import LEFT_OUT, redact

Message = TypeVar("Message", Request, Response)


def without_secrets(left: Recording, right: Recording) -> tuple[Recording, Recording]:
    """Both recordings without the secrets that either shows; of a body that cannot be searched, its digest stands."""
    secrets = Secrets()
    ours, theirs = ([_redacted(each, secrets) for each in side.exchanges] for side in (left, right))
    if len(secrets):
        ours, theirs = ([_hidden(each, secrets) for each in side] for side in (ours, theirs))
    return replace(left, exchanges=ours), replace(right, exchanges=theirs)


def _redacted(exchange: Exchange, secrets: Secrets) -> Exchange:
    """The exchange redacted, and its secrets learned; one that was redacted when it was recorded stays itself."""
    told = redact(with_actor(exchange))
    if (told.request, told.response) == (exchange.request, exchange.response):
        return exchange
    secrets.learn(exchange)
    return replace(
        told, request=_digested(told.request, exchange.request), response=_digested(told.response, exchange.response)
    )


def _digested(told: Message, original: Message) -> Message:
    """A message by the digest of a body that redaction left out, so that two of them can be told apart."""
    if told.body != LEFT_OUT or original.body == LEFT_OUT:
        return told
    return replace(told, body=LEFT_OUT + hashlib.sha256(original.body).hexdigest().encode())


def _hidden(exchange: Exchange, secrets: Secrets) -> Exchange:
    """The exchange without secrets that stand where none are declared, such as a password in a subject."""
    if not leaks(exchange, secrets):
        return exchange
    request, response = exchange.request, exchange.response
    return replace(
        exchange,
        request=replace(
            request,
            url=secrets.hidden(request.url),
            headers=_headers(request.headers, secrets),
            body=_body(request, secrets),
        ),
        response=replace(response, headers=_headers(response.headers, secrets), body=_body(response, secrets)),
    )


def _headers(headers: Headers, secrets: Secrets) -> Headers:
    return tuple((name, secrets.hidden(value)) for name, value in headers)


def _body(message: Request | Response, secrets: Secrets) -> bytes:
    try:
        body = TextBody.of(message)
    except Unreadable:
        return message.body
    return body.again(secrets.hidden(body.text)) if secrets.within(body.text) else message.body
