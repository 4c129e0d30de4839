from __future__ import annotations

import pytest

from tests.conformance.live.live import running


@pytest.fixture(scope="module")
def server():
    with running() as ready:
        yield ready
