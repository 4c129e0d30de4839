"""What is said of unseen mutants is said by something that sees: hidden among those that nobody sees, mutants are found."""

from __future__ import annotations

import logging

import pytest

from tests.meta.server.search import read
from tests.meta.server.tables import ServerMutant, altering
from tests.meta.server.unseen import Look, differs, first_guilty, seen, together

STEM = "answers.accepted--ews-ews"
KNOWN = read()


@pytest.fixture(autouse=True)
def quiet():
    """No word of what the altered server does wrong."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
