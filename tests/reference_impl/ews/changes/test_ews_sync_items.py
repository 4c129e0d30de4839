"""SyncFolderItems: copies of folders, kept up to date."""

import base64

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from reference_impl.domain.mailbox import FolderRole
from reference_impl.ews import ids
from reference_impl.ews.namespaces import MESSAGES, m, t
from reference_impl.service.directory import find_mailbox
from reference_impl.service.settings import Settings

PATIENT = hypothesis_settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
SCRIPT = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 50)), max_size=25)


def state_of(answer):
    return answer.root.findtext(f".//{{{MESSAGES}}}SyncState")


def is_last(answer):
    return answer.root.findtext(f".//{{{MESSAGES}}}IncludesLastItemInRange") == "true"


def changes(answer):
    (found,) = answer.root.iter(m("Changes"))
    return [change.tag.rsplit("}", 1)[-1] for change in found]


@pytest.mark.requirement("EWS-MTG-320", "EWS-MTG-321", "EWS-MTG-323", "EWS-MTG-324")
@PATIENT
@given(before=SCRIPT, after=st.lists(SCRIPT, max_size=4), maximum=st.integers(1, 9))
def test_a_copy_that_follows_the_changes_is_the_folder(tools, kit, before, after, maximum):
    world = tools.new_world(Settings())
    owner = tools.speaker(world, "organizer0@example.com")
    acts = kit.acts(world, owner.address)
    copies = [kit.copy(owner, folder) for folder in kit.folders]
    for script in (before, *after):
        for act in script:
            acts.do(*act)
        for copy in copies:
            copy.catch_up(maximum)
            assert copy.items == copy.truth
    for copy in copies:
        assert copy.page()
        assert copy.told == []
    world.store.close()


@PATIENT
@given(before=SCRIPT, during=SCRIPT, maximum=st.integers(1, 5))
def test_a_copy_may_be_made_while_the_folder_changes(tools, kit, before, during, maximum):
    world = tools.new_world(Settings())
    owner = tools.speaker(world, "organizer0@example.com")
    acts = kit.acts(world, owner.address)
    for act in before:
        acts.do(*act)
    copies = [kit.copy(owner, folder, is_patient=True) for folder in kit.folders]
    for act in during:
        acts.do(*act)
        for copy in copies:
            copy.page(maximum)
    for copy in copies:
        copy.catch_up(maximum)
        assert copy.items == copy.truth
    world.store.close()


def test_an_item_that_changes_often_is_told_once(organizer, kit, acts):
    acts.plan(0)
    copy = kit.copy(organizer, "calendar")
    copy.page()
    for _ in range(5):
        acts.do(4, 0)
    acts.plan(0)
    assert not copy.page(1)
    assert [verb for verb, _ in copy.told] == ["Update"]
    assert copy.page(1)
    assert [verb for verb, _ in copy.told] == ["Create"]
    assert copy.page(1)
    assert copy.told == []


def test_what_came_and_went_in_between_is_not_told(organizer, kit, acts):
    copy = kit.copy(organizer, "calendar")
    copy.page()
    acts.plan(0)
    acts.do(4, 0)
    acts.delete(0)
    assert copy.page()
    assert copy.told == []


@pytest.mark.requirement("EWS-MTG-320")
def test_the_newest_items_are_told_first(organizer, kit, acts):
    for number in range(3):
        acts.count = number
        acts.plan(0)
    answer = organizer(kit.sync_request("calendar"))
    assert changes(answer) == ["Create"] * 3
    assert answer.texts("Subject") == ["P2", "P1", "P0"]


@pytest.mark.requirement("EWS-MTG-323")
@pytest.mark.parametrize(("count", "calls"), [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3)])
def test_more_changes_than_asked_for_wait(organizer, kit, acts, count, calls):
    for _ in range(count):
        acts.plan(0)
    copy = kit.copy(organizer, "calendar")
    assert copy.catch_up(2) == calls
    assert len(copy.items) == count
    for _ in range(count):
        acts.plan(0)
    assert copy.catch_up(2) == calls
    assert len(copy.items) == 2 * count


@pytest.mark.requirement("EWS-MTG-323")
def test_what_changes_during_a_round_waits_for_the_next(organizer, kit, acts):
    acts.plan(0)
    acts.plan(0)
    copy = kit.copy(organizer, "calendar")
    assert not copy.page(1)
    acts.plan(0)
    assert not copy.page(1)
    assert [verb for verb, _ in copy.told] == ["Create"]
    assert len(copy.items) == 2
    acts.do(4, 0)
    assert copy.page(5)
    assert sorted(verb for verb, _ in copy.told) == ["Create", "Update"]
    assert copy.items == copy.truth


@pytest.mark.requirement("EWS-MTG-322")
@pytest.mark.parametrize("maximum", [0, 513, -1])
def test_the_number_of_changes_has_bounds(organizer, kit, maximum):
    assert organizer(kit.sync_request("calendar", maximum=maximum)).fault == "ErrorSchemaValidation"


def test_the_most_changes_come_at_once(organizer, kit, acts):
    for _ in range(513):
        acts.write(0)
    answer = organizer(kit.sync_request("drafts", maximum=512))
    assert (len(changes(answer)), is_last(answer)) == (512, False)
    answer = organizer(kit.sync_request("drafts", state_of(answer), maximum=512))
    assert (len(changes(answer)), is_last(answer)) == (1, True)


@pytest.mark.requirement("EWS-MTG-325")
def test_ignored_items_are_left_out(organizer, kit, acts):
    acts.plan(0)
    acts.plan(0)
    ignored, told = organizer.find("calendar").ids("CalendarItem")
    answer = organizer(kit.sync_request("calendar", ignore=(ignored,)))
    assert answer.ids("CalendarItem") == [told]
    acts.do(4, 0)
    acts.do(4, 1)
    answer = organizer(kit.sync_request("calendar", state_of(answer), ignore=(told.split(" Change")[0] + "/>",)))
    assert [element.get("Id") in ignored for element in answer.all("ItemId")] == [True]
    assert is_last(answer)


@pytest.mark.parametrize("item_id", ["", "AAAA", "no id"])
def test_ignored_items_must_be_named_by_ids(organizer, kit, item_id):
    answer = organizer(kit.sync_request("calendar", ignore=(f'<t:ItemId Id="{item_id}"/>',)))
    assert answer.code.startswith("ErrorInvalidId")


@pytest.mark.requirement("EWS-MTG-326")
def test_mime_content_cannot_be_asked_for(organizer, kit):
    wanted = "<t:IncludeMimeContent>true</t:IncludeMimeContent>"
    assert organizer(kit.sync_request("calendar", mime=wanted)).code == "ErrorInvalidPropertyForOperation"
    unwanted = "<t:IncludeMimeContent>false</t:IncludeMimeContent>"
    assert organizer(kit.sync_request("calendar", mime=unwanted)).code == "NoError"


def test_an_item_shows_no_more_than_a_search_does(organizer, kit, meeting):
    found = organizer.find("calendar", shape="AllProperties", paths=("message:IsRead", "calendar:Start"))
    answer = organizer(kit.sync_request("calendar", shape="AllProperties"))
    assert answer.all("Body") == answer.all("RequiredAttendees") == []
    assert [element.tag for element in answer.one("CalendarItem")] == [
        element.tag for element in found.one("CalendarItem")
    ]


@pytest.mark.requirement("EWS-MTG-327")
def test_an_invitation_is_told_in_inbox_and_calendar(organizer, attendee, kit):
    inbox, calendar = kit.copy(attendee, "inbox"), kit.copy(attendee, "calendar")
    inbox.page()
    calendar.page()
    organizer.create(attendees=(attendee.address,))
    inbox.page()
    calendar.page()
    assert [item["kind"] for item in inbox.items.values()] == ["MeetingRequest"]
    assert [item["kind"] for item in calendar.items.values()] == ["CalendarItem"]
    assert [verb for verb, _ in (*inbox.told, *calendar.told)] == ["Create", "Create"]


def test_an_occurrence_changes_its_master(organizer, kit, acts):
    acts.plan_series(2)
    copy = kit.copy(organizer, "calendar")
    copy.page()
    (master,) = copy.items
    acts.change_occurrence(1)
    copy.page()
    assert copy.told == [("Update", master)]
    acts.delete_occurrence(0)
    copy.page()
    assert copy.told == [("Update", master)]
    for _ in range(4):
        acts.delete_occurrence(0)
    copy.page()
    assert copy.told == [("Delete", master)]


def test_a_moved_item_leaves_one_folder_and_comes_to_another(organizer, kit, acts):
    acts.write(0)
    drafts, inbox = kit.copy(organizer, "drafts"), kit.copy(organizer, "inbox")
    drafts.page()
    inbox.page()
    acts.move(0)
    drafts.page()
    inbox.page()
    assert [verb for verb, _ in drafts.told] == ["Delete"]
    assert [verb for verb, _ in inbox.told] == ["Create"]
    assert drafts.told[0][1] != inbox.told[0][1]


@pytest.mark.parametrize(
    ("version", "verb"),
    [("Exchange2007", "Update"), ("Exchange2007_SP1", "ReadFlagChange"), ("Exchange2016", "ReadFlagChange")],
)
def test_a_change_of_the_read_flag_alone_is_told_as_such(organizer, kit, acts, version, verb):
    acts.receive(0)
    copy = kit.copy(organizer.at(version), "inbox")
    copy.page()
    acts.read(0)
    copy.page()
    assert [change for change, _ in copy.told] == [verb]
    assert [item["is_read"] for item in copy.items.values()] == ["true"]
    acts.read_and_change(0)
    copy.page()
    assert [change for change, _ in copy.told] == ["Update"]


@pytest.mark.parametrize("scope", ["NormalItems", "NormalAndAssociatedItems"])
def test_nothing_is_associated_with_a_folder_so_scopes_are_alike(organizer, kit, acts, scope):
    acts.plan(0)
    request = kit.sync_request("calendar", rest=f"<m:SyncScope>{scope}</m:SyncScope>")
    assert changes(organizer(request)) == ["Create"]
    assert changes(organizer.at("Exchange2010")(request)) == ["Create"]
    assert organizer.at("Exchange2007_SP1")(request).fault == "ErrorSchemaValidation"


@pytest.mark.requirement("EWS-MTG-324")
def test_a_damaged_state_is_refused(organizer, kit, acts):
    acts.plan(0)
    state = state_of(organizer(kit.sync_request("calendar")))
    data = bytearray(base64.b64decode(state))
    for place in range(len(data)):
        data[place] ^= 1
        damaged = base64.b64encode(data).decode()
        data[place] ^= 1
        answer = organizer(kit.sync_request("calendar", damaged))
        assert answer.code == "ErrorInvalidSyncStateData", place
        assert (state_of(answer), is_last(answer)) == ("", True)
    for text in (state[:-4], state + "AAAA", "AAAA", "H4sIAAA=", "!", "ä", "A" * 5000):
        assert organizer(kit.sync_request("calendar", text)).code == "ErrorInvalidSyncStateData"
    assert organizer(kit.sync_request("calendar", f"\n  {state[:8]}\n{state[8:]} ")).code == "NoError"


@pytest.mark.requirement("EWS-MTG-324")
def test_a_state_goes_with_its_folder_and_its_mailbox(organizer, attendee, kit, world):
    state = state_of(organizer(kit.sync_request("calendar")))
    assert organizer(kit.sync_request("inbox", state)).code == "ErrorInvalidSyncStateData"
    assert attendee(kit.sync_request("calendar", state)).code == "ErrorInvalidSyncStateData"
    of_folders = organizer(
        "<m:SyncFolderHierarchy><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape></m:SyncFolderHierarchy>"
    )
    assert organizer(kit.sync_request("calendar", state_of(of_folders))).code == "ErrorInvalidSyncStateData"


def test_a_state_of_a_mailbox_that_began_anew_is_refused(organizer, kit, acts, tools):
    acts.plan(0)
    state = state_of(organizer(kit.sync_request("calendar")))
    anew = tools.new_world(Settings())
    assert (
        tools.speaker(anew, organizer.address)(kit.sync_request("calendar", state)).code == "ErrorInvalidSyncStateData"
    )


def test_a_folder_that_is_gone_cannot_be_synchronised(organizer, kit, world):
    owner = find_mailbox(world, organizer.address)
    inbox = world.store.directory.folder(owner.id, FolderRole.INBOX)
    folder = kit.add_folder(world, owner.address, "Old", inbox)
    named = f'<t:FolderId Id="{ids.folder_id(owner.id, folder.id)}"/>'
    answer = organizer(kit.sync_request(named))
    assert answer.code == "NoError"
    with world.store.begin() as unit:
        unit.remove_folder(folder)
    assert organizer(kit.sync_request(named, state_of(answer))).code == "ErrorSyncFolderNotFound"
    assert organizer(kit.sync_request("publicfoldersroot")).code == "ErrorSyncFolderNotFound"
    assert organizer(kit.sync_request('<t:FolderId Id="AAAA"/>')).code == "ErrorInvalidIdMalformed"


def test_a_synchronisation_changes_nothing(organizer, kit, meeting, world):
    before = world.store.snapshot()
    kit.copy(organizer, "calendar").catch_up(1)
    assert world.store.snapshot() == before


def test_a_change_key_of_a_read_flag_can_be_written_with(organizer, kit, acts):
    acts.receive(0)
    copy = kit.copy(organizer, "inbox")
    copy.page()
    acts.read(0)
    answer = organizer(kit.sync_request("inbox", copy.state))
    (told,) = answer.all("ReadFlagChange")
    named = told.find(t("ItemId"))
    (found,) = organizer.find("inbox").all("ItemId")
    assert dict(named.attrib) == dict(found.attrib)
