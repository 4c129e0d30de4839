"""The named deviations that acts know: each is looked for at one place, by name, in ``World.faults``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ACT_FAULTS: Final[Mapping[str, str]] = {
    "answer-not-noted": "The organizer's entry of an attendee does not change when the answer arrives.",
    "answer-time-not-noted": "The organizer's entry of an attendee has no time of the answer.",
    "proposal-not-noted": "The organizer's entry of an attendee has no proposed time.",
    "answers-survive-new-time": "The organizer's entries keep their answers when the time changes.",
    "cancellation-ignored": "The attendee's copy does not become cancelled when the cancellation arrives.",
    "declined-copy-stays": "A declined meeting stays on the attendee's calendar.",
    "older-requests-stay-current": "Requests are not marked as outdated when a newer one arrives.",
    "private-details-told": "Free/busy tells everybody what private items are about.",
    "proposals-always-allowed": "A new time can be proposed although the organizer does not allow it.",
    "removed-not-told": "Attendees removed from a meeting receive no cancellation.",
    "request-stays-in-inbox": "An answered request stays in the Inbox.",
    "sent-copy-missing": "Sent Items keeps no copy of anything.",
    "sequence-stands-still": "Updates do not raise the sequence number.",
    "stale-writer-wins": "A write with an old version is never refused.",
}
"""Name -> sentence."""
