"""GetDelegate, AddDelegate, UpdateDelegate, RemoveDelegate ([MS-OXWSDLGM])."""

import pytest

from reference_impl.domain.copying import replace
from reference_impl.ews.namespaces import m
from reference_impl.service.settings import Settings
from reference_impl.service.world import World

OWNER, ONE, TWO = "organizer0@example.com", "attendee0@example.com", "attendee1@example.com"
FOLDERS = ("Calendar", "Tasks", "Inbox", "Contacts", "Notes", "Journal")


def root(answer):
    """The response element, which is a response message itself."""
    return answer.root.find(".//{*}Body")[0]


def root_code(answer):
    return root(answer).findtext(m("ResponseCode"))


def codes(answer):
    """The codes about single users."""
    return [found.findtext(m("ResponseCode")) for found in answer.root.iter(m("DelegateUserResponseMessageType"))]


def shown(answer):
    """Everything told of the delegates: {address: {property: text}}."""
    told = {}
    for user in answer.root.iter(m("DelegateUser")):
        leaves = {leaf.tag.partition("}")[2]: leaf.text for leaf in user.iter() if not len(leaf)}
        told[leaves.pop("PrimarySmtpAddress")] = leaves
    return told


def level(folder, name):
    return f"{folder}FolderPermissionLevel", name


ALONE = {"UserId", "SID", "DisplayName"}


def test_a_mailbox_that_never_had_delegates_is_not_configured(organizer, delegates):
    """[MS-OXWSDLGM] GetDelegate; DOC ErrorDelegateMissingConfiguration."""
    answer = delegates.get(organizer)
    assert root(answer).get("ResponseClass") == "Error"
    assert root_code(answer) == "ErrorDelegateMissingConfiguration"
    assert root_code(delegates.add(organizer, delegates.user(ONE))) == "NoError"
    assert codes(delegates.remove(organizer, ONE)) == ["NoError"]
    after = delegates.get(organizer)
    assert (root_code(after), codes(after)) == ("NoError", [])
    assert after.root.find(f".//{m('ResponseMessages')}") is None


@pytest.mark.parametrize("settings", [Settings.online()])
def test_online_it_has_none(organizer, delegates, settings):
    answer = delegates.get(organizer)
    assert (root_code(answer), codes(answer)) == ("NoError", [])
    assert answer.root.findtext(f".//{m('DeliverMeetingRequests')}") == "DelegatesAndSendInformationToMe"


def test_a_delegate_is_added_with_permissions(organizer, delegates, folders):
    given = dict([level("Calendar", "Editor"), level("Inbox", "Reviewer")])
    answer = delegates.add(organizer, delegates.user(ONE, copies="true", private="true", **given))
    told = shown(answer)[ONE]
    assert codes(answer) == ["NoError"]
    assert {name: told[name] for name in told if name not in ALONE} == {
        **{f"{folder}FolderPermissionLevel": "None" for folder in FOLDERS},
        **given,
        "ReceiveCopiesOfMeetingMessages": "true",
        "ViewPrivateItems": "true",
    }
    assert shown(delegates.get(organizer)) == shown(answer)
    for folder, name in (("calendar", "Editor"), ("inbox", "Reviewer")):
        entries = folders.get(organizer, folders.named(folder), paths=("folder:PermissionSet",))
        assert folders.levels(entries)[ONE] == name
    without = shown(delegates.get(organizer, permissions="false"))[ONE]
    assert {name for name in without if "Level" in name} == set()
    assert without["ViewPrivateItems"] == "true"


def test_what_is_not_said_of_a_new_delegate_is_no(organizer, delegates):
    told = shown(delegates.add(organizer, delegates.user(ONE)))[ONE]
    assert told["ReceiveCopiesOfMeetingMessages"] == told["ViewPrivateItems"] == "false"
    assert {told[f"{folder}FolderPermissionLevel"] for folder in FOLDERS} == {"None"}


def test_an_update_changes_what_it_says_alone(organizer, delegates):
    delegates.add(organizer, delegates.user(ONE, copies="true", **dict([level("Calendar", "Editor")])))
    answer = delegates.update(organizer, delegates.user(ONE, private="true", **dict([level("Tasks", "Author")])))
    told = shown(answer)[ONE]
    assert told["ReceiveCopiesOfMeetingMessages"] == told["ViewPrivateItems"] == "true"
    assert (told["CalendarFolderPermissionLevel"], told["TasksFolderPermissionLevel"]) == ("Editor", "Author")


def test_removing_takes_the_entries_away(organizer, delegates, folders, attendee):
    delegates.add(organizer, delegates.user(ONE, **dict([level("Calendar", "Editor")])))
    calendar = folders.named("calendar", OWNER)
    assert folders.get(attendee, calendar).code == "NoError"
    assert codes(delegates.remove(organizer, ONE)) == ["NoError"]
    assert folders.get(attendee, calendar).code == "ErrorFolderNotFound"
    entries = folders.get(organizer, folders.named("calendar"), paths=("folder:PermissionSet",))
    assert ONE not in folders.levels(entries)


def test_each_user_has_an_answer(organizer, delegates):
    delegates.add(organizer, delegates.user(ONE))
    users = [
        (ONE, "ErrorDelegateAlreadyExists"),
        (TWO, "NoError"),
        (TWO, "ErrorDelegateAlreadyExists"),
        (OWNER, "ErrorDelegateCannotAddOwner"),
        ("nobody@example.com", "ErrorDelegateNoUser"),
        ("<t:SID>S-1-5-21-1-2-3-4</t:SID>", "ErrorDelegateNoUser"),
        ("list0@example.com", "ErrorDelegateValidationFailed"),
        ("<t:DistinguishedUser>Default</t:DistinguishedUser>", "ErrorInvalidDelegateUserId"),
        ("<t:DistinguishedUser>Anonymous</t:DistinguishedUser>", "ErrorInvalidDelegateUserId"),
        ("<t:DisplayName>Attendee 2</t:DisplayName>", "ErrorInvalidDelegateUserId"),
        ("", "ErrorInvalidDelegateUserId"),
        ("attendee3@example.com", "NoError"),
    ]
    answer = delegates.add(organizer, *(delegates.user(user) for user, _ in users))
    assert root_code(answer) == "NoError"
    assert codes(answer) == [code for _, code in users]
    assert list(shown(delegates.get(organizer))) == [ONE, TWO, "attendee3@example.com"]


def test_who_is_no_delegate_cannot_be_changed_removed_or_shown(organizer, delegates, world):
    delegates.add(organizer, delegates.user(ONE))
    before = world.store.snapshot()
    for act in (
        delegates.update(organizer, delegates.user(TWO, private="true"), delegates.user("nobody@example.com")),
        delegates.remove(organizer, TWO, "nobody@example.com"),
        delegates.get(organizer, TWO, "nobody@example.com"),
    ):
        assert root_code(act) == "NoError"
        assert codes(act) == ["ErrorNotDelegate", "ErrorDelegateNoUser"]
    assert world.store.snapshot() == before
    both = delegates.get(organizer, TWO, ONE)
    assert codes(both) == ["ErrorNotDelegate", "NoError"]
    assert list(shown(both)) == [ONE]


def test_a_custom_level_cannot_be_given_but_is_told(organizer, delegates, folders, world):
    delegates.add(organizer, delegates.user(ONE))
    before = world.store.snapshot()
    custom = dict([level("Calendar", "Reviewer"), level("Inbox", "Custom")])
    assert codes(delegates.update(organizer, delegates.user(ONE, **custom))) == ["ErrorInvalidDelegatePermission"]
    assert codes(delegates.add(organizer, delegates.user(TWO, **custom))) == ["ErrorInvalidDelegatePermission"]
    assert world.store.snapshot() == before
    folders.share(organizer, folders.named("inbox"), (ONE, "PublishingEditor"))
    assert shown(delegates.get(organizer))[ONE]["InboxFolderPermissionLevel"] == "Custom"


@pytest.mark.parametrize(
    "delivery", ["DelegatesOnly", "DelegatesAndMe", "DelegatesAndSendInformationToMe", "NoForward"]
)
def test_how_meetings_are_delivered_is_kept(organizer, delegates, delivery):
    def told(answer):
        return answer.root.findtext(f".//{m('DeliverMeetingRequests')}")

    delegates.add(organizer, delegates.user(ONE), delivery=delivery)
    assert told(delegates.get(organizer)) == delivery
    delegates.add(organizer, delegates.user(TWO))
    assert told(delegates.get(organizer)) == delivery
    alone = delegates.update(organizer, delivery="DelegatesOnly")
    assert (root_code(alone), codes(alone)) == ("NoError", [])
    assert told(delegates.get(organizer)) == "DelegatesOnly"


def test_before_2010_nothing_is_called_no_forward(organizer, delegates):
    delegates.add(organizer, delegates.user(ONE), delivery="NoForward")
    older = organizer.at("Exchange2007_SP1")
    answer = delegates.get(older)
    assert answer.root.findtext(f".//{m('DeliverMeetingRequests')}") == "DelegatesAndMe"
    assert delegates.update(older, delivery="NoForward").fault == "ErrorSchemaValidation"
    assert delegates.get(organizer.at("Exchange2007")).fault


def test_only_owners_manage_delegates(organizer, attendee, delegates, world):
    delegates.add(organizer, delegates.user(ONE, **dict([level("Calendar", "Editor")])))
    before = world.store.snapshot()
    for act in (
        delegates.get(attendee, mailbox=OWNER),
        delegates.add(attendee, delegates.user(TWO), mailbox=OWNER),
        delegates.update(attendee, delegates.user(ONE, private="true"), mailbox=OWNER),
        delegates.remove(attendee, ONE, mailbox=OWNER),
    ):
        assert (root_code(act), codes(act)) == ("ErrorAccessDenied", [])
        assert root(act).get("ResponseClass") == "Error"
    assert root_code(delegates.get(organizer, mailbox="nobody@example.com")) == "ErrorNonExistentMailbox"
    assert world.store.snapshot() == before


def test_a_user_may_be_named_by_security_id(organizer, delegates):
    added = delegates.add(organizer, delegates.user(ONE))
    sid = f"<t:SID>{added.text('SID')}</t:SID>"
    assert codes(delegates.update(organizer, delegates.user(sid, private="true"))) == ["NoError"]
    mixed = f"{sid}<t:PrimarySmtpAddress>{TWO}</t:PrimarySmtpAddress>"
    assert codes(delegates.update(organizer, delegates.user(mixed))) == ["ErrorDelegateNoUser"]
    assert codes(delegates.remove(organizer, sid)) == ["NoError"]


def test_settings_survive_in_the_world(organizer, delegates, world):
    """What a mailbox says of its delegates is kept with it, not with the connection."""
    delegates.add(organizer, delegates.user(ONE))
    again = replace(organizer, world=World(store=world.store, clock=world.clock, ids=world.ids))
    assert list(shown(delegates.get(again))) == [ONE]
