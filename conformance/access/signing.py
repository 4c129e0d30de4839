"""How an account signs in at an endpoint."""

from __future__ import annotations

from conformance.client.auth import AuthenticatedTransport, Basic, Bearer, client_credentials, password_grant
from conformance.client.handshake import LoggedInTransport, by_password, replayed
from conformance.client.protocol import Transport
from conformance.targets import Account, Endpoint
from conformance.targets.target import BASIC, OAUTH


def sign_in(
    transport: Transport, account: Account, endpoint: Endpoint, scope: str = "", *, is_replayed: bool = False
) -> Transport:
    """A transport that shows an account's credentials as the endpoint wants them; ``scope`` asks for less than all.

    MissingPassword where they are nowhere. Before a recording (``is_replayed``) none are needed.
    """
    if endpoint.auth == OAUTH:
        return AuthenticatedTransport(transport, _bearer(account, endpoint, scope, is_replayed), account.login)
    if endpoint.auth == BASIC:
        return AuthenticatedTransport(transport, Basic(account.login, account.password), account.login)
    opening = replayed if is_replayed else by_password(endpoint.auth, account.login, account.password)
    return LoggedInTransport(transport, endpoint.auth, opening, account.login)


def _bearer(account: Account, endpoint: Endpoint, scope: str, is_replayed: bool) -> Bearer:
    own = account.token_secret(endpoint.protocol)
    if own is not None:
        return Bearer("replayed" if is_replayed else own.read())
    if not endpoint.token_url:  # a recording made with tokens that are not on it
        return Bearer("replayed")
    asked = scope or endpoint.scope
    client, secret = endpoint.client_id, endpoint.client_secret
    if endpoint.is_for_applications:
        return Bearer(client_credentials(endpoint.token_url, client, secret, asked))
    return Bearer(password_grant(endpoint.token_url, account.login, account.password, asked, client, secret))
