"""More than a request may have: things in a batch, levels of elements, levels of a restriction."""

import pytest

from reference_impl.service.settings import Settings


def get_items(count, item_id='<t:ItemId Id="AAAA"/>'):
    return (
        "<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>"
        f"<m:ItemIds>{item_id * count}</m:ItemIds></m:GetItem>"
    )


def test_a_batch_has_a_thousand_entries_at_most(organizer):
    assert len(organizer(get_items(1000)).codes) == 1000
    assert organizer(get_items(1001)).fault == "ErrorTooManyObjectsOpened"


@pytest.mark.parametrize("settings", [Settings(batch=2)])
def test_nothing_of_a_batch_that_is_too_large_is_done(organizer, tools, everything, settings):
    item = tools.create_request(sending="SendToNone").partition("<m:Items>")[2].partition("</m:Items>")[0]
    before = everything()
    answer = organizer(
        f'<m:CreateItem SendMeetingInvitations="SendToNone"><m:Items>{item * 3}</m:Items></m:CreateItem>'
    )
    assert answer.fault == "ErrorTooManyObjectsOpened"
    assert everything() == before
    answer = organizer(
        f'<m:CreateItem SendMeetingInvitations="SendToNone"><m:Items>{item * 2}</m:Items></m:CreateItem>'
    )
    assert answer.codes == ["NoError", "NoError"]


def test_elements_lie_some_hundred_levels_deep_at_most(organizer):
    answer = organizer(f"{'<m:GetItem>' * 300}{'</m:GetItem>' * 300}")
    assert answer.fault == "ErrorInvalidRequest"


@pytest.mark.parametrize(("depth", "code"), [(60, "NoError"), (100, "ErrorRestrictionTooComplex")])
def test_a_restriction_lies_some_levels_deep_at_most(organizer, depth, code):
    exists = '<t:Exists><t:FieldURI FieldURI="item:Subject"/></t:Exists>'
    answer = organizer.find(
        "calendar", rest=f"<m:Restriction>{'<t:Not>' * depth}{exists}{'</t:Not>' * depth}</m:Restriction>"
    )
    assert answer.code == code


@pytest.mark.parametrize("settings", [Settings(attendees=1)])
def test_a_meeting_has_some_number_of_attendees_at_most(organizer, everything, settings):
    before = everything()
    answer = organizer.create(attendees=["attendee0@example.com", "attendee1@example.com"])
    assert answer.code == "ErrorIndividualMailboxLimitReached"
    assert everything() == before
    assert organizer.create(attendees=["attendee0@example.com"]).code == "NoError"
