"""Response objects of meetings: answering, cancelling, clearing away."""

import pytest

from reference_impl.ews.namespaces import t
from reference_impl.service.settings import Settings

ANSWERS = {
    "AcceptItem": ("Accept", "IPM.Schedule.Meeting.Resp.Pos", "Accepted: "),
    "TentativelyAcceptItem": ("Tentative", "IPM.Schedule.Meeting.Resp.Tent", "Tentative: "),
    "DeclineItem": ("Decline", "IPM.Schedule.Meeting.Resp.Neg", "Declined: "),
}
SUFFIXES = {
    "AcceptItem": ("Accept", "AcceptItem"),
    "TentativelyAcceptItem": ("Tentative", "Tentative"),
    "DeclineItem": ("Decline", "DeclineItem"),
}


@pytest.fixture
def request_id(meeting, attendee):
    return attendee.only("inbox", "MeetingRequest")


@pytest.fixture
def copy_id(meeting, attendee):
    return attendee.only("calendar", "CalendarItem")


def entry_of(shown, address):
    (entry,) = [
        entry for entry in shown.all("Attendee") if entry.findtext(f"{t('Mailbox')}/{t('EmailAddress')}") == address
    ]
    return entry


@pytest.mark.parametrize("kind", ANSWERS)
@pytest.mark.parametrize("reference", ["request_id", "copy_id"])
def test_an_answer_reaches_the_organizer(organizer, attendee, meeting, request, kind, reference):
    word, item_class, prefix = ANSWERS[kind]
    before = organizer.get(meeting).one("ItemId").get("ChangeKey")
    body = '<t:Body BodyType="Text">Fine by me</t:Body>'
    answer = attendee.answer(kind, request.getfixturevalue(reference), before=body)
    assert answer.code == "NoError"
    shown = organizer.get(organizer.only("inbox", "MeetingResponse"))
    assert shown.text("ItemClass") == item_class
    assert shown.text("Subject") == prefix + "Budget"
    assert shown.text("Body") == "Fine by me"
    assert shown.one("MeetingResponse").findtext(t("ResponseType")) == word
    event = organizer.get(meeting)
    assert shown.one("AssociatedCalendarItemId").get("Id") == event.one("ItemId").get("Id")
    entry = entry_of(event, "attendee0@example.com")
    assert entry.findtext(t("ResponseType")) == word
    assert entry.find(t("LastResponseTime")) is not None
    assert event.one("ItemId").get("ChangeKey") != before
    assert len(attendee.find("sentitems").all("MeetingResponse")) == 1


@pytest.mark.parametrize("kind", ["AcceptItem", "TentativelyAcceptItem"])
def test_an_answered_meeting_is_on_the_calendar_as_answered(attendee, request_id, kind):
    attendee.answer(kind, request_id)
    shown = attendee.get(attendee.only("calendar", "CalendarItem"))
    assert shown.text("MyResponseType") == ANSWERS[kind][0]
    assert shown.text("LegacyFreeBusyStatus") == {"AcceptItem": "Busy"}.get(kind, "Tentative")
    assert shown.all("AppointmentReplyTime")


def test_a_declined_meeting_leaves_the_calendar(attendee, request_id):
    answer = attendee.answer("DeclineItem", request_id)
    assert attendee.find("calendar").all("CalendarItem") == []
    assert attendee.find("deleteditems").ids("CalendarItem") == answer.ids("CalendarItem")


def test_the_answer_names_the_copy_and_the_moved_request(attendee, request_id):
    answer = attendee.answer("AcceptItem", request_id)
    items = [child.tag for child in answer.one("CalendarItem").getparent()]
    assert items == [t("CalendarItem"), t("MeetingRequest")]
    assert attendee.find("deleteditems").ids("MeetingRequest") == answer.ids("MeetingRequest")
    assert attendee.find("calendar").ids("CalendarItem") == answer.ids("CalendarItem")
    assert attendee.find("inbox").all("MeetingRequest") == []
    assert attendee.get(request_id).code == "ErrorItemNotFound"


@pytest.mark.parametrize("version", [None, "Exchange2007_SP1", "Exchange2010_SP2"])
def test_before_2013_the_answer_has_no_items(attendee, request_id, version):
    answer = attendee.at(version).answer("AcceptItem", request_id)
    assert (answer.code, answer.all("CalendarItem"), answer.all("MeetingRequest")) == ("NoError", [], [])


def test_send_only_keeps_no_copy(organizer, attendee, request_id):
    attendee.answer("AcceptItem", request_id, disposition="SendOnly")
    assert attendee.find("sentitems").all("MeetingResponse") == []
    assert len(organizer.find("inbox").all("MeetingResponse")) == 1


def test_save_only_tells_the_organizer_nothing(organizer, attendee, request_id):
    attendee.answer("AcceptItem", request_id, disposition="SaveOnly")
    assert organizer.find("inbox").all("MeetingResponse") == []
    assert attendee.get(attendee.only("calendar", "CalendarItem")).text("MyResponseType") == "Accept"


def test_a_later_answer_replaces_the_earlier(organizer, attendee, request_id, meeting):
    attendee.answer("AcceptItem", request_id)
    attendee.answer("TentativelyAcceptItem", attendee.only("calendar", "CalendarItem"))
    entry = entry_of(organizer.get(meeting), "attendee0@example.com")
    assert entry.findtext(t("ResponseType")) == "Tentative"


@pytest.mark.parametrize("kind", [*ANSWERS, "CancelCalendarItem"])
def test_a_disposition_is_required(attendee, request_id, everything, kind):
    before = everything()
    assert attendee.answer(kind, request_id, disposition=None).code == "ErrorMessageDispositionRequired"
    assert everything() == before


@pytest.mark.parametrize("kind", ANSWERS)
def test_the_organizer_cannot_answer(organizer, meeting, everything, kind):
    before = everything()
    assert organizer.answer(kind, meeting).code == f"ErrorCalendarIsOrganizerFor{SUFFIXES[kind][0]}"
    assert everything() == before


@pytest.mark.parametrize("kind", ANSWERS)
def test_a_cancelled_meeting_cannot_be_answered(organizer, attendee, meeting, copy_id, kind):
    organizer.answer("CancelCalendarItem", meeting)
    for item_id in (attendee.only("calendar", "CalendarItem"), copy_id):
        assert attendee.answer(kind, item_id).code == f"ErrorCalendarIsCancelledFor{SUFFIXES[kind][0]}"


@pytest.mark.parametrize("kind", ANSWERS)
def test_a_plain_message_cannot_be_answered(organizer, attendee, meeting, kind):
    attendee.answer("ReplyToItem", attendee.only("inbox", "MeetingRequest"))
    mail = organizer.only("inbox", "Message")
    assert organizer.answer(kind, mail).code == f"ErrorInvalidItemForOperation{SUFFIXES[kind][1]}"


def test_an_outdated_request_cannot_be_answered(organizer, attendee, meeting, tools):
    organizer.update(meeting, tools.set_field("calendar:Location", "<t:Location>Elsewhere</t:Location>"))
    requests = [attendee.get(item_id) for item_id in attendee.find("inbox").ids("MeetingRequest")]
    (old,) = [shown for shown in requests if shown.text("IsOutOfDate") == "true"]
    assert old.text("MeetingRequestType") == "Outdated"
    assert {child.tag for child in old.one("ResponseObjects")} == {
        t("ReplyToItem"),
        t("ReplyAllToItem"),
        t("ForwardItem"),
    }
    old_id = old.ids("MeetingRequest")[0]
    assert attendee.answer("AcceptItem", old_id).code == "ErrorCalendarMeetingRequestIsOutOfDate"


@pytest.mark.parametrize("kind", [*ANSWERS, "CancelCalendarItem", "RemoveItem", "ReplyToItem", "SuppressReadReceipt"])
def test_references_must_name_an_item(attendee, request_id, kind):
    attendee.delete(request_id, kind="HardDelete")
    assert attendee.answer(kind, request_id).code == "ErrorItemNotFound"
    assert attendee.answer(kind, '<t:ItemId Id="ASwAYX"/>').code == "ErrorInvalidIdMalformed"
    assert attendee.answer(kind, "").code == "ErrorMissingInformationReferenceItemId"


def test_a_change_key_is_not_needed(attendee, request_id):
    bare = request_id[: request_id.index(" ChangeKey")] + "/>"
    assert attendee.answer("AcceptItem", bare).code == "NoError"


PROPOSAL = "<t:ProposedStart>2026-06-26T04:00:00Z</t:ProposedStart><t:ProposedEnd>2026-06-26T04:30:00Z</t:ProposedEnd>"


@pytest.mark.parametrize("kind", ANSWERS)
def test_any_answer_may_propose_another_time(organizer, attendee, meeting, request_id, kind):
    assert attendee.answer(kind, request_id, after=PROPOSAL).code == "NoError"
    shown = organizer.get(organizer.only("inbox", "MeetingResponse"))
    assert shown.text("Subject") == "New Time Proposed: Budget"
    assert (shown.text("ProposedStart"), shown.text("ProposedEnd")) == ("2026-06-26T04:00:00Z", "2026-06-26T04:30:00Z")
    event = organizer.get(meeting)
    entry = entry_of(event, "attendee0@example.com")
    assert entry.findtext(t("ProposedStart")) == "2026-06-26T04:00:00Z"
    assert event.text("Start") == "2026-06-25T10:00:00Z"
    assert not organizer.at("Exchange2010_SP2").get(meeting).all("ProposedStart")


def test_an_answer_without_a_proposal_has_none(organizer, attendee, request_id):
    attendee.answer("AcceptItem", request_id)
    assert not organizer.get(organizer.only("inbox", "MeetingResponse")).all("ProposedStart")


@pytest.mark.parametrize("version", ["Exchange2013_SP1", "Exchange2016"])
def test_proposals_are_offered_where_the_organizer_allows_them(organizer, attendee, version):
    for allowed, day in (("true", "25"), ("false", "26")):
        organizer.create(
            start=f"2026-06-{day}T10:00:00Z",
            end=f"2026-06-{day}T11:00:00Z",
            attendees=("attendee0@example.com",),
            subject=allowed,
            after=f"<t:AllowNewTimeProposal>{allowed}</t:AllowNewTimeProposal>",
        )
    for folder, kind in (("inbox", "MeetingRequest"), ("calendar", "CalendarItem")):
        for item_id in attendee.find(folder).ids(kind):
            shown = attendee.at(version).get(item_id)
            offered = [child.tag for child in shown.one("ResponseObjects")]
            assert (t("ProposeNewTime") in offered) is (shown.text("Subject") == "true")
            assert {t("AcceptItem"), t("TentativelyAcceptItem"), t("DeclineItem")} <= set(offered)


def test_proposals_are_not_offered_below_2013_sp1(attendee, request_id):
    for version in (None, "Exchange2010_SP2", "Exchange2013"):
        assert not attendee.at(version).get(request_id).all("ProposeNewTime")


def test_a_proposal_below_2013_sp1_is_refused(attendee, request_id, everything):
    before = everything()
    answer = attendee.at("Exchange2013").answer("AcceptItem", request_id, after=PROPOSAL)
    assert answer.code == "ErrorIncorrectSchemaVersion"
    answer = attendee.at("Exchange2010_SP2").answer("AcceptItem", request_id, after=PROPOSAL)
    assert answer.fault == "ErrorSchemaValidation"
    assert everything() == before


class TestOnline:
    """The Online profile knows proposals in Exchange2013 already."""

    @pytest.fixture
    def settings(self):
        return Settings.online()

    def test_proposals_work_in_exchange2013(self, attendee, request_id):
        speaker = attendee.at("Exchange2013")
        assert speaker.get(request_id).all("ProposeNewTime")
        assert speaker.answer("AcceptItem", request_id, after=PROPOSAL).code == "NoError"


@pytest.mark.parametrize(
    ("after", "code"),
    [
        ("<t:ProposedStart>2026-06-26T04:00:00Z</t:ProposedStart>", "ErrorMissingArgument"),
        ("<t:ProposedEnd>2026-06-26T04:00:00Z</t:ProposedEnd>", "ErrorMissingArgument"),
        (
            PROPOSAL.replace("04:30", "03:30"),
            "ErrorCalendarEndDateIsEarlierThanStartDate",
        ),
    ],
)
def test_a_proposal_needs_two_times_in_order(attendee, request_id, everything, after, code):
    before = everything()
    assert attendee.answer("AcceptItem", request_id, after=after).code == code
    assert everything() == before


def test_a_proposal_before_its_reference_is_a_schema_fault(attendee, request_id):
    assert attendee.answer("AcceptItem", request_id, before=PROPOSAL).fault == "ErrorSchemaValidation"


def test_propose_new_time_itself_cannot_be_sent(attendee, request_id):
    assert attendee.answer("ProposeNewTime", request_id).fault == "ErrorSchemaValidation"


def test_a_cancelled_meeting_is_told_and_put_away(organizer, attendee, meeting, copy_id):
    text = '<t:NewBodyContent BodyType="Text">It rains</t:NewBodyContent>'
    answer = organizer.answer("CancelCalendarItem", meeting, after=text)
    assert answer.ids("CalendarItem") == organizer.find("deleteditems").ids("CalendarItem")
    put_away = organizer.get(answer.ids("CalendarItem")[0])
    assert (put_away.text("AppointmentState"), put_away.text("IsCancelled")) == ("5", "true")
    copy = attendee.get(attendee.only("calendar", "CalendarItem"))
    assert (copy.text("AppointmentState"), copy.text("IsCancelled")) == ("7", "true")
    shown = attendee.get(attendee.only("inbox", "MeetingCancellation"))
    assert shown.text("ItemClass") == "IPM.Schedule.Meeting.Canceled"
    assert shown.text("Subject") == "Canceled: Budget"
    assert "It rains" in shown.text("Body")
    assert shown.text("Start") == "2026-06-25T10:00:00Z"
    assert shown.text("CalendarItemType") == "Single"
    assert t("RemoveItem") in {child.tag for child in shown.one("ResponseObjects")}
    assert len(organizer.find("sentitems").all("MeetingCancellation")) == 1
    assert organizer.answer("CancelCalendarItem", meeting).code == "ErrorItemNotFound"


def test_only_the_organizer_can_cancel(attendee, copy_id, request_id, everything):
    before = everything()
    assert attendee.answer("CancelCalendarItem", copy_id).code == "ErrorCalendarIsNotOrganizer"
    assert attendee.answer("CancelCalendarItem", request_id).code == "ErrorInvalidItemForOperationCancelItem"
    assert everything() == before


def test_a_received_cancellation_clears_the_calendar(organizer, attendee, meeting, copy_id):
    organizer.answer("CancelCalendarItem", meeting)
    answer = attendee.answer("RemoveItem", attendee.only("inbox", "MeetingCancellation"), disposition=None)
    assert answer.code == "NoError"
    assert attendee.find("calendar").all("CalendarItem") == []
    assert attendee.find("inbox").all("MeetingCancellation") == []
    deleted = attendee.find("deleteditems")
    assert deleted.ids("MeetingCancellation") == answer.ids("MeetingCancellation")
    assert deleted.ids("CalendarItem") == answer.ids("CalendarItem")


def test_only_cancellations_can_be_removed(organizer, attendee, request_id, copy_id):
    for item_id in (request_id, copy_id):
        assert attendee.answer("RemoveItem", item_id).code == "ErrorInvalidItemForOperationRemoveItem"


def test_no_read_receipt_is_ever_pending(attendee, request_id):
    assert attendee.answer("SuppressReadReceipt", request_id).code == "ErrorReadReceiptNotPending"


def test_a_reply_goes_to_the_organizer_as_plain_mail(organizer, attendee, request_id):
    new = '<t:NewBodyContent BodyType="Text">Why so early?</t:NewBodyContent>'
    answer = attendee.answer("ReplyToItem", request_id, after=new)
    assert (answer.code, answer.all("Message")) == ("NoError", [])
    shown = organizer.get(organizer.only("inbox", "Message"))
    assert (shown.text("ItemClass"), shown.text("Subject")) == ("IPM.Note", "RE: Budget")
    assert shown.text("Body").startswith("Why so early?")


def test_a_reply_to_all_reaches_everybody_else(organizer, attendee, other, request_id):
    attendee.answer("ReplyAllToItem", request_id)
    assert len(organizer.find("inbox").all("Message")) == 1
    assert len(other.find("inbox").all("Message")) == 1
    assert attendee.find("inbox").all("Message") == []


def test_the_organizer_cannot_reply_to_the_own_meeting(organizer, meeting):
    assert organizer.answer("ReplyToItem", meeting).code == "ErrorInvalidReferenceItem"


@pytest.mark.parametrize("forwarder", ["organizer", "attendee"])
def test_a_forwarded_meeting_arrives_as_a_request_that_can_be_answered(
    organizer, attendee, meeting, request_id, world, tools, forwarder
):
    new = tools.speaker(world, "attendee7@example.com")
    sender, item_id = {"organizer": (organizer, meeting), "attendee": (attendee, request_id)}[forwarder]
    to = (
        "<t:ToRecipients><t:Mailbox><t:EmailAddress>attendee7@example.com</t:EmailAddress></t:Mailbox></t:ToRecipients>"
    )
    text = '<t:NewBodyContent BodyType="Text">For you too</t:NewBodyContent>'
    answer = sender.answer("ForwardItem", item_id, before=to, after=text)
    assert answer.code == "NoError"
    arrived = new.only("inbox", "MeetingRequest")
    shown = new.get(arrived)
    assert shown.text("Subject") == "FW: Budget"
    assert shown.text("Body").startswith("For you too")
    assert shown.text("MeetingRequestType") == "NewMeetingRequest"
    assert shown.one("Organizer").findtext(f"{t('Mailbox')}/{t('EmailAddress')}") == "organizer0@example.com"
    assert len(new.find("calendar").all("CalendarItem")) == 1
    assert new.answer("AcceptItem", arrived).code == "NoError"
    assert len(organizer.find("inbox").all("MeetingResponse")) == 1


def test_a_forward_needs_somebody_to_go_to(attendee, request_id, everything):
    before = everything()
    assert attendee.answer("ForwardItem", request_id).code == "ErrorInvalidRecipients"
    assert everything() == before


def test_an_organizer_who_wants_no_answers_gets_none(organizer, attendee):
    organizer.create(attendees=("attendee0@example.com",), inner="<t:IsResponseRequested>false</t:IsResponseRequested>")
    request_id = attendee.only("inbox", "MeetingRequest")
    proposal = attendee.answer("AcceptItem", request_id, after=PROPOSAL)
    assert proposal.code == "ErrorInvalidOperation"
    assert attendee.answer("AcceptItem", request_id).code == "NoError"
    assert attendee.get(attendee.only("calendar", "CalendarItem")).text("MyResponseType") == "Accept"
    assert organizer.find("inbox").all("MeetingResponse") == []
    assert attendee.find("drafts").all("MeetingResponse") == []
