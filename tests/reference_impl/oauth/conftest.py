"""Servers for the tests of the identity platform."""

from __future__ import annotations

from typing import Any

import pytest

from reference_impl.directory.tenants import tenant_of
from reference_impl.server import Options, application
from tests.reference_impl.oauth.calling import Platform


@pytest.fixture
def platform_with():
    """A function that starts a server with these applications."""
    started = []

    def start(*applications: dict[str, Any], tenant: dict[str, str] | None = None, seed: str = "own") -> Platform:
        registered = tenant_of(tenant or {}, list(applications), "test")
        started.append(application(Options(seed=seed, tenant=registered)))
        return Platform(started[-1])

    yield start
    for each in started:
        each.world.store.close()


@pytest.fixture
def platform(platform_with):
    return platform_with()
