"""Sharing by roles and by entries and delegates: two ways to write one thing, which every reader sees alike."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reference_impl.directory.population import default_population
from reference_impl.domain.acts import CALENDAR
from reference_impl.domain.copying import replace
from reference_impl.domain.delegation import DELEGATE_LEVELS
from reference_impl.domain.errors import DomainError
from reference_impl.domain.mailbox import FolderRole, Person, permissions_of
from reference_impl.domain.permissions import ANONYMOUS, DEFAULT, LEVELS, Level, Permission, level_of
from reference_impl.domain.sharing import DELEGATING, EVERYBODY, Role, rights_of, role_of
from reference_impl.service import calendar_sharing, delegates, directory, folders
from reference_impl.service.delegates import DelegateChange
from reference_impl.service.world import SeededIds, SteppedClock, World
from reference_impl.store.store import open_store

USERS = ("attendee0@example.com", "attendee1@example.com", "list0@example.com", "alexw@contoso.com", "x@nowhere.test")
MAILBOXES = USERS[:2] + USERS[3:4]
ROLES = st.sampled_from(list(Role))


class Stage:
    """One world with the default people, of whom the organizer shares."""

    def __init__(self):
        clock = SteppedClock(datetime(2026, 1, 5, 8, tzinfo=UTC))
        self.world = World(store=open_store(), clock=clock, ids=SeededIds("sharing"))
        self.world.store.populate(default_population(), self.world.ids, clock.now())
        self.organizer = self.who("organizer0@example.com")

    def who(self, address):
        mailbox = directory.find_mailbox(self.world, address)
        assert mailbox is not None
        return mailbox


commands = st.one_of(
    st.tuples(st.just("add"), st.sampled_from(USERS), ROLES),
    st.tuples(st.just("change"), st.sampled_from((*USERS, DEFAULT)), ROLES),
    st.tuples(st.just("remove"), st.sampled_from((*USERS, DEFAULT)), st.none()),
    st.tuples(st.just("delegate"), st.sampled_from(MAILBOXES), st.sampled_from(sorted(DELEGATE_LEVELS))),
    st.tuples(st.just("seeing"), st.sampled_from(MAILBOXES), st.booleans()),
    st.tuples(st.just("dismiss"), st.sampled_from(MAILBOXES), st.none()),
    st.tuples(st.just("entry"), st.sampled_from(USERS), st.sampled_from(sorted(LEVELS))),
)


def run(stage, word, user, what):
    world, owner = stage.world, stage.organizer
    if word == "add":
        calendar_sharing.add_share(world, owner, CALENDAR, Person(user), what)
    elif word == "change":
        calendar_sharing.change_share(world, owner, CALENDAR, user, what)
    elif word == "remove":
        calendar_sharing.remove_share(world, owner, CALENDAR, user)
    elif word == "delegate":
        change = DelegateChange(levels={FolderRole.CALENDAR: what}, receives_copies=True)
        delegates.add_delegate(world, owner, stage.who(user), change)
    elif word == "seeing":
        delegates.update_delegate(world, owner, user, DelegateChange(views_private=what))
    elif word == "dismiss":
        delegates.remove_delegate(world, owner, user)
    else:

        def enter(folder):
            others = tuple(entry for entry in permissions_of(folder, owner) if entry.user != user)
            return replace(folder, permissions=(*others, Permission(user, LEVELS[what])))

        folders.update_folder(world, owner, CALENDAR, enter)


def known_delegates(stage):
    with stage.world.store.begin(write=False) as unit:
        found = delegates.delegation_of(unit, stage.organizer)
    return {} if found is None else {each.user: each for each in found.delegates}


def entries(stage):
    folder = folders.get_folder(stage.world, stage.organizer, CALENDAR)
    return {entry.user: entry.rights for entry in permissions_of(folder, stage.organizer) if entry.user != ANONYMOUS}


@given(script=st.lists(commands, max_size=12))
@example(script=[("delegate", USERS[0], Level.REVIEWER), ("change", USERS[0], Role.READ)])
@example(script=[("delegate", USERS[0], Level.EDITOR), ("change", USERS[0], Role.DELEGATE)])
def test_shares_are_what_entries_and_delegates_say(script):
    stage = Stage()
    for word, user, what in script:
        before = stage.world.store.snapshot()
        try:
            run(stage, word, user, what)
        except DomainError:
            assert stage.world.store.snapshot() == before
            continue
        shares = calendar_sharing.shares(stage.world, stage.organizer, CALENDAR)
        assert shares[0].user == DEFAULT
        assert {share.user: share.role for share in shares} == {
            user: role_of(rights, known_delegates(stage).get(user)) for user, rights in entries(stage).items()
        }
        if word in {"add", "change"}:
            (share,) = [share for share in shares if share.user == user]
            assert share.role is what
            assert what in share.allowed or what is Role.CUSTOM
            assert what is Role.CUSTOM or entries(stage)[user] == rights_of(what)
            assert (user in known_delegates(stage)) is (what in DELEGATING) or what is Role.CUSTOM
        if word == "remove":
            assert user not in entries(stage)
            assert user not in known_delegates(stage)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CUSTOM])
def test_a_role_is_read_off_the_rights_that_it_gives(role):
    delegate = delegates.Delegate("a@b.c", views_private=role is Role.DELEGATE_SEEING_PRIVATE)
    assert role_of(rights_of(role), delegate if role in DELEGATING else None) is role


def test_rights_without_a_role_are_custom_to_delegates_and_others():
    for level in (Level.AUTHOR, Level.OWNER, Level.CONTRIBUTOR):
        assert role_of(LEVELS[level], None) is Role.CUSTOM
        assert role_of(LEVELS[level], delegates.Delegate("a@b.c")) is Role.CUSTOM
    assert role_of(LEVELS[Level.REVIEWER], delegates.Delegate("a@b.c")) is Role.READ


def test_everybody_can_be_given_what_the_organization_is_allowed():
    stage = Stage()
    for role in EVERYBODY:
        calendar_sharing.change_share(stage.world, stage.organizer, CALENDAR, DEFAULT, role)
        assert level_of(entries(stage)[DEFAULT]) is level_of(rights_of(role))
