"""What a flow's comment says: the exchange in the words of meetings, and which passive checks it fails."""

from __future__ import annotations

from conformance.model.exchange import Exchange
from conformance.model.verdict import Verdict
from conformance.passive import Seen, Watch
from conformance.tape.retelling import retold


class Comments:
    """Comments on the exchanges of one recording, in their order; what is kept between them is bounded."""

    def __init__(self) -> None:
        self._watch = Watch()
        self._number = 0

    def on(self, exchange: Exchange) -> str:
        """The comment on the next exchange."""
        self._number += 1
        told = retold(exchange)
        failed: dict[str, None] = {}
        held = 0
        connection = str(exchange.meta.get("connection", ""))
        for finding in self._watch.see(Seen(exchange, self._number, told.actor, connection)):
            if finding.verdict is Verdict.FAIL:
                failed[finding.requirement] = None
            else:
                held += 1
        verdict = f"does not hold: {', '.join(failed)}" if failed else f"{held} checks hold" if held else "no checks"
        return f"{told.line}; {verdict}"
