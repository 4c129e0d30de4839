"""How cases keep out of each other's way, and out of everybody else's, before a server that others use too."""

from conformance.isolation.clearing import LeftBehind, TracedTransport, Traces, clear, words_of
from conformance.isolation.leases import InUse, lease_mailboxes, lease_weeks

__all__ = ["InUse", "LeftBehind", "TracedTransport", "Traces", "clear", "lease_mailboxes", "lease_weeks", "words_of"]
