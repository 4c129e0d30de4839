"""The one table from a refusal to its status and error code, and the envelope that carries them.

The codes follow what Outlook resources were seen to answer; where nothing is known ErrorInvalidRequest stands.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from reference_impl.domain import errors as domain
from reference_impl.graph import refusals

ERRORS: Final[dict[type[Exception], tuple[int, str]]] = {
    # The mailbox and its content
    domain.ItemNotFound: (404, "ErrorItemNotFound"),
    domain.FolderNotFound: (404, "ErrorItemNotFound"),
    domain.MailboxNotFound: (404, "ErrorInvalidUser"),
    domain.AccessDenied: (403, "ErrorAccessDenied"),
    domain.CreatingItemsDenied: (403, "ErrorAccessDenied"),
    domain.CreatingFoldersDenied: (403, "ErrorAccessDenied"),
    domain.SendingDenied: (403, "ErrorSendAsDenied"),
    domain.OthersDeletedItems: (400, "ErrorCannotDeleteObject"),
    domain.OtherMailbox: (400, "ErrorCrossMailboxMoveCopy"),
    domain.FolderNameMissing: (400, "ErrorInvalidRequest"),
    domain.FolderExists: (409, "ErrorFolderExists"),
    domain.FolderNotMovable: (400, "ErrorMoveCopyFailed"),
    domain.OwnFolderNotRenamable: (400, "ErrorInvalidRequest"),
    domain.OwnFolderNotMovable: (403, "ErrorMoveDistinguishedFolder"),
    domain.OwnFolderNotDeletable: (403, "ErrorDeleteDistinguishedFolder"),
    domain.FolderKindFixed: (400, "ErrorObjectTypeChanged"),
    domain.MeetingIsDelegated: (400, "ErrorInvalidRequest"),
    domain.NoDelegation: (404, "ErrorItemNotFound"),
    domain.NotADelegate: (404, "ErrorItemNotFound"),
    domain.DelegateExists: (409, "ErrorInvalidRequest"),
    domain.DelegateIsOwner: (400, "ErrorInvalidRequest"),
    domain.DelegateUnknown: (404, "ErrorInvalidUser"),
    domain.DelegateHasNoMailbox: (400, "ErrorInvalidUser"),
    domain.DelegateLevelInvalid: (400, "ErrorInvalidRequest"),
    domain.StaleVersion: (412, "ErrorIrresolvableConflict"),
    # Times
    domain.EndNotAfterStart: (400, "ErrorPropertyValidationFailure"),
    domain.DurationTooLong: (400, "ErrorPropertyValidationFailure"),
    domain.OutsideCalendar: (400, "ErrorPropertyValidationFailure"),
    domain.AllDayNotMidnight: (400, "ErrorInvalidRequest"),
    domain.NoSuchTimeZone: (400, "TimeZoneNotSupportedException"),
    # Meetings
    domain.NotACalendarFolder: (400, "ErrorInvalidRequest"),
    domain.IsOrganizer: (400, "ErrorInvalidRequest"),
    domain.IsNotOrganizer: (400, "ErrorInvalidRequest"),
    domain.IsNotMeeting: (400, "ErrorInvalidRequest"),
    domain.MeetingIsCancelled: (400, "ErrorInvalidRequest"),
    domain.RequestIsOutOfDate: (400, "ErrorInvalidRequest"),
    domain.NotRespondable: (400, "ErrorInvalidRequest"),
    domain.NotCancellable: (400, "ErrorInvalidRequest"),
    domain.NotRemovable: (400, "ErrorInvalidRequest"),
    domain.ResponseNotRequested: (400, "ErrorInvalidRequest"),
    domain.ProposalsNotAllowed: (400, "ErrorInvalidRequest"),
    domain.ProposalNotSent: (400, "ErrorInvalidParameter"),
    domain.ProposalIncomplete: (400, "RequestBodyRead"),
    domain.NoRecipients: (400, "ErrorInvalidRecipients"),
    domain.BadAddress: (400, "ErrorInvalidRecipients"),
    domain.DeletedItemNotSendable: (400, "ErrorInvalidRequest"),
    domain.SentRequestNotEditable: (400, "ErrorInvalidRequest"),
    domain.TooManyAttendees: (400, "ErrorInvalidRequest"),
    domain.DuplicateTransaction: (409, "ErrorDuplicateTransactionId"),
    domain.ForwardingNotAllowed: (403, "ErrorAccessDenied"),
    domain.NotSendable: (400, "ErrorInvalidRequest"),
    domain.ReceiptNotPending: (400, "ErrorInvalidRequest"),
    domain.MessageTooLarge: (413, "ErrorMessageSizeExceeded"),
    # Attachments
    domain.AttachmentNotFound: (404, "ErrorInvalidAttachmentId"),
    domain.AttachmentTooLarge: (413, "ErrorAttachmentSizeLimitExceeded"),
    domain.UploadNotFound: (404, "ErrorItemNotFound"),
    domain.ExtensionNotFound: (404, "ErrorItemNotFound"),
    domain.ExtensionExists: (409, "ErrorItemSave"),
    domain.UploadOutOfOrder: (416, "InvalidRange"),
    domain.AttachmentsTooDeep: (400, "ErrorAttachmentNestLevelLimitExceeded"),
    # Series
    domain.RecurrenceInvalid: (400, "ErrorPropertyValidationFailure"),
    domain.RecurrenceOutOfRange: (400, "ErrorPropertyValidationFailure"),
    domain.RecurrenceEndTooLate: (400, "ErrorPropertyValidationFailure"),
    domain.RecurrenceHasNoOccurrence: (400, "ErrorRecurrenceHasNoOccurrence"),
    domain.NotAMaster: (400, "ErrorInvalidRequest"),
    domain.NotAnOccurrence: (400, "ErrorInvalidRequest"),
    domain.NoSuchOccurrence: (404, "ErrorItemNotFound"),
    domain.OccurrenceIsDeleted: (404, "ErrorItemNotFound"),
    domain.OccurrenceCrossesNeighbour: (400, "ErrorOccurrenceCrossingBoundary"),
    domain.OccurrencesOverlap: (400, "ErrorOccurrenceTimeSpanTooBig"),
    domain.OccurrenceNotMovable: (400, "ErrorCalendarCannotMoveOrCopyOccurrence"),
    domain.OccurrenceHasNoRecurrence: (400, "ErrorPropertyValidationFailure"),
    # Synchronisation and notification
    domain.SyncStateInvalid: (410, "SyncStateNotFound"),
    domain.WatermarkInvalid: (410, "SyncStateNotFound"),
    domain.SubscriptionNotFound: (404, "ResourceNotFound"),
    domain.SubscriptionExpired: (404, "ResourceNotFound"),
    domain.SubscriptionOfAnother: (403, "ErrorAccessDenied"),
    domain.NotAPullSubscription: (400, "ErrorInvalidRequest"),
    domain.TooManySubscriptions: (400, "ErrorInvalidRequest"),
    domain.CallbackRefused: (400, "InvalidRequest"),
    domain.SubscriptionsInvalid: (404, "ResourceNotFound"),
    domain.TooManyStreamed: (400, "ErrorInvalidRequest"),
    domain.TooManyStreams: (400, "ErrorInvalidRequest"),
    # Free/busy
    domain.WindowInvalid: (400, "ErrorInvalidTimeInterval"),
    domain.WindowTooLong: (400, "ErrorTimeIntervalTooBig"),
    domain.IntervalInvalid: (400, "ErrorInvalidMergedFreeBusyInterval"),
    domain.TooManyMailboxes: (400, "ErrorMailboxDataArrayTooBig"),
    domain.ListTooLarge: (400, "ErrorMailboxDataArrayTooBig"),
    domain.TooManyEvents: (400, "ErrorInvalidRequest"),
    domain.NoFreeBusyAccess: (403, "ErrorAccessDenied"),
    domain.SuggestionOptionInvalid: (400, "ErrorInvalidRequest"),
    # Calendars, and how they are arranged and shared
    domain.CalendarIsDefault: (400, "ErrorInvalidRequest"),
    domain.CalendarGroupNotFound: (404, "ErrorItemNotFound"),
    domain.CalendarGroupExists: (409, "ErrorFolderExists"),
    domain.CalendarGroupNotEmpty: (400, "ErrorInvalidRequest"),
    domain.CalendarGroupIsDefault: (400, "ErrorInvalidRequest"),
    domain.ShareNotFound: (404, "ErrorItemNotFound"),
    domain.ShareExists: (409, "ErrorInvalidRequest"),
    domain.ShareNotRemovable: (400, "ErrorInvalidRequest"),
    domain.RoleNotAllowed: (400, "ErrorInvalidRequest"),
    # Settings and lists of a mailbox
    domain.CategoryNotFound: (404, "ErrorItemNotFound"),
    domain.CategoryNameMissing: (400, "ErrorInvalidRequest"),
    domain.CategoryExists: (409, "ErrorItemSave"),
    domain.WorkingHoursInvalid: (400, "ErrorInvalidTimeSettings"),
    domain.LanguageUnknown: (400, "InvalidArguments"),
    domain.PlaceNotFound: (404, "ResourceNotFound"),
    # Absences
    domain.OofDurationInvalid: (400, "ErrorInvalidScheduledOofDuration"),
    domain.OofReplyMissing: (400, "ErrorInvalidRequest"),
    domain.OofPlanInvalid: (400, "ErrorInvalidRequest"),
    # Who asks, and for what
    refusals.Unauthenticated: (401, "InvalidAuthenticationToken"),
    refusals.ScopeMissing: (403, "ErrorAccessDenied"),
    refusals.DirectoryForbidden: (403, "Authorization_RequestDenied"),
    refusals.NotForApplications: (403, "ErrorAccessDenied"),
    refusals.MailboxForbidden: (403, "ErrorAccessDenied"),
    refusals.MeNeedsUser: (400, "BadRequest"),
    refusals.UserUnknown: (404, "ErrorInvalidUser"),
    refusals.DirectoryObjectUnknown: (404, "Request_ResourceNotFound"),
    refusals.MailboxMissing: (404, "MailboxNotEnabledForRESTAPI"),
    # The request line and headers
    refusals.SegmentUnknown: (400, "BadRequest"),
    refusals.MethodNotAllowed: (405, "UnsupportedMethod"),
    refusals.NotAcceptable: (406, "NotAcceptable"),
    refusals.Throttled: (429, "TooManyRequests"),
    refusals.TooManyAtOnce: (429, "ApplicationThrottled"),
    refusals.IdMalformed: (400, "ErrorInvalidIdMalformed"),
    refusals.WrongKind: (400, "ErrorInvalidRequest"),
    refusals.OptionInvalid: (400, "BadRequest"),
    refusals.FilterUnsupported: (400, "ErrorInvalidUrlQueryFilter"),
    refusals.FilterInefficient: (400, "InefficientFilter"),
    refusals.ParameterInvalid: (400, "ErrorInvalidParameter"),
    refusals.AttachmentTooSmall: (400, "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize"),
    refusals.RangeTooLong: (413, "RequestEntityTooLarge"),
    refusals.WindowTooWide: (400, "ErrorInvalidRequest"),
    # The body
    refusals.BodyMissing: (400, "BadRequest"),
    refusals.ContentTypeMissing: (400, "BadRequest"),
    refusals.MediaTypeUnsupported: (415, "RequestBodyRead"),
    refusals.EncodingUnsupported: (415, "RequestBodyRead"),
    refusals.BodyNotJson: (400, "BadRequest"),
    refusals.BatchInvalid: (400, "BadRequest"),
    refusals.BodyInvalid: (400, "RequestBodyRead"),
    refusals.ArgumentInvalid: (400, "InvalidArguments"),
    refusals.ZoneInvalid: (400, "InvalidTimeZone"),
    refusals.PropertyInvalid: (400, "ErrorPropertyValidationFailure"),
    refusals.ScheduleWindowMissing: (400, "ErrorInvalidTimeInterval"),
    # Mail
    refusals.NotAnswerable: (400, "ErrorInvalidReferenceItem"),
    refusals.HeaderInvalid: (400, "InvalidInternetMessageHeader"),
    refusals.MimeNotBase64: (400, "ErrorMimeContentInvalidBase64String"),
    refusals.MimeUnreadable: (400, "ErrorMimeContentInvalid"),
    # Change notifications
    refusals.ResourceUnwatchable: (400, "InvalidRequest"),
    refusals.SubscriptionInvalid: (400, "InvalidRequest"),
    refusals.ListenerUnproven: (400, "InvalidRequest"),
    refusals.SubscriptionExists: (409, "Conflict"),
}

# scheduleInformation.error.responseCode: 5006 and 5009 are known, 5016 is the service's word for any other failure.
SCHEDULE_CODES: Final[dict[type[domain.DomainError], str]] = {
    domain.TooManyEvents: "5006",
    domain.MailboxNotFound: "5009",
}
SCHEDULE_CODE_OTHERWISE: Final = "5016"


def envelope(code: str, message: str, moment: datetime, request_id: str, client_request_id: str) -> dict[str, object]:
    """The body of a refusal."""
    return {
        "error": {
            "code": code,
            "message": message,
            "innerError": {
                "date": moment.strftime("%Y-%m-%dT%H:%M:%S"),
                "request-id": request_id,
                "client-request-id": client_request_id,
            },
        }
    }
