"""All passive checks over one recording, exchange by exchange."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from conformance.catalogue import Catalogue, applies_to, standard_catalogue
from conformance.passive.check import PassiveCheck
from conformance.passive.checks import CHECKS
from conformance.passive.finding import Finding
from conformance.passive.seen import Seen
from conformance.wire.operation import Protocol


class Watch:
    """Tells every check each exchange in turn; what is kept between them is bounded, however many there are.

    A finding counts where its requirement applies to the schema version that the exchange asks for.
    """

    def __init__(self, checks: Sequence[PassiveCheck] = CHECKS, catalogue: Catalogue | None = None) -> None:
        self._catalogue = standard_catalogue() if catalogue is None else catalogue
        begun = [(check.protocol, check.begin()) for check in checks]
        self._watching = {
            spoken: [watching for only, watching in begun if only in {None, spoken}] for spoken in Protocol
        }
        self._applying: dict[str, dict[str, bool]] = {}  # requirements by the version that is asked for

    def see(self, seen: Seen) -> Iterator[Finding]:
        """What all checks find in the next exchange."""
        version = seen.version
        applying = self._applying.setdefault(version, {})
        for part in seen.parts:
            for watching in self._watching[part.protocol]:
                for finding in watching(part):
                    applies = applying.get(finding.requirement)
                    if applies is None:
                        applies = applying[finding.requirement] = self._applies(finding.requirement, version)
                    if applies:
                        yield finding if part.within is None else finding._replace(path=part.whole(finding.path))

    def _applies(self, requirement: str, version: str) -> bool:
        return not version or applies_to(self._catalogue.requirement(requirement), version)
