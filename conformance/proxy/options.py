"""The options that the recorder adds to mitmproxy's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from conformance.proxy.settings import FILTERS, SPLITS, SPOOL
from conformance.tape.policies import KEY, Policy

PREFIX: Final = "meetproof_"
"""What the names of the options begin with in mitmproxy."""

OPTIONS: Final[Mapping[str, tuple[type, Any, str]]] = {
    "out": (str, "meetproof-cassettes", "Folder that the cassettes are written to."),
    "origin": (str, "", "Origin to write in place of the upstream's own, such as https://meetproof.example."),
    "deterministic": (
        bool,
        False,
        "Leave out times and connections, so that equal traffic gives equal files.",
    ),
    "split": (str, "run", f"One cassette for untagged traffic per: {', '.join(SPLITS)}."),
    "routed": (bool, False, "Let local clients name a loopback upstream per request (meetproof-upstream)."),
    "only": (Sequence[str], [], f"Record only this, such as mailbox=ann@*; of: {', '.join(FILTERS)}."),
    "rotate_size": (str, "", "Begin another cassette of untagged traffic at this size, such as 100MB."),
    "rotate_time": (str, "", "Begin another cassette of untagged traffic after this time, such as 1h."),
    "on_full": (str, "pass", "Whether traffic passes or stops once the disk is full: pass, stop."),
    "apart": (bool, True, "Redact and write in a process of its own, which holds up no traffic."),
    "policy": (str, "secrets", f"What is made unrecognizable, by the key in {KEY}: {', '.join(Policy)}."),
    "comments": (str, "auto", "Say in a flow's comment what it is: yes, no, or auto for where it is seen."),
    "spool": (
        str,
        SPOOL,
        "Bodies beyond this size are passed on while they come, and kept beside cassettes.",
    ),
}
"""Their names without the prefix, which are those of ``settings``, with type, default and words for people."""
