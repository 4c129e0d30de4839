"""One secret: the environment variable that holds it, and what it is called before people."""

from __future__ import annotations

import os
from dataclasses import dataclass


class MissingPassword(LookupError):
    """A secret is nowhere to be found; the message says where it is looked for."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret that an environment variable holds; a token cannot be typed in, a password can."""

    variable: str
    what: str
    is_typed: bool = True

    @property
    def title(self) -> str:
        """What it is, to begin a sentence with."""
        return self.what[0].upper() + self.what[1:]

    def read(self) -> str:
        """The secret; MissingPassword when the variable is not set."""
        try:
            return os.environ[self.variable]
        except KeyError:
            raise self.missing() from None

    def missing(self) -> MissingPassword:
        """What to raise where it is not there."""
        return MissingPassword(
            f"{self.title} is expected in the environment variable {self.variable}, which is not set."
        )
