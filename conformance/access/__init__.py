"""How an account reaches a target: the connection, what it trusts, and how a person signs in."""

from conformance.access.connecting import authorities, connect
from conformance.access.signing import sign_in

__all__ = ["authorities", "connect", "sign_in"]
