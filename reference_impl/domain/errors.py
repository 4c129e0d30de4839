"""Everything the domain can refuse. Errors carry data and no wire words; each dialect has one table, error -> code."""

from __future__ import annotations

from typing import ClassVar


class DomainError(Exception):
    """A refused act: nothing has changed in any mailbox."""

    sentence: ClassVar[str] = "The request was refused."

    def __init__(self, **data: object) -> None:
        self.data = data
        super().__init__(self.sentence.format(**data) if data else self.sentence)


class ItemNotFound(DomainError):
    """No such item in this mailbox."""

    sentence = "The item was not found in this mailbox."


class FolderNotFound(DomainError):
    """No such folder in this mailbox."""

    sentence = "The folder was not found in this mailbox."


class MailboxNotFound(DomainError):
    """Nobody has this address."""

    sentence = "No mailbox has the address {address}."


class AccessDenied(DomainError):
    """The actor may not do this to that mailbox."""

    sentence = "Access to this mailbox is denied."


class EndNotAfterStart(DomainError):
    """A calendar item would end before it starts."""

    sentence = "The end must not be earlier than the start."


class DurationTooLong(DomainError):
    """A calendar item would last longer than five years."""

    sentence = "A calendar item may last five years at most."


class OutsideCalendar(DomainError):
    """A moment that no calendar holds."""

    sentence = "Calendars have the years {first} to {last}; got {moment}."


class AllDayNotMidnight(DomainError):
    """An all-day item must run from midnight to midnight of its own zone."""

    sentence = "An all-day item must start and end at midnight and last at least 24 hours."


class NotACalendarFolder(DomainError):
    """A calendar item was to be put into a folder of another kind."""

    sentence = "Calendar items can be saved in calendar folders only."


class NoSuchTimeZone(DomainError):
    """A zone name nobody knows."""

    sentence = "The time zone {name!r} is not known."


class StaleVersion(DomainError):
    """The item changed after the caller read it."""

    sentence = "The item has changed since it was read."


class IsOrganizer(DomainError):
    """The organizer cannot answer the own meeting."""

    sentence = "The organizer cannot respond to the own meeting."


class IsNotOrganizer(DomainError):
    """Only the organizer can cancel."""

    sentence = "Only the organizer can cancel the meeting."


class IsNotMeeting(DomainError):
    """The act needs a meeting, the item is an appointment."""

    sentence = "The item is not a meeting."


class MeetingIsCancelled(DomainError):
    """A cancelled meeting takes no answers."""

    sentence = "The meeting has been cancelled."


class RequestIsOutOfDate(DomainError):
    """A newer request for the same meeting has arrived."""

    sentence = "The meeting request has been superseded by a newer one."


class NotRespondable(DomainError):
    """Only meeting requests and received meetings can be answered."""

    sentence = "Only a meeting request or a received meeting can be answered."


class NotCancellable(DomainError):
    """Only calendar items can be cancelled."""

    sentence = "Only a calendar item can be cancelled."


class NotRemovable(DomainError):
    """Only a received cancellation can be used to remove a meeting."""

    sentence = "Only a meeting cancellation can be removed from the calendar."


class ResponseNotRequested(DomainError):
    """The organizer has not asked for answers, so none can be sent."""

    sentence = "The organizer has not requested a response."


class ProposalsNotAllowed(DomainError):
    """The organizer does not allow other times to be proposed."""

    sentence = "The organizer does not allow proposals of a new time."


class ProposalNotSent(DomainError):
    """A proposal makes sense only in a response that is sent."""

    sentence = "A new time can be proposed only in a response that is sent."


class ProposalIncomplete(DomainError):
    """A proposal needs both a start and an end."""

    sentence = "A proposed new time needs both a start and an end."


class NoRecipients(DomainError):
    """Something is to be sent to nobody."""

    sentence = "There is nobody to send this to."


class BadAddress(DomainError):
    """An address that is no SMTP address."""

    sentence = "{address!r} is not an SMTP address."


class DeletedItemNotSendable(DomainError):
    """Updates of an item in Deleted Items cannot be sent."""

    sentence = "An item in Deleted Items can be updated only without sending."


class SentRequestNotEditable(DomainError):
    """A meeting request that has been sent cannot be edited."""

    sentence = "A sent meeting request cannot be updated."


class TooManyAttendees(DomainError):
    """More attendees than a meeting may have."""

    sentence = "A meeting may have {limit} attendees at most."


class DuplicateTransaction(DomainError):
    """A client's transaction id is already used by a different event."""

    sentence = "The transaction id is already used by another event."


class WindowInvalid(DomainError):
    """A window of time whose end is not after its start."""

    sentence = "The end of the window must be after its start."


class WindowTooLong(DomainError):
    """A window of time longer than allowed."""

    sentence = "The window is {days} days long; {limit} days are allowed."


class IntervalInvalid(DomainError):
    """A free/busy interval outside 5..1440 minutes or longer than the window."""

    sentence = "The interval must be between 5 and 1440 minutes and not longer than the window."


class TooManyMailboxes(DomainError):
    """More mailboxes asked about than allowed."""

    sentence = "{size} mailboxes were asked about; {limit} are allowed."


class ListTooLarge(DomainError):
    """A distribution list with too many members to expand."""

    sentence = "The list has {size} members; lists of up to {limit} are expanded."


class TooManyEvents(DomainError):
    """More calendar events in the window than allowed."""

    sentence = "There are {size} events in the window; {limit} are allowed."


class NoFreeBusyAccess(DomainError):
    """The actor may see nothing of that calendar."""

    sentence = "The calendar's free/busy information may not be read."
