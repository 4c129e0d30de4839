"""Connections to a target: its timeout, and the authorities that it is checked against."""

from __future__ import annotations

import ssl
from functools import cache

import httpx

from conformance.client.live import LiveTransport
from conformance.targets import Target


def connect(target: Target) -> LiveTransport:
    """A transport to a target."""
    return LiveTransport(timeout=target.timeout, verify=authorities(target.tls_ca))


@cache
def authorities(file: str) -> ssl.SSLContext:
    """The usual authorities, and those of a PEM file; read once, for that takes longer than many a case."""
    context = httpx.create_ssl_context()
    if file:
        context.load_verify_locations(file)
    return context
