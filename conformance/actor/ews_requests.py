"""EWS requests as small builders; every function returns the operation, without its envelope."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.actor.acts import Changes, Draft
from conformance.actor.equivalence import EWS_SPELLING_OF_SHOW_AS
from conformance.actor.ews_recurrence import recurrence, zones
from conformance.actor.times import xml_time
from conformance.actor.views import Answer, Folder, MeetingRef, Slot
from conformance.actor.xml import NOTHING, Markup, m, several, t

SEND_TO_ALL = "SendToAllAndSaveCopy"

ANSWERS = {Answer.ACCEPT: "AcceptItem", Answer.TENTATIVE: "TentativelyAcceptItem", Answer.DECLINE: "DeclineItem"}

FOLDERS = {
    Folder.INBOX: "inbox",
    Folder.SENT: "sentitems",
    Folder.DELETED: "deleteditems",
    Folder.DRAFTS: "drafts",
}

UTC_RULES = t(
    "TimeZone",
    t("Bias", "0"),
    t(
        "StandardTime",
        t("Bias", "0"),
        t("Time", "00:00:00"),
        t("DayOrder", "0"),
        t("Month", "0"),
        t("DayOfWeek", "Sunday"),
    ),
    t(
        "DaylightTime",
        t("Bias", "0"),
        t("Time", "00:00:00"),
        t("DayOrder", "0"),
        t("Month", "0"),
        t("DayOfWeek", "Sunday"),
    ),
)
"""A zone that never changes and equals UTC, as availability requests spell it."""


Named = MeetingRef | Markup
"""An item by its id, or by an element such as OccurrenceItemId that leads to it."""


def item_id(reference: Named, name: str = "ItemId") -> Markup:
    """An ItemId, or another element of its type; an element that is one already stays as it is."""
    if isinstance(reference, Markup):
        return reference
    return t(name, Id=reference.id, ChangeKey=reference.change_key or None)


def folder_id(name: str) -> Markup:
    """A distinguished folder."""
    return t("DistinguishedFolderId", Id=name)


def attendees(name: str, addresses: Sequence[str]) -> Markup:
    """RequiredAttendees, OptionalAttendees or Resources; nothing for nobody, since the lists may not be empty."""
    people = (t("Attendee", t("Mailbox", t("EmailAddress", address))) for address in addresses)
    return t(name, several(*people)) if addresses else NOTHING


def calendar_item(draft: Draft, item: Markup = NOTHING, times: Markup | None = None, more: Markup = NOTHING) -> Markup:
    """A CalendarItem, its children in schema order.

    ``item`` stands between Body and Start, ``times`` in place of Start and End, ``more`` in place of the zones.
    """
    instants = several(t("Start", xml_time(draft.slot.start)), t("End", xml_time(draft.slot.end)))
    return t(
        "CalendarItem",
        t("Subject", draft.subject),
        t("Sensitivity", "Private") if draft.is_private else NOTHING,
        t("Body", draft.body, BodyType="Text") if draft.body else NOTHING,
        item,
        instants if times is None else times,
        t("LegacyFreeBusyStatus", EWS_SPELLING_OF_SHOW_AS[draft.show_as]),
        t("Location", draft.location) if draft.location else NOTHING,
        attendees("RequiredAttendees", draft.required),
        attendees("OptionalAttendees", draft.optional),
        attendees("Resources", draft.rooms),
        recurrence(draft.recurrence) if draft.recurrence else NOTHING,
        more or zones(draft.zone),
        t("AllowNewTimeProposal", "true" if draft.allows_proposals else "false"),
    )


def create_item(
    *items: Markup,
    invitations: str | None = None,
    disposition: str | None = None,
    folder: str | None = None,
) -> Markup:
    """CreateItem; ``invitations`` is SendMeetingInvitations, ``disposition`` MessageDisposition."""
    saved = m("SavedItemFolderId", folder_id(folder)) if folder else NOTHING
    return m(
        "CreateItem",
        saved,
        m("Items", *items),
        MessageDisposition=disposition,
        SendMeetingInvitations=invitations,
    )


def create_meeting(draft: Draft, invitations: str | None = SEND_TO_ALL) -> Markup:
    """CreateItem of one calendar item in the default calendar."""
    return create_item(calendar_item(draft), invitations=invitations, folder="calendar")


def response_object(
    name: str,
    reference: MeetingRef,
    *,
    comment: str = "",
    proposal: Slot | None = None,
) -> Markup:
    """AcceptItem, TentativelyAcceptItem or DeclineItem, the proposal last as the schema has it."""
    times = (t("ProposedStart", xml_time(proposal.start)), t("ProposedEnd", xml_time(proposal.end))) if proposal else ()
    return t(
        name,
        t("Body", comment, BodyType="Text") if comment else NOTHING,
        item_id(reference, "ReferenceItemId"),
        *times,
    )


def respond(
    answer: Answer,
    reference: MeetingRef,
    *,
    comment: str = "",
    proposal: Slot | None = None,
    disposition: str | None = "SendAndSaveCopy",
) -> Markup:
    """CreateItem of an answer."""
    named = response_object(ANSWERS[answer], reference, comment=comment, proposal=proposal)
    return create_item(named, disposition=disposition)


def cancel(reference: MeetingRef, comment: str = "", disposition: str | None = "SendAndSaveCopy") -> Markup:
    """CreateItem of CancelCalendarItem."""
    text = t("NewBodyContent", comment, BodyType="Text") if comment else NOTHING
    return create_item(
        t("CancelCalendarItem", item_id(reference, "ReferenceItemId"), text),
        disposition=disposition,
    )


def forward(
    reference: MeetingRef, to: Sequence[str], comment: str = "", disposition: str | None = "SendAndSaveCopy"
) -> Markup:
    """CreateItem of ForwardItem."""
    people = t("ToRecipients", *(t("Mailbox", t("EmailAddress", address)) for address in to)) if to else NOTHING
    text = t("NewBodyContent", comment, BodyType="Text") if comment else NOTHING
    return create_item(t("ForwardItem", people, item_id(reference, "ReferenceItemId"), text), disposition=disposition)


def remove(reference: MeetingRef) -> Markup:
    """CreateItem of RemoveItem, which needs no disposition."""
    return create_item(t("RemoveItem", item_id(reference, "ReferenceItemId")))


def shape(base: str = "IdOnly", fields: Sequence[str] = (), *extra: Markup) -> Markup:
    """ItemShape; ``fields`` are field URIs, ``extra`` stands between BaseShape and AdditionalProperties."""
    named = t("AdditionalProperties", several(*(t("FieldURI", FieldURI=uri) for uri in fields))) if fields else NOTHING
    return m("ItemShape", t("BaseShape", base), *extra, named)


def get_item(*references: Named, base: str = "AllProperties", fields: Sequence[str] = ()) -> Markup:
    """GetItem of one or several items."""
    return m("GetItem", shape(base, fields), m("ItemIds", *(item_id(one) for one in references)))


def find_item(
    folder: str,
    *,
    base: str = "IdOnly",
    fields: Sequence[str] = ("item:Subject", "item:ItemClass"),
    view: Markup | None = None,
    order: Markup = NOTHING,
    restriction: Markup = NOTHING,
) -> Markup:
    """FindItem in one distinguished folder; the first hundred items unless a view says otherwise."""
    shown = m("IndexedPageItemView", MaxEntriesReturned="100", Offset="0", BasePoint="Beginning")
    return m(
        "FindItem",
        shape(base, fields),
        shown if view is None else view,
        restriction,
        order,
        m("ParentFolderIds", folder_id(folder)),
        Traversal="Shallow",
    )


def calendar_view(start: str, end: str, limit: int | None = None) -> Markup:
    """CalendarView; times are texts so that bad ones can be asked."""
    return m("CalendarView", MaxEntriesReturned=None if limit is None else str(limit), StartDate=start, EndDate=end)


LATEST_FIRST = m("SortOrder", t("FieldOrder", t("FieldURI", FieldURI="item:DateTimeReceived"), Order="Descending"))


def set_field(uri: str, value: Markup, kind: str = "CalendarItem") -> Markup:
    """SetItemField of one property."""
    return t("SetItemField", t("FieldURI", FieldURI=uri), t(kind, value))


def append_field(uri: str, value: Markup, kind: str = "CalendarItem") -> Markup:
    """AppendToItemField of one property."""
    return t("AppendToItemField", t("FieldURI", FieldURI=uri), t(kind, value))


def delete_field(uri: str) -> Markup:
    """DeleteItemField of one property."""
    return t("DeleteItemField", t("FieldURI", FieldURI=uri))


def update_item(
    reference: Named,
    *updates: Markup,
    sending: str | None = SEND_TO_ALL,
    resolution: str | None = "AlwaysOverwrite",
    disposition: str | None = None,
) -> Markup:
    """UpdateItem of one item; ``sending`` is SendMeetingInvitationsOrCancellations."""
    change = t("ItemChange", item_id(reference), t("Updates", *updates))
    return m(
        "UpdateItem",
        m("ItemChanges", change),
        ConflictResolution=resolution,
        MessageDisposition=disposition,
        SendMeetingInvitationsOrCancellations=sending,
    )


def _people(uri: str, name: str, addresses: tuple[str, ...]) -> Markup:
    return set_field(uri, attendees(name, addresses)) if addresses else delete_field(uri)


def updates_of(changes: Changes) -> tuple[Markup, ...]:
    """The changes of a meeting as update elements."""
    told: list[Markup] = []
    if changes.subject is not None:
        told.append(set_field("item:Subject", t("Subject", changes.subject)))
    if changes.slot is not None:
        told.append(set_field("calendar:Start", t("Start", xml_time(changes.slot.start))))
        told.append(set_field("calendar:End", t("End", xml_time(changes.slot.end))))
    if changes.location is not None:
        told.append(set_field("calendar:Location", t("Location", changes.location)))
    if changes.recurrence is not None:
        told.append(set_field("calendar:Recurrence", recurrence(changes.recurrence)))
    lists = (
        ("calendar:RequiredAttendees", "RequiredAttendees", changes.required),
        ("calendar:OptionalAttendees", "OptionalAttendees", changes.optional),
        ("calendar:Resources", "Resources", changes.rooms),
    )
    told.extend(_people(uri, name, people) for uri, name, people in lists if people is not None)
    return tuple(told)


def delete_item(
    *references: Named,
    disposal: str | None = "MoveToDeletedItems",
    cancellations: str | None = None,
) -> Markup:
    """DeleteItem; ``cancellations`` is SendMeetingCancellations."""
    return m(
        "DeleteItem",
        m("ItemIds", *(item_id(one) for one in references)),
        DeleteType=disposal,
        SendMeetingCancellations=cancellations,
    )


def take(operation: str, what: Named, folder: Markup) -> Markup:
    """CopyItem or MoveItem of one item into a folder."""
    return m(operation, m("ToFolderId", folder), m("ItemIds", item_id(what)))


def send_note(subject: str, to: Sequence[str], body: str = "", disposition: str | None = "SendAndSaveCopy") -> Markup:
    """CreateItem of a plain message."""
    note = t(
        "Message",
        t("Subject", subject),
        t("Body", body, BodyType="Text"),
        t("ToRecipients", *(t("Mailbox", t("EmailAddress", address)) for address in to)),
    )
    return create_item(note, disposition=disposition)


def availability(
    addresses: Sequence[str],
    start: str,
    end: str,
    *,
    interval: int | str | None = 30,
    view: str | None = "DetailedMerged",
    rules: Markup = UTC_RULES,
) -> Markup:
    """GetUserAvailability; the window's times are texts, read in ``rules`` unless they carry an offset."""
    mailboxes = (
        t(
            "MailboxData",
            t("Email", t("Address", address)),
            t("AttendeeType", "Required"),
            t("ExcludeConflicts", "false"),
        )
        for address in addresses
    )
    options = t(
        "FreeBusyViewOptions",
        t("TimeWindow", t("StartTime", start), t("EndTime", end)),
        t("MergedFreeBusyIntervalInMinutes", str(interval)) if interval is not None else NOTHING,
        t("RequestedView", view) if view is not None else NOTHING,
    )
    return m("GetUserAvailabilityRequest", rules, m("MailboxDataArray", *mailboxes), options)
