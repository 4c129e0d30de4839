"""A recording of EWS against one of Graph: what each request did, and what both show of the mailboxes."""

from conformance.diff.across.comparing import are_across, compare_across

__all__ = ["are_across", "compare_across"]
