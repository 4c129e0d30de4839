"""SyncFolderHierarchy: copies of the folder tree, kept up to date."""

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from reference_impl.domain.changelog import Change
from reference_impl.domain.copying import replace
from reference_impl.domain.mailbox import FolderRole
from reference_impl.ews import ids
from reference_impl.ews.namespaces import MESSAGES, local, m, t
from reference_impl.service.directory import find_mailbox
from reference_impl.service.settings import Settings


def sync_request(root="", state="", shape="Default"):
    if root and not root.startswith("<"):
        root = f'<t:DistinguishedFolderId Id="{root}"/>'
    return (
        f"<m:SyncFolderHierarchy><m:FolderShape><t:BaseShape>{shape}</t:BaseShape></m:FolderShape>"
        + (f"<m:SyncFolderId>{root}</m:SyncFolderId>" if root else "")
        + (f"<m:SyncState>{state}</m:SyncState>" if state else "")
        + "</m:SyncFolderHierarchy>"
    )


def state_of(answer):
    return answer.root.findtext(f".//{{{MESSAGES}}}SyncState")


def told(answer):
    """The changes as (verb, folder id, name)."""
    (changes,) = answer.root.iter(m("Changes"))
    assert answer.root.findtext(f".//{{{MESSAGES}}}IncludesLastFolderInRange") == "true"
    return [
        (
            local(change.tag),
            (change[0] if local(change[0].tag) == "FolderId" else change[0].find(t("FolderId"))).get("Id"),
            change[0].findtext(t("DisplayName")),
        )
        for change in changes
    ]


class Tree:
    """The folders of one mailbox, as tests change them."""

    def __init__(self, world, address):
        self.world = world
        self.owner = find_mailbox(world, address)
        self.count = 0

    @property
    def every(self):
        return self.world.store.directory.folders_of[self.owner.id]

    @property
    def own(self):
        return [folder for folder in self.every if folder.role is None]

    def role(self, role):
        return self.world.store.directory.folder(self.owner.id, role)

    def below(self, root):
        for folder in self.every:
            if folder.parent_id == root.id:
                yield folder
                yield from self.below(folder)

    def put(self, folder, change=Change.FOLDER_CHANGED, **changes):
        with self.world.store.begin() as unit:
            return unit.put_folder(replace(folder, **changes), change)

    def remove(self, folder):
        with self.world.store.begin() as unit:
            unit.remove_folder(folder)

    def wire(self, folder):
        return ids.folder_id(self.owner.id, folder.id)


@pytest.fixture
def tree(world, organizer):
    return Tree(world, organizer.address)


ACTS = st.lists(st.tuples(st.sampled_from(["add", "rename", "move", "remove"]), st.integers(0, 40)), max_size=12)


@hypothesis_settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scripts=st.lists(ACTS, min_size=1, max_size=4), root=st.sampled_from(["", "root", "msgfolderroot", "inbox"]))
def test_a_copy_that_follows_the_changes_is_the_tree(tools, kit, scripts, root):
    world = tools.new_world(Settings())
    owner = tools.speaker(world, "organizer0@example.com")
    tree = Tree(world, owner.address)
    copy, state = {}, ""
    for script in ([], *scripts):
        for act, choice in script:
            play(kit, world, tree, act, choice)
        answer = owner(sync_request(root, state))
        state = state_of(answer)
        for verb, folder_id, name in told(answer):
            assert (verb == "Create") == (folder_id not in copy)
            if verb == "Delete":
                del copy[folder_id]
            else:
                copy[folder_id] = name
        top = tree.role({"msgfolderroot": FolderRole.TOP, "inbox": FolderRole.INBOX}.get(root, FolderRole.ROOT))
        assert copy == {tree.wire(folder): folder.name for folder in tree.below(top)}
        assert told(owner(sync_request(root, state))) == []
    world.store.close()


def play(kit, world, tree, act, choice):
    tree.count += 1
    if act == "add":
        kit.add_folder(world, tree.owner.address, f"F{tree.count}", tree.every[choice % len(tree.every)])
    if not tree.own:
        return
    folder = tree.own[choice % len(tree.own)]
    if act == "rename":
        tree.put(folder, name=f"R{tree.count}")
    if act == "move":
        inside = {folder.id, *(other.id for other in tree.below(folder))}
        places = [other for other in tree.every if other.id not in inside]
        tree.put(folder, Change.FOLDER_MOVED, parent_id=places[choice % len(places)].id)
    if act == "remove" and not list(tree.below(folder)):
        tree.remove(folder)


def test_without_a_state_every_folder_below_the_root_is_told(organizer, tree):
    answer = organizer(sync_request())
    assert {verb for verb, _, _ in told(answer)} == {"Create"}
    assert len(told(answer)) == len(tree.every) - 1
    names = [name for _, _, name in told(answer)]
    assert names[0] == "Top of Information Store"
    assert len(told(organizer(sync_request("msgfolderroot")))) == len(tree.every) - 2
    assert told(organizer(sync_request("calendar"))) == []


def test_changes_are_told_with_what_the_shape_asks_for(organizer, kit, world, tree):
    inbox = tree.role(FolderRole.INBOX)
    old = kit.add_folder(world, organizer.address, "Old", inbox)
    gone = kit.add_folder(world, organizer.address, "Gone", inbox)
    state = state_of(organizer(sync_request("msgfolderroot")))
    tree.put(old, name="New")
    made = kit.add_folder(world, organizer.address, "Made", old)
    tree.remove(gone)
    answer = organizer(sync_request("msgfolderroot", state))
    assert told(answer) == [
        ("Update", tree.wire(old), "New"),
        ("Create", tree.wire(made), "Made"),
        ("Delete", tree.wire(gone), None),
    ]
    bare = organizer(sync_request("msgfolderroot", state, shape="IdOnly"))
    assert [name for _, _, name in told(bare)] == [None, None, None]


def test_counts_are_no_change_of_a_folder(organizer, acts):
    state = state_of(organizer(sync_request()))
    acts.receive(0)
    acts.read(0)
    assert told(organizer(sync_request("", state))) == []


def test_a_folder_moved_out_of_the_tree_is_deleted_there_and_created_elsewhere(organizer, kit, world, tree):
    folder = kit.add_folder(world, organizer.address, "Moving", tree.role(FolderRole.INBOX))
    states = {root: state_of(organizer(sync_request(root))) for root in ("inbox", "deleteditems", "root")}
    tree.put(folder, Change.FOLDER_MOVED, parent_id=tree.role(FolderRole.DELETED).id)
    verbs = {root: [verb for verb, _, _ in told(organizer(sync_request(root, states[root])))] for root in states}
    assert verbs == {"inbox": ["Delete"], "deleteditems": ["Create"], "root": ["Update"]}


@pytest.mark.requirement("EWS-MTG-324")
def test_a_state_goes_with_the_root_that_was_named_for_it(organizer, attendee, kit):
    state = state_of(organizer(sync_request("msgfolderroot")))
    unnamed = state_of(organizer(sync_request()))
    for root, foreign in (("inbox", state), ("", state), ("root", unnamed), ("", "AAAA"), ("", state[:-8])):
        answer = organizer(sync_request(root, foreign))
        assert answer.code == "ErrorInvalidSyncStateData"
        assert state_of(answer) == ""
    assert attendee(sync_request("", unnamed)).code == "ErrorInvalidSyncStateData"
    of_items = state_of(organizer(kit.sync_request("inbox")))
    assert organizer(sync_request("", of_items)).code == "ErrorInvalidSyncStateData"


def test_a_state_of_a_mailbox_that_began_anew_is_refused(organizer, kit, world, tree, tools):
    kit.add_folder(world, organizer.address, "Made", tree.role(FolderRole.INBOX))
    state = state_of(organizer(sync_request()))
    anew = tools.speaker(tools.new_world(Settings()), organizer.address)
    assert anew(sync_request("", state)).code == "ErrorInvalidSyncStateData"


def test_a_root_that_is_not_there_cannot_be_synchronised(organizer):
    assert organizer(sync_request("publicfoldersroot")).code == "ErrorSyncFolderNotFound"


def test_what_folder_operations_do_is_told_as_events_and_as_changes(organizer, kit, world, tree):
    subscriber = kit.subscriber.to(organizer)
    state = state_of(organizer(sync_request("msgfolderroot")))

    def done(operation):
        """The events and the changes that an operation brings about."""
        nonlocal state
        answer = organizer(operation)
        assert answer.code == "NoError"
        synchronised = organizer(sync_request("msgfolderroot", state))
        state = state_of(synchronised)
        events = [(name, event["FolderId" if "FolderId" in event else "ItemId"]) for name, event in subscriber.news()]
        return answer, events, [(verb, folder_id) for verb, folder_id, _ in told(synchronised)]

    inbox, deleted = (tree.wire(tree.role(role)) for role in (FolderRole.INBOX, FolderRole.DELETED))
    answer, events, changes = done(
        '<m:CreateFolder><m:ParentFolderId><t:DistinguishedFolderId Id="inbox"/></m:ParentFolderId><m:Folders>'
        "<t:Folder><t:DisplayName>Made</t:DisplayName></t:Folder></m:Folders></m:CreateFolder>"
    )
    made = answer.one("FolderId").get("Id")
    key, named = answer.one("FolderId").get("ChangeKey"), f'<t:FolderId Id="{made}"/>'
    assert events == [("CreatedEvent", made), ("ModifiedEvent", inbox)]
    assert changes == [("Create", made)]
    _, events, changes = done(
        f'<m:UpdateFolder><m:FolderChanges><t:FolderChange><t:FolderId Id="{made}" ChangeKey="{key}"/><t:Updates>'
        "<t:SetFolderField>"
        '<t:FieldURI FieldURI="folder:DisplayName"/><t:Folder><t:DisplayName>Named</t:DisplayName></t:Folder>'
        "</t:SetFolderField></t:Updates></t:FolderChange></m:FolderChanges></m:UpdateFolder>"
    )
    assert (events, changes) == ([("ModifiedEvent", made)], [("Update", made)])
    answer, events, changes = done(
        f'<m:CreateItem MessageDisposition="SaveOnly"><m:SavedItemFolderId>{named}</m:SavedItemFolderId><m:Items>'
        "<t:Message><t:Subject>Inside</t:Subject></t:Message></m:Items></m:CreateItem>"
    )
    item = answer.one("ItemId").get("Id")
    assert (events, changes) == ([("CreatedEvent", item), ("ModifiedEvent", made)], [])
    _, events, changes = done(
        f'<m:DeleteFolder DeleteType="MoveToDeletedItems"><m:FolderIds>{named}</m:FolderIds></m:DeleteFolder>'
    )
    assert events == [("MovedEvent", made), ("ModifiedEvent", inbox), ("ModifiedEvent", deleted)]
    assert changes == [("Update", made)]
    _, events, changes = done(
        f'<m:DeleteFolder DeleteType="HardDelete"><m:FolderIds>{named}</m:FolderIds></m:DeleteFolder>'
    )
    assert events == [("DeletedEvent", item), ("DeletedEvent", made), ("ModifiedEvent", deleted)]
    assert changes == [("Delete", made)]
