"""What EWS says when an act is refused: response codes, their texts, and the one table from domain errors to codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reference_impl.domain import errors
from reference_impl.ews.versions import Version


class ResponseError(Exception):
    """One item's failure: it becomes a response message of class Error inside a 200 answer.

    ``paths`` are finished path elements (t:FieldURI ...) for MessageXml.
    """

    def __init__(self, code: str, text: str, paths: tuple[str, ...] = ()) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text
        self.paths = paths


class SoapFault(Exception):
    """The whole request's failure: HTTP status 500 and a SOAP fault.

    ``violation`` is line, position and description of the place where the request leaves its schema; ``asked`` the
    version it asks for, as soon as that is known; ``values`` are named facts for MessageXml.
    """

    def __init__(
        self,
        code: str,
        text: str,
        violation: tuple[int, int, str] | None = None,
        values: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text
        self.violation = violation
        self.values = values or {}
        self.asked: Version | None = None


class ClientFault(SoapFault):
    """A fault in the form that Exchange 2007 gave to failures without a response code (DOC getuseroofsettings)."""

    def __init__(self, text: str) -> None:
        super().__init__("Client", text)


CODES: Final[Mapping[type[errors.DomainError], str]] = {
    errors.ItemNotFound: "ErrorItemNotFound",
    errors.FolderNotFound: "ErrorFolderNotFound",
    errors.MailboxNotFound: "ErrorMailRecipientNotFound",
    errors.AccessDenied: "ErrorAccessDenied",
    errors.CreatingItemsDenied: "ErrorCreateItemAccessDenied",
    errors.CreatingFoldersDenied: "ErrorCreateSubfolderAccessDenied",
    errors.SendingDenied: "ErrorSendAsDenied",
    errors.OthersDeletedItems: "ErrorCannotDeleteObject",
    errors.OtherMailbox: "ErrorCrossMailboxMoveCopy",
    errors.FolderNameMissing: "ErrorFolderSavePropertyError",
    errors.FolderExists: "ErrorFolderExists",
    errors.FolderNotMovable: "ErrorMoveCopyFailed",
    errors.OwnFolderNotRenamable: "ErrorFolderSaveFailed",
    errors.OwnFolderNotMovable: "ErrorMoveDistinguishedFolder",
    errors.OwnFolderNotDeletable: "ErrorDeleteDistinguishedFolder",
    errors.FolderKindFixed: "ErrorObjectTypeChanged",
    errors.MeetingIsDelegated: "ErrorInvalidOperation",
    errors.NoDelegation: "ErrorDelegateMissingConfiguration",
    errors.NotADelegate: "ErrorNotDelegate",
    errors.DelegateExists: "ErrorDelegateAlreadyExists",
    errors.DelegateIsOwner: "ErrorDelegateCannotAddOwner",
    errors.DelegateUnknown: "ErrorDelegateNoUser",
    errors.DelegateHasNoMailbox: "ErrorDelegateValidationFailed",
    errors.DelegateLevelInvalid: "ErrorInvalidDelegatePermission",
    errors.EndNotAfterStart: "ErrorCalendarEndDateIsEarlierThanStartDate",
    errors.DurationTooLong: "ErrorCalendarDurationIsTooLong",
    errors.OutsideCalendar: "ErrorValueOutOfRange",
    errors.AllDayNotMidnight: "ErrorCalendarInvalidPropertyValue",
    errors.NotACalendarFolder: "ErrorCannotCreateCalendarItemInNonCalendarFolder",
    errors.NoSuchTimeZone: "ErrorCalendarInvalidTimeZone",
    errors.StaleVersion: "ErrorIrresolvableConflict",
    errors.IsOrganizer: "ErrorInvalidOperation",
    errors.IsNotOrganizer: "ErrorCalendarIsNotOrganizer",
    errors.IsNotMeeting: "ErrorInvalidOperation",
    errors.MeetingIsCancelled: "ErrorInvalidOperation",
    errors.RequestIsOutOfDate: "ErrorCalendarMeetingRequestIsOutOfDate",
    errors.NotRespondable: "ErrorInvalidReferenceItem",
    errors.NotCancellable: "ErrorInvalidItemForOperationCancelItem",
    errors.NotRemovable: "ErrorInvalidItemForOperationRemoveItem",
    errors.ResponseNotRequested: "ErrorInvalidOperation",
    errors.ProposalsNotAllowed: "ErrorInvalidOperation",
    errors.ProposalNotSent: "ErrorInvalidOperation",
    errors.ProposalIncomplete: "ErrorMissingArgument",
    errors.NoRecipients: "ErrorInvalidRecipients",
    errors.BadAddress: "ErrorInvalidRecipients",
    errors.DeletedItemNotSendable: "ErrorCalendarCannotUpdateDeletedItem",
    errors.SentRequestNotEditable: "ErrorSentMeetingRequestUpdate",
    errors.ForwardingNotAllowed: "ErrorInvalidReferenceItem",
    errors.NotSendable: "ErrorInvalidItemForOperationSendItem",
    errors.ReceiptNotPending: "ErrorReadReceiptNotPending",
    errors.MessageTooLarge: "ErrorMessageSizeExceeded",
    errors.AttachmentNotFound: "ErrorInvalidAttachmentId",
    errors.AttachmentTooLarge: "ErrorAttachmentSizeLimitExceeded",
    errors.UploadNotFound: "ErrorItemNotFound",
    errors.ExtensionNotFound: "ErrorItemNotFound",
    errors.ExtensionExists: "ErrorItemSave",
    errors.UploadOutOfOrder: "ErrorInvalidOperation",
    errors.AttachmentsTooDeep: "ErrorAttachmentNestLevelLimitExceeded",
    errors.TooManyAttendees: "ErrorIndividualMailboxLimitReached",
    errors.DuplicateTransaction: "ErrorInvalidOperation",
    errors.RecurrenceInvalid: "ErrorCalendarInvalidRecurrence",
    errors.RecurrenceOutOfRange: "ErrorCalendarOutOfRange",
    errors.RecurrenceEndTooLate: "ErrorRecurrenceEndDateTooBig",
    errors.RecurrenceHasNoOccurrence: "ErrorRecurrenceHasNoOccurrence",
    errors.NotAMaster: "ErrorCalendarCannotUseIdForOccurrenceId",
    errors.NotAnOccurrence: "ErrorCalendarCannotUseIdForRecurringMasterId",
    errors.NoSuchOccurrence: "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange",
    errors.OccurrenceIsDeleted: "ErrorCalendarOccurrenceIsDeletedFromRecurrence",
    errors.OccurrenceCrossesNeighbour: "ErrorOccurrenceCrossingBoundary",
    errors.OccurrencesOverlap: "ErrorOccurrenceTimeSpanTooBig",
    errors.OccurrenceNotMovable: "ErrorCalendarCannotMoveOrCopyOccurrence",
    errors.OccurrenceHasNoRecurrence: "ErrorInvalidPropertySet",
    errors.SyncStateInvalid: "ErrorInvalidSyncStateData",
    errors.WatermarkInvalid: "ErrorInvalidWatermark",
    errors.SubscriptionNotFound: "ErrorSubscriptionNotFound",
    errors.SubscriptionExpired: "ErrorExpiredSubscription",
    errors.SubscriptionOfAnother: "ErrorSubscriptionAccessDenied",
    errors.NotAPullSubscription: "ErrorInvalidPullSubscriptionId",
    errors.TooManySubscriptions: "ErrorExceededSubscriptionCount",
    errors.CallbackRefused: "ErrorInvalidPushSubscriptionUrl",
    errors.SubscriptionsInvalid: "ErrorInvalidSubscription",
    errors.TooManyStreamed: "ErrorExceededSubscriptionCount",
    errors.TooManyStreams: "ErrorExceededConnectionCount",
    errors.WindowInvalid: "ErrorInvalidTimeInterval",
    errors.WindowTooLong: "ErrorTimeIntervalTooBig",
    errors.IntervalInvalid: "ErrorInvalidMergedFreeBusyInterval",
    errors.TooManyMailboxes: "ErrorMailboxDataArrayTooBig",
    errors.ListTooLarge: "ErrorFreeBusyDLLimitReached",
    errors.TooManyEvents: "ErrorResultSetTooBig",
    errors.NoFreeBusyAccess: "ErrorNoFreeBusyAccess",
    errors.OofDurationInvalid: "ErrorInvalidScheduledOofDuration",
    errors.OofReplyMissing: "ErrorInvalidUserOofSettings",
    errors.OofPlanInvalid: "ErrorInvalidUserOofSettings",
    errors.SuggestionOptionInvalid: "ErrorMeetingSuggestionGenerationFailed",
    errors.CalendarIsDefault: "ErrorDeleteDistinguishedFolder",
    errors.CalendarGroupNotFound: "ErrorItemNotFound",
    errors.CalendarGroupExists: "ErrorFolderExists",
    errors.CalendarGroupNotEmpty: "ErrorCannotDeleteObject",
    errors.CalendarGroupIsDefault: "ErrorCannotDeleteObject",
    errors.ShareNotFound: "ErrorItemNotFound",
    errors.ShareExists: "ErrorDelegateAlreadyExists",
    errors.ShareNotRemovable: "ErrorCannotDeleteObject",
    errors.RoleNotAllowed: "ErrorInvalidDelegatePermission",
    errors.CategoryNotFound: "ErrorItemNotFound",
    errors.CategoryNameMissing: "ErrorFolderSavePropertyError",
    errors.CategoryExists: "ErrorFolderExists",
    errors.WorkingHoursInvalid: "ErrorInvalidOperation",
    errors.LanguageUnknown: "ErrorInvalidOperation",
    errors.PlaceNotFound: "ErrorItemNotFound",
}
"""Domain error -> response code, wherever the request does not say more (DOC responsecode)."""

RESPONSE_OBJECT_CODES: Final[Mapping[str, Mapping[type[errors.DomainError], str]]] = {
    "AcceptItem": {
        errors.IsOrganizer: "ErrorCalendarIsOrganizerForAccept",
        errors.MeetingIsDelegated: "ErrorCalendarIsDelegatedForAccept",
        errors.MeetingIsCancelled: "ErrorCalendarIsCancelledForAccept",
        errors.NotRespondable: "ErrorInvalidItemForOperationAcceptItem",
        errors.IsNotMeeting: "ErrorInvalidItemForOperationAcceptItem",
    },
    "TentativelyAcceptItem": {
        errors.IsOrganizer: "ErrorCalendarIsOrganizerForTentative",
        errors.MeetingIsDelegated: "ErrorCalendarIsDelegatedForTentative",
        errors.MeetingIsCancelled: "ErrorCalendarIsCancelledForTentative",
        errors.NotRespondable: "ErrorInvalidItemForOperationTentative",
        errors.IsNotMeeting: "ErrorInvalidItemForOperationTentative",
    },
    "DeclineItem": {
        errors.IsOrganizer: "ErrorCalendarIsOrganizerForDecline",
        errors.MeetingIsDelegated: "ErrorCalendarIsDelegatedForDecline",
        errors.MeetingIsCancelled: "ErrorCalendarIsCancelledForDecline",
        errors.NotRespondable: "ErrorInvalidItemForOperationDeclineItem",
        errors.IsNotMeeting: "ErrorInvalidItemForOperationDeclineItem",
    },
    "CancelCalendarItem": {
        errors.IsNotMeeting: "ErrorInvalidItemForOperationCancelItem",
        errors.MeetingIsCancelled: "ErrorInvalidItemForOperationCancelItem",
    },
    "RemoveItem": {
        errors.IsOrganizer: "ErrorCalendarIsOrganizerForRemove",
        errors.MeetingIsDelegated: "ErrorCalendarIsDelegatedForRemove",
        errors.MeetingIsCancelled: "ErrorCalendarIsCancelledForRemove",
    },
}
"""Response object -> the codes that name it."""


def response_error(error: errors.DomainError, response_object: str = "") -> ResponseError:
    """The response message of a domain error; the nearest class in the tables decides."""
    special = RESPONSE_OBJECT_CODES.get(response_object, {})
    for kind in type(error).__mro__:
        code = special.get(kind) or CODES.get(kind)
        if code is not None:
            return ResponseError(code, str(error))
    raise error
