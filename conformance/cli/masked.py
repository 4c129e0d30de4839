"""The option ``--policy`` of commands that write or play recordings."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from conformance.tape.policies import Masking


def masking_asked_for(policy: str) -> Masking:
    """The masking of a policy by the key in the environment; a usage error for a policy that there is not."""
    from conformance.tape.policies import masking_of

    try:
        return masking_of(policy, os.environ)
    except ValueError as problem:
        raise typer.BadParameter(str(problem), param_hint="--policy") from None
