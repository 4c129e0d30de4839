"""O365, unmodified, arranges calendars, announces an absence and keeps categories on the reference server."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from O365.category import CategoryColor
from O365.mailbox import AutoReplyStatus, ExternalAudience

from tests.clients.o365_clients import o365_accounts

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

START = datetime(2099, 3, 2, 10, 0, tzinfo=ZoneInfo("UTC"))


@pytest.fixture
def account(meetproof_server):
    with o365_accounts(meetproof_server) as open_account:
        yield open_account("organizer0@example.com")


def test_a_calendar_is_made_found_renamed_and_deleted(account):
    schedule = account.schedule()
    assert [calendar.name for calendar in schedule.list_calendars()] == ["Calendar"]
    made = schedule.new_calendar("Training")
    assert made.can_edit
    assert schedule.get_calendar(calendar_name="Training").calendar_id == made.calendar_id
    event = made.new_event("First lesson")
    event.start, event.end = START, START + timedelta(hours=1)
    assert event.save()
    assert [each.subject for each in made.get_events(include_recurring=False)] == ["First lesson"]
    made.name = "Courses"
    assert made.update()
    assert schedule.get_calendar(calendar_id=made.calendar_id).name == "Courses"
    assert made.delete()
    assert [calendar.name for calendar in schedule.list_calendars()] == ["Calendar"]


def test_an_absence_is_announced_and_ended(account):
    mailbox = account.mailbox()
    assert mailbox.set_automatic_reply("Inside", "Outside", START, START + timedelta(days=7), ExternalAudience.ALL)
    replies = mailbox.get_settings().automaticrepliessettings
    assert (replies.status, replies.external_audience) == (AutoReplyStatus.SCHEDULED, ExternalAudience.ALL)
    assert (replies.internal_reply_message, replies.external_reply_message) == ("Inside", "Outside")
    assert replies.scheduled_startdatetime == START
    assert mailbox.set_disable_reply()
    assert mailbox.get_settings().automaticrepliessettings.status is AutoReplyStatus.DISABLED


def test_a_category_is_made_coloured_and_deleted(account):
    categories = account.outlook_categories()
    made = categories.create_category("Project", color=CategoryColor.GREEN)
    assert made.color is CategoryColor.GREEN
    assert made.update_color(CategoryColor.RED)
    assert categories.get_category(made.object_id).color is CategoryColor.RED
    assert made.delete()
    assert "Project" not in [category.name for category in categories.get_categories()]
