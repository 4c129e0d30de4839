"""Levels, rights and what they let somebody do with an item."""

from dataclasses import fields
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_impl.domain.access import Reach
from reference_impl.domain.copying import replace
from reference_impl.domain.items import Message, MessageKind, Sensitivity
from reference_impl.domain.mailbox import Folder, FolderRole, Mailbox, Person, permissions_of
from reference_impl.domain.permissions import (
    ANONYMOUS,
    CALENDAR_ONLY,
    DEFAULT,
    LEVELS,
    Extent,
    FreeBusyAccess,
    Level,
    Permission,
    Rights,
    level_of,
    merged,
    outside_calendars,
)

WHEN = datetime(2026, 1, 5, tzinfo=UTC)
ANY_RIGHTS = st.builds(Rights)

TOLD = {
    # level: creates, edits, deletes, reads, makes folders (DOC permissionlevel, calendarpermissionlevel)
    Level.NONE: ("-", "none", "none", "none", "-"),
    Level.TIME_ONLY: ("-", "none", "none", "time_only", "-"),
    Level.TIME_SUBJECT_LOCATION: ("-", "none", "none", "time_subject_location", "-"),
    Level.CONTRIBUTOR: ("creates", "none", "none", "none", "-"),
    Level.REVIEWER: ("-", "none", "none", "full", "-"),
    Level.NONEDITING_AUTHOR: ("creates", "none", "owned", "full", "-"),
    Level.AUTHOR: ("creates", "owned", "owned", "full", "-"),
    Level.PUBLISHING_AUTHOR: ("creates", "owned", "owned", "full", "folders"),
    Level.EDITOR: ("creates", "all", "all", "full", "-"),
    Level.PUBLISHING_EDITOR: ("creates", "all", "all", "full", "folders"),
    Level.OWNER: ("creates", "all", "all", "full", "folders"),
}


def message(creator="", sensitivity=Sensitivity.NORMAL):
    return Message(
        id="",
        mailbox_id="",
        folder_id="",
        version=0,
        kind=MessageKind.NOTE,
        subject="",
        sender=Person("a@example.com"),
        sensitivity=sensitivity,
        creator=creator,
        created=WHEN,
        modified=WHEN,
    )


@pytest.mark.parametrize("level", LEVELS)
def test_each_level_is_what_the_documents_say_of_it(level):
    rights = LEVELS[level]
    shown = (
        "creates" if rights.creates_items else "-",
        rights.edits,
        rights.deletes,
        rights.reads,
        "folders" if rights.creates_folders else "-",
    )
    assert shown == TOLD[level]
    assert (rights.is_owner, rights.is_contact) == ((True, True) if level is Level.OWNER else (False, False))
    assert rights.is_visible is (level not in {Level.NONE, *CALENDAR_ONLY})
    assert level_of(rights) is level


def test_every_level_but_custom_is_in_the_table():
    assert LEVELS.keys() | {Level.CUSTOM} == set(Level)
    assert len(set(LEVELS.values())) == len(LEVELS)


@given(ANY_RIGHTS)
def test_any_other_set_of_rights_is_custom(rights):
    assert (level_of(rights) is Level.CUSTOM) is (rights not in LEVELS.values())


@given(ANY_RIGHTS, ANY_RIGHTS)
def test_merged_rights_allow_what_either_allows(one, other):
    both = merged([one, other])
    assert merged([other, one]) == both
    assert merged([both, one, other]) == both
    order = {Extent: list(Extent), FreeBusyAccess: list(FreeBusyAccess), bool: [False, True]}
    for field in fields(Rights):
        values = [getattr(rights, field.name) for rights in (one, other, both)]
        ranks = [order[type(value)].index(value) for value in values]
        assert ranks[2] == max(ranks)


@given(ANY_RIGHTS, st.booleans(), st.booleans(), st.booleans())
def test_reach_is_a_naive_table(rights, own, private, sees_private):
    item = message("me@example.com" if own else "", Sensitivity.PRIVATE if private else Sensitivity.NORMAL)
    reach = Reach("me@example.com", rights, sees_private=sees_private)
    readable = rights.is_visible and (rights.reads == "full" or own) and (not private or own or sees_private)
    assert reach.reads(item) is readable
    assert reach.edits(item) is (readable and (rights.edits == "all" or (rights.edits == "owned" and own)))
    assert reach.deletes(item) is (readable and (rights.deletes == "all" or (rights.deletes == "owned" and own)))
    if reach.reads_everything:
        assert readable


def test_the_mailbox_itself_may_do_everything():
    reach = Reach("me@example.com")
    for item in (message(), message("other@example.com"), message(sensitivity=Sensitivity.PRIVATE)):
        assert reach.reads(item)
        assert reach.edits(item)
        assert reach.deletes(item)
    assert reach.reads_everything


def test_folders_are_born_closed_and_the_calendar_as_its_owner_shares_it():
    owner = Mailbox(
        id="m", person=Person("me@example.com"), default_access=Level.TIME_ONLY, access=(("a@b", Level.EDITOR),)
    )
    inbox = Folder(id="i", mailbox_id="m", name="Inbox", role=FolderRole.INBOX)
    assert permissions_of(inbox, owner) == (Permission(DEFAULT, Rights()), Permission(ANONYMOUS, Rights()))
    calendar = replace(inbox, role=FolderRole.CALENDAR)
    assert permissions_of(calendar, owner) == (
        Permission(DEFAULT, LEVELS[Level.TIME_ONLY]),
        Permission(ANONYMOUS, Rights()),
        Permission("a@b", LEVELS[Level.EDITOR]),
    )
    assert permissions_of(replace(calendar, permissions=()), owner) == ()


def test_outside_calendars_nobody_reads_times_alone():
    given_ = tuple(Permission(str(level), rights) for level, rights in LEVELS.items())
    kept = {permission.user: permission.rights for permission in outside_calendars(given_)}
    assert kept == {
        str(level): LEVELS[Level.NONE] if level in CALENDAR_ONLY else rights for level, rights in LEVELS.items()
    }
