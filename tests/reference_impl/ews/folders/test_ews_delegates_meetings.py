"""Delegates at work: they get meeting messages and speak for the one who made them delegates."""

from types import SimpleNamespace

import pytest

from reference_impl.ews.namespaces import m, t

PRINCIPAL, DELEGATE, INVITED = "attendee0@example.com", "attendee1@example.com", "attendee2@example.com"
KINDS = ("MeetingRequest", "MeetingResponse", "MeetingCancellation")


def address_in(answer, name):
    return answer.one(name).findtext(f"{t('Mailbox')}/{t('EmailAddress')}")


def who(answer):
    return {name: address_in(answer, name) for name in ("From", "Sender")}


@pytest.fixture
def principal(attendee):
    return attendee


@pytest.fixture
def delegate(other):
    return other


@pytest.fixture
def calendar(folders):
    return folders.named("calendar", PRINCIPAL)


@pytest.fixture
def made(principal, delegates):
    """Make the delegate one; more is said by name."""

    def make(delivery=None, calendar="Editor", copies="true", **more):
        user = delegates.user(DELEGATE, copies=copies, CalendarFolderPermissionLevel=calendar, **more)
        answer = delegates.add(principal, user, delivery=delivery)
        assert [code.text for code in answer.root.iter(m("ResponseCode"))] == ["NoError", "NoError"]

    return make


@pytest.fixture
def invited(organizer):
    """Invite the principal to a meeting of the organizer; its ItemId."""

    def invite(**more):
        (event,) = organizer.create(attendees=(PRINCIPAL,), **more).ids("CalendarItem")
        return event

    return invite


def saved_in(folder):
    return f"<m:SavedItemFolderId>{folder}</m:SavedItemFolderId>"


def inbox(speaker, folder="inbox"):
    """What meeting messages are there: {kind: [ItemId, ...]}."""
    found = speaker.find(folder)
    return {kind: ids for kind in KINDS if (ids := found.ids(kind))}


def names(found):
    return {kind: len(ids) for kind, ids in found.items()}


@pytest.mark.parametrize(
    ("delivery", "in_inbox", "in_deleted", "kind"),
    [
        ("DelegatesOnly", {}, {"MeetingRequest": 1}, "NewMeetingRequest"),
        ("DelegatesAndMe", {"MeetingRequest": 1}, {}, "NewMeetingRequest"),
        ("DelegatesAndSendInformationToMe", {"MeetingRequest": 1}, {}, "PrincipalWantsCopy"),
        (None, {"MeetingRequest": 1}, {}, "PrincipalWantsCopy"),
    ],
)
def test_requests_go_to_delegates(principal, delegate, made, invited, delivery, in_inbox, in_deleted, kind):
    """DOC delivermeetingrequests, [MS-OXWSMTGS] R75."""
    made(delivery)
    invited()
    assert names(inbox(principal)) == in_inbox
    assert names(inbox(principal, "deleteditems")) == in_deleted
    (request,) = {**inbox(principal), **inbox(principal, "deleteditems")}["MeetingRequest"]
    shown = principal.get(request)
    assert shown.text("MeetingRequestType") == kind
    assert shown.text("IsDelegated") == "false"
    assert len(principal.find("calendar").ids("CalendarItem")) == 1
    assert names(inbox(delegate)) == {"MeetingRequest": 1}
    assert delegate.find("calendar").ids("CalendarItem") == []


@pytest.mark.requirement("EWS-MTG-092")
def test_a_delegates_copy_stands_for_the_one_it_was_sent_to(organizer, principal, delegate, made, invited):
    made()
    invited()
    copy = delegate.get(delegate.only("inbox", "MeetingRequest"))
    assert copy.text("IsDelegated") == "true"
    assert copy.text("MeetingRequestType") == "NewMeetingRequest"
    assert address_in(copy, "ReceivedBy") == DELEGATE
    assert address_in(copy, "ReceivedRepresenting") == PRINCIPAL
    assert who(copy) == {"From": "organizer0@example.com", "Sender": "organizer0@example.com"}
    original = principal.get(principal.only("inbox", "MeetingRequest"))
    assert original.text("IsDelegated") == "false"
    assert address_in(original, "ReceivedRepresenting") == PRINCIPAL
    event = principal.only("calendar", "CalendarItem")
    associated = copy.one("AssociatedCalendarItemId").get("Id")
    assert f'"{associated}"' in event
    assert organizer.find("inbox").ids("MeetingResponse") == []


def test_before_2010_a_copy_for_information_is_an_update(principal, made, invited):
    made()
    invited()
    request = principal.only("inbox", "MeetingRequest")
    assert principal.at("Exchange2007_SP1").get(request).text("MeetingRequestType") == "FullUpdate"


def test_a_copy_for_information_offers_no_answers(principal, delegate, made, invited):
    """DOC delivermeetingrequests: the principal sees no buttons; neither does the delegate's copy answer anything."""
    made()
    invited()
    for speaker in (principal, delegate):
        offered = speaker.get(speaker.only("inbox", "MeetingRequest")).one("ResponseObjects")
        assert [child.tag for child in offered] == [
            t(name) for name in ("ReplyToItem", "ReplyAllToItem", "ForwardItem")
        ]


@pytest.mark.parametrize("kind", ["AcceptItem", "TentativelyAcceptItem", "DeclineItem"])
def test_a_delegates_copy_cannot_be_answered(delegate, made, invited, kind, world):
    """DOC ErrorCalendarIsDelegatedForAccept and its kin."""
    made()
    invited()
    copy = delegate.only("inbox", "MeetingRequest")
    before = world.store.snapshot()
    suffix = {"AcceptItem": "Accept", "TentativelyAcceptItem": "Tentative", "DeclineItem": "Decline"}[kind]
    assert delegate.answer(kind, copy).code == f"ErrorCalendarIsDelegatedFor{suffix}"
    assert world.store.snapshot() == before


def test_a_delegate_removes_no_cancelled_meetings(organizer, principal, delegate, made, invited, folders, world):
    """DOC removeitem: it is not supported for delegates, neither on their copies nor on the principal's own."""
    made(InboxFolderPermissionLevel="Editor")
    event = invited()
    assert organizer.answer("CancelCalendarItem", event).code == "NoError"
    copy = delegate.only("inbox", "MeetingCancellation")
    original = principal.only("inbox", "MeetingCancellation")
    before = world.store.snapshot()
    for cancellation in (copy, original):
        assert delegate.answer("RemoveItem", cancellation, disposition=None).code == "ErrorCalendarIsDelegatedForRemove"
    assert world.store.snapshot() == before
    assert principal.answer("RemoveItem", original, disposition=None).code == "NoError"


@pytest.mark.parametrize(
    ("kind", "answer"), [("AcceptItem", "Accept"), ("TentativelyAcceptItem", "Tentative"), ("DeclineItem", "Decline")]
)
def test_a_delegate_answers_on_the_principals_calendar(organizer, principal, delegate, made, invited, kind, answer):
    """The answer is the principal's, sent by the delegate."""
    made()
    event = invited()
    copy = delegate.get(delegate.only("inbox", "MeetingRequest"))
    associated = f'<t:ItemId Id="{copy.one("AssociatedCalendarItemId").get("Id")}"/>'
    assert delegate.answer(kind, associated).code == "NoError"
    response = organizer.get(organizer.only("inbox", "MeetingResponse"))
    assert who(response) == {"From": PRINCIPAL, "Sender": DELEGATE}
    assert response.text("ResponseType") == answer
    (attendee,) = organizer.get(event).all("Attendee")
    assert attendee.findtext(f"{t('Mailbox')}/{t('EmailAddress')}") == PRINCIPAL
    assert attendee.findtext(t("ResponseType")) == answer
    where = "deleteditems" if answer == "Decline" else "calendar"
    assert principal.get(principal.only(where, "CalendarItem")).text("MyResponseType") == answer
    assert len(delegate.find("sentitems").ids("MeetingResponse")) == 1
    assert principal.find("sentitems").ids("MeetingResponse") == []


def test_a_delegate_answers_a_request_in_the_principals_inbox(organizer, principal, delegate, made, invited):
    made("DelegatesAndMe", InboxFolderPermissionLevel="Editor")
    invited()
    request = principal.only("inbox", "MeetingRequest")
    assert delegate.answer("AcceptItem", request).code == "NoError"
    assert who(organizer.get(organizer.only("inbox", "MeetingResponse"))) == {"From": PRINCIPAL, "Sender": DELEGATE}
    assert inbox(principal) == {}


def test_an_answer_in_an_own_name_is_refused(delegate, principal, made, invited, world):
    made("DelegatesAndMe", InboxFolderPermissionLevel="Editor")
    invited()
    request = principal.only("inbox", "MeetingRequest")
    before = world.store.snapshot()
    named = f"<t:From><t:Mailbox><t:EmailAddress>{DELEGATE}</t:EmailAddress></t:Mailbox></t:From>"
    assert delegate.answer("AcceptItem", request, before=named).code == "ErrorSendAsDenied"
    assert world.store.snapshot() == before
    named = named.replace(DELEGATE, PRINCIPAL)
    assert delegate.answer("AcceptItem", request, before=named).code == "NoError"


def test_a_delegate_organizes_meetings_for_the_principal(principal, delegate, made, calendar, tools, world):
    """Organizer and From are the principal, Sender is the delegate: for requests, updates and cancellations."""
    made()
    guest = tools.speaker(world, INVITED)
    created = delegate.create(attendees=(INVITED,), folder=saved_in(calendar))
    (event,) = created.ids("CalendarItem")
    request = guest.get(guest.only("inbox", "MeetingRequest"))
    assert who(request) == {"From": PRINCIPAL, "Sender": DELEGATE}
    assert address_in(request, "Organizer") == PRINCIPAL
    shown = principal.get(event)
    assert (address_in(shown, "Organizer"), shown.text("IsOrganizer")) == (PRINCIPAL, "true")
    assert delegate.find("calendar").ids("CalendarItem") == []
    moved = tools.set_field("calendar:Location", "<t:Location>Room 2</t:Location>")
    assert delegate.update(event, moved).code == "NoError"
    assert guest.answer("AcceptItem", guest.only("calendar", "CalendarItem")).code == "NoError"
    assert names(inbox(delegate)) == {"MeetingResponse": 1}
    response = delegate.get(delegate.only("inbox", "MeetingResponse"))
    assert response.text("IsDelegated") == "true"
    assert address_in(response, "ReceivedRepresenting") == PRINCIPAL
    assert principal.get(event).texts("ResponseType")[-1] == "Accept"
    assert delegate.answer("CancelCalendarItem", event).code == "NoError"
    cancellation = guest.get(guest.only("inbox", "MeetingCancellation"))
    assert who(cancellation) == {"From": PRINCIPAL, "Sender": DELEGATE}
    assert len(delegate.find("sentitems").ids("MeetingCancellation")) == 1
    assert len(principal.find("deleteditems").ids("CalendarItem")) == 1


def test_a_delegate_deletes_a_meeting_for_the_principal(principal, delegate, made, calendar, tools, world):
    made()
    guest = tools.speaker(world, INVITED)
    (event,) = principal.create(attendees=(INVITED,)).ids("CalendarItem")
    answer = delegate(
        '<m:DeleteItem DeleteType="HardDelete" SendMeetingCancellations="SendToAllAndSaveCopy">'
        f"<m:ItemIds>{event}</m:ItemIds></m:DeleteItem>"
    )
    assert answer.code == "NoError"
    assert who(guest.get(guest.only("inbox", "MeetingCancellation"))) == {"From": PRINCIPAL, "Sender": DELEGATE}
    assert principal.get(event).code == "ErrorItemNotFound"


def test_being_a_delegate_is_no_right_to_a_folder(delegate, made, calendar, invited, world):
    made(calendar="None", copies="false")
    invited()
    before = world.store.snapshot()
    assert delegate.create(sending="SendToNone", folder=saved_in(calendar)).code == "ErrorFolderNotFound"
    assert world.store.snapshot() == before


def test_who_gets_no_copies_gets_none(principal, delegate, made, invited):
    made(copies="false")
    invited()
    assert inbox(delegate) == {}
    assert principal.get(principal.only("inbox", "MeetingRequest")).text("MeetingRequestType") == "NewMeetingRequest"


def test_nothing_is_forwarded_where_the_principal_says_so(principal, delegate, made, invited):
    made("NoForward")
    invited()
    assert inbox(delegate) == {}
    assert principal.get(principal.only("inbox", "MeetingRequest")).text("MeetingRequestType") == "NewMeetingRequest"


def test_private_requests_go_to_delegates_who_may_see_them(principal, delegate, delegates, made, invited):
    made("DelegatesOnly")
    private = "<t:Sensitivity>Private</t:Sensitivity>"
    invited(before=private)
    assert (names(inbox(delegate)), names(inbox(principal))) == ({}, {"MeetingRequest": 1})
    delegates.update(principal, delegates.user(DELEGATE, private="true"))
    invited(before=private, start="2026-06-27T10:00:00Z", end="2026-06-27T11:00:00Z")
    assert (names(inbox(delegate)), names(inbox(principal))) == ({"MeetingRequest": 1}, {"MeetingRequest": 1})


def test_private_meetings_are_seen_by_delegates_who_may(principal, delegate, delegates, made, tools, folders):
    made()
    (event,) = principal.create(sending="SendToNone", before="<t:Sensitivity>Private</t:Sensitivity>").ids(
        "CalendarItem"
    )
    assert delegate.get(event).code == "ErrorItemNotFound"
    delegates.update(principal, delegates.user(DELEGATE, private="true"))
    shown = delegate.get(event)
    assert shown.one("EffectiveRights").findtext(t("ViewPrivateItems")) == "true"
    subject = tools.set_field("item:Subject", "<t:Subject>Other</t:Subject>")
    assert delegate.update(event, subject, sending="SendToNone").code == "NoError"


def test_updates_overtake_earlier_copies(organizer, delegate, made, invited, tools):
    made("DelegatesOnly")
    event = invited()
    first = delegate.only("inbox", "MeetingRequest")
    moved = tools.set_field("calendar:Start", "<t:Start>2026-06-25T10:30:00Z</t:Start>")
    assert organizer.update(event, moved).code == "NoError"
    (later,) = [found for found in inbox(delegate)["MeetingRequest"] if found.split('"')[-4] != first.split('"')[-4]]
    assert delegate.get(first).text("IsOutOfDate") == "true"
    shown = delegate.get(later)
    assert (shown.text("IsOutOfDate"), shown.text("IsDelegated")) == ("false", "true")
    assert organizer.answer("CancelCalendarItem", event).code == "NoError"
    assert delegate.get(later).text("IsOutOfDate") == "true"


def test_a_delegates_own_invitation_is_another_message(organizer, principal, delegate, made):
    """Who is invited as well has the own request and the copy, and answers each for another person."""
    made()
    (event,) = organizer.create(attendees=(PRINCIPAL, DELEGATE)).ids("CalendarItem")
    requests = {delegate.get(found).text("IsDelegated"): found for found in inbox(delegate)["MeetingRequest"]}
    assert requests.keys() == {"true", "false"}
    assert delegate.answer("AcceptItem", requests["false"]).code == "NoError"
    response = organizer.get(organizer.only("inbox", "MeetingResponse"))
    assert who(response) == {"From": DELEGATE, "Sender": DELEGATE}
    assert delegate.get(requests["true"]).text("IsOutOfDate") == "false"
    assert [found.findtext(t("ResponseType")) for found in organizer.get(event).all("Attendee")] == [
        "Unknown",
        "Accept",
    ]


def test_delegates_hear_nothing_of_what_they_send_themselves(principal, delegate, made):
    made()
    delegate.create(attendees=(PRINCIPAL,))
    assert inbox(delegate) == {}
    assert principal.get(principal.only("inbox", "MeetingRequest")).text("MeetingRequestType") == "NewMeetingRequest"


def test_plain_mail_is_the_principals_alone(organizer, principal, delegate, made):
    made("DelegatesOnly")
    organizer(
        '<m:CreateItem MessageDisposition="SendOnly"><m:Items><t:Message><t:Subject>Hello</t:Subject><t:ToRecipients>'
        f"<t:Mailbox><t:EmailAddress>{PRINCIPAL}</t:EmailAddress></t:Mailbox></t:ToRecipients></t:Message></m:Items>"
        "</m:CreateItem>"
    )
    assert len(principal.find("inbox").ids("Message")) == 1
    assert delegate.find("inbox").ids("Message") == []


@pytest.fixture
def mail():
    """A message written on behalf of the principal."""

    def write(disposition, folder=""):
        author = f"<t:From><t:Mailbox><t:EmailAddress>{PRINCIPAL}</t:EmailAddress></t:Mailbox></t:From>"
        to = f"<t:ToRecipients><t:Mailbox><t:EmailAddress>{INVITED}</t:EmailAddress></t:Mailbox></t:ToRecipients>"
        return (
            f'<m:CreateItem MessageDisposition="{disposition}">{folder}<m:Items><t:Message><t:Subject>Hello</t:Subject>'
            f"{to}{author}</t:Message></m:Items></m:CreateItem>"
        )

    return SimpleNamespace(write=write)


def test_a_delegate_writes_mail_for_the_principal(principal, delegate, made, mail, tools, world):
    """DOC delegate-access: From is the owner of the mailbox, Sender the delegate."""
    assert delegate(mail.write("SendOnly")).code == "ErrorSendAsDenied"
    made()
    assert delegate(mail.write("SendAndSaveCopy")).code == "NoError"
    guest = tools.speaker(world, INVITED)
    assert who(guest.get(guest.only("inbox", "Message"))) == {"From": PRINCIPAL, "Sender": DELEGATE}
    assert who(delegate.get(delegate.only("sentitems", "Message"))) == {"From": PRINCIPAL, "Sender": DELEGATE}
    (draft,) = delegate(mail.write("SaveOnly")).ids("Message")
    send = f'<m:SendItem SaveItemToFolder="true"><m:ItemIds>{draft}</m:ItemIds></m:SendItem>'
    assert delegate(send).code == "NoError"
    assert len(guest.find("inbox").ids("Message")) == 2


def test_who_is_delegate_no_more_does_not_send_old_drafts(principal, delegate, delegates, made, mail, world):
    made()
    (draft,) = delegate(mail.write("SaveOnly")).ids("Message")
    delegates.remove(principal, DELEGATE)
    before = world.store.snapshot()
    send = f'<m:SendItem SaveItemToFolder="true"><m:ItemIds>{draft}</m:ItemIds></m:SendItem>'
    assert delegate(send).code == "ErrorSendAsDenied"
    assert world.store.snapshot() == before


def test_a_sent_copy_may_be_kept_in_the_principals_folder(principal, delegate, folders, made, mail):
    made()
    folders.share(principal, folders.named("sentitems"), (DELEGATE, "Author"))
    kept = saved_in(folders.named("sentitems", PRINCIPAL))
    assert delegate(mail.write("SendAndSaveCopy", kept)).code == "NoError"
    assert len(principal.find("sentitems").ids("Message")) == 1
    assert delegate.find("sentitems").ids("Message") == []
