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


class CreatingItemsDenied(AccessDenied):
    """The actor may not make items in that folder."""

    sentence = "Items may not be created in this folder."


class CreatingFoldersDenied(AccessDenied):
    """The actor may not make folders in that folder."""

    sentence = "Folders may not be created in this folder."


class SendingDenied(AccessDenied):
    """The actor may not send in that person's name."""

    sentence = "{actor} may not send in the name of {person}."


class OthersDeletedItems(DomainError):
    """Something was to go to another person's Deleted Items; it can only be deleted for good, or moved."""

    sentence = "Items of another mailbox cannot be deleted into its Deleted Items; move them, or delete them for good."


class OtherMailbox(DomainError):
    """Something was to leave its mailbox."""

    sentence = "Items and folders can be moved within their mailbox only."


class FolderNameMissing(DomainError):
    """A folder must have a name."""

    sentence = "A folder needs a name."


class FolderExists(DomainError):
    """Another folder in the same place has that name."""

    sentence = "A folder with the name {name!r} already exists there."


class FolderNotMovable(DomainError):
    """A folder cannot be put below itself, nor beside one of its name."""

    sentence = "The folder cannot be moved there: {reason}."


class OwnFolderNotRenamable(DomainError):
    """A folder that every mailbox has keeps its name."""

    sentence = "The folders that every mailbox has cannot be renamed."


class OwnFolderNotMovable(DomainError):
    """A folder that every mailbox has stays where it is."""

    sentence = "The folders that every mailbox has cannot be moved."


class OwnFolderNotDeletable(DomainError):
    """A folder that every mailbox has cannot be deleted."""

    sentence = "The folders that every mailbox has cannot be deleted."


class FolderKindFixed(DomainError):
    """A folder of one kind cannot become one of another."""

    sentence = "A folder of the class {present} cannot be given the class {asked}."


class MeetingIsDelegated(DomainError):
    """A delegate's copy of a meeting message is no way to answer for the person it was sent to."""

    sentence = "The message was sent to {person}, for whom it cannot be answered here."


class NoDelegation(DomainError):
    """Nothing was ever said of delegates of this mailbox."""

    sentence = "The mailbox has no delegates."


class NotADelegate(DomainError):
    """The user is no delegate of the mailbox."""

    sentence = "The user is not a delegate for the mailbox."


class DelegateExists(DomainError):
    """The user is a delegate of the mailbox already."""

    sentence = "The user is already a delegate for the mailbox."


class DelegateIsOwner(DomainError):
    """Nobody is the own delegate."""

    sentence = "The owner of a mailbox cannot be its delegate."


class DelegateUnknown(DomainError):
    """A delegate whom the directory does not know."""

    sentence = "Nobody is known as {user!r}."


class DelegateHasNoMailbox(DomainError):
    """Only people with a mailbox can be delegates."""

    sentence = "{user} has no mailbox and cannot be a delegate."


class DelegateLevelInvalid(DomainError):
    """A level of access that a delegate cannot be given."""

    sentence = "A delegate cannot be given the permission level {level}."


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


class ForwardingNotAllowed(DomainError):
    """The organizer asks that the meeting be passed on to nobody."""

    sentence = "The organizer does not allow the meeting to be forwarded."


class NotSendable(DomainError):
    """Only drafts of messages can be sent."""

    sentence = "Only a message that has not been sent yet can be sent."


class ReceiptNotPending(DomainError):
    """No sender waits for a receipt of this message."""

    sentence = "No read receipt is pending for this message."


class MessageTooLarge(DomainError):
    """More bytes than a message that is sent may have."""

    sentence = "A message may have {limit} bytes at most; got {size}."


class AttachmentNotFound(DomainError):
    """No such attachment on this item."""

    sentence = "The attachment was not found."


class UploadNotFound(DomainError):
    """An upload that never was, has ended, or whose time is over."""

    sentence = "The upload was not found; it may have ended, or have waited too long."


class UploadOutOfOrder(DomainError):
    """A piece of an upload that does not begin where the last one ended."""

    sentence = "The next byte expected is {expected}; the piece begins at {start}."


class ExtensionNotFound(DomainError):
    """No such extension on this item."""

    sentence = "The item has no extension named {name!r}."


class ExtensionExists(DomainError):
    """Another extension of this name on the same item."""

    sentence = "The item has an extension named {name!r} already."


class AttachmentTooLarge(DomainError):
    """More bytes than an attachment may have."""

    sentence = "An attachment may have {limit} bytes at most; got {size}."


class AttachmentsTooDeep(DomainError):
    """Items attached to items attached to items, and so on."""

    sentence = "Items may be attached to each other {limit} levels deep at most."


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


class SuggestionOptionInvalid(DomainError):
    """A number in a question for meeting times that lies outside its range."""

    sentence = "The {name} must be {first} to {last}; got {size}."


class NoFreeBusyAccess(DomainError):
    """The actor may see nothing of that calendar."""

    sentence = "The calendar's free/busy information may not be read."


class OofDurationInvalid(DomainError):
    """A scheduled absence that does not end after its start, or is over."""

    sentence = "A scheduled absence must end after its start, and in the future."


class OofReplyMissing(DomainError):
    """An absence without the words with which it is told."""

    sentence = "An absence needs an internal reply, and an external one unless nobody outside is told."


class OofPlanInvalid(DomainError):
    """What an absence cannot do to the calendar."""

    sentence = "The absence cannot be planned like this: {reason}."


class RecurrenceInvalid(DomainError):
    """A recurrence that cannot be built."""

    sentence = "The recurrence cannot be built: {reason}."


class RecurrenceOutOfRange(DomainError):
    """A number that no recurrence has."""

    sentence = "The {name} of a recurrence is 1 to {greatest}; got {number}."


class RecurrenceEndTooLate(DomainError):
    """A series that would end after the last day a series may have."""

    sentence = "A series ends on {latest} at the latest."


class RecurrenceHasNoOccurrence(DomainError):
    """A range in which the pattern has no day, or a change that would leave a series none."""

    sentence = "The series would have no occurrence."


class NotAMaster(DomainError):
    """An occurrence was asked for of an item that is no series."""

    sentence = "The item is not the master of a series."


class NotAnOccurrence(DomainError):
    """The master of an item was asked for that belongs to no series."""

    sentence = "The item is not an occurrence of a series."


class NoSuchOccurrence(DomainError):
    """A number beyond the occurrences of a series."""

    sentence = "The series has no occurrence with the number {number}."


class OccurrenceIsDeleted(DomainError):
    """The number of an occurrence that has been deleted."""

    sentence = "The occurrence with the number {number} has been deleted from its series."


class OccurrenceCrossesNeighbour(DomainError):
    """An occurrence was to be moved past, onto the day of, or into, the one before or after it."""

    sentence = "An occurrence must stay between the occurrence before it and the one after it."


class OccurrencesOverlap(DomainError):
    """Occurrences so long that each runs into the next."""

    sentence = "The occurrences of a series must not overlap each other."


class OccurrenceNotMovable(DomainError):
    """An occurrence cannot leave its series for another folder."""

    sentence = "An occurrence of a series cannot be moved or copied."


class OccurrenceHasNoRecurrence(DomainError):
    """A recurrence was to be set on one occurrence."""

    sentence = "Only a whole series has a recurrence; an occurrence cannot be given one."


class SyncStateInvalid(DomainError):
    """A synchronisation state that was not given for this folder, or that has been damaged."""

    sentence = "The synchronisation state is damaged, or belongs to another folder or mailbox."


class WatermarkInvalid(DomainError):
    """A place among a mailbox's events at which this subscription has never been."""

    sentence = "The watermark is damaged, or was not given for this subscription's events."


class SubscriptionNotFound(DomainError):
    """No such subscription, or no longer."""

    sentence = "The subscription was not found."


class SubscriptionExpired(DomainError):
    """A subscription that was not used for too long."""

    sentence = "The subscription has expired."


class SubscriptionOfAnother(DomainError):
    """A subscription that somebody else made."""

    sentence = "The subscription can be used only by who made it."


class NotAPullSubscription(DomainError):
    """A subscription whose events come by themselves."""

    sentence = "The subscription's events are not fetched."


class TooManySubscriptions(DomainError):
    """More subscriptions than a mailbox may have."""

    sentence = "A mailbox may have {limit} subscriptions at a time."


class SubscriptionsInvalid(DomainError):
    """Subscriptions that are not there, not the caller's, or not of the kind that is asked for: their ``ids``."""

    sentence = "The connection cannot be opened for subscriptions that are not valid."

    def __init__(self, ids: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.ids = ids


class TooManyStreamed(DomainError):
    """More subscriptions than a connection may have."""

    sentence = "A connection may have {limit} subscriptions."


class TooManyStreams(DomainError):
    """More connections than a mailbox may have open."""

    sentence = "A mailbox may have {limit} connections open on which events are sent."


class CallbackRefused(DomainError):
    """A URL to which no events are pushed."""

    sentence = "Events cannot be pushed to this URL: {reason}."


class CalendarIsDefault(DomainError):
    """The default calendar cannot go, and one calendar always is the default."""

    sentence = "The mailbox's default calendar can neither be deleted nor stop being the default."


class CalendarGroupNotFound(DomainError):
    """No such group of calendars in this mailbox."""

    sentence = "The calendar group was not found in this mailbox."


class CalendarGroupExists(DomainError):
    """A group of calendars has that name."""

    sentence = "There is a calendar group with the name {name!r}."


class CalendarGroupNotEmpty(DomainError):
    """A group with calendars in it cannot be deleted."""

    sentence = "The calendar group {name!r} still has calendars."


class CalendarGroupIsDefault(DomainError):
    """A group that every mailbox has cannot be deleted."""

    sentence = "The calendar group {name!r} is one of the mailbox's own and cannot be deleted."


class ShareNotFound(DomainError):
    """Nobody has such an entry."""

    sentence = "The calendar has no such permission."


class ShareExists(DomainError):
    """Somebody to be given a role has one."""

    sentence = "{user} has a permission for this calendar already; change its role instead."


class ShareNotRemovable(DomainError):
    """The entry for everybody always is there."""

    sentence = "The permission for everybody cannot be removed; change its role instead."


class RoleNotAllowed(DomainError):
    """A role that somebody cannot be given in a calendar."""

    sentence = "{user} cannot be given the role {role} here; allowed: {allowed}."


class CategoryNotFound(DomainError):
    """No such category in the list."""

    sentence = "The category was not found in this mailbox."


class CategoryNameMissing(DomainError):
    """A category without a name."""

    sentence = "A category needs a name."


class CategoryExists(DomainError):
    """The list has a category of that name; case does not count."""

    sentence = "There is a category with the name {name!r}."


class WorkingHoursInvalid(DomainError):
    """Working hours that end before they begin."""

    sentence = "Working hours must end after they start, within one day."


class LanguageUnknown(DomainError):
    """A language that nobody can choose here."""

    sentence = "The language {tag!r} is not supported."


class PlaceNotFound(DomainError):
    """No such room or list of rooms."""

    sentence = "There is no place {key!r}."
