"""Requests about folders, in the words that most tests need."""

from types import SimpleNamespace

import pytest

from reference_impl.ews.namespaces import t


def named(name, mailbox=None):
    inner = "" if mailbox is None else f"<t:Mailbox><t:EmailAddress>{mailbox}</t:EmailAddress></t:Mailbox>"
    return f'<t:DistinguishedFolderId Id="{name}">{inner}</t:DistinguishedFolderId>'


def shape(base="IdOnly", paths=()):
    written = "".join(path if path.startswith("<") else f'<t:FieldURI FieldURI="{path}"/>' for path in paths)
    more = f"<t:AdditionalProperties>{written}</t:AdditionalProperties>" if paths else ""
    return f"<m:FolderShape><t:BaseShape>{base}</t:BaseShape>{more}</m:FolderShape>"


def get(speaker, *folders, base="IdOnly", paths=()):
    return speaker(f"<m:GetFolder>{shape(base, paths)}<m:FolderIds>{''.join(folders)}</m:FolderIds></m:GetFolder>")


def find(speaker, parent, traversal="Shallow", *, view="", restriction="", base="Default", paths=()):
    wanted = f"<m:Restriction>{restriction}</m:Restriction>" if restriction else ""
    return speaker(
        f'<m:FindFolder Traversal="{traversal}">{shape(base, paths)}{view}{wanted}'
        f"<m:ParentFolderIds>{parent}</m:ParentFolderIds></m:FindFolder>"
    )


def create(speaker, parent, *entries):
    return speaker(
        f"<m:CreateFolder><m:ParentFolderId>{parent}</m:ParentFolderId>"
        f"<m:Folders>{''.join(entries)}</m:Folders></m:CreateFolder>"
    )


def folder(name="Plans", element="Folder", before="", after=""):
    shown = "" if name is None else f"<t:DisplayName>{name}</t:DisplayName>"
    return f"<t:{element}>{before}{shown}{after}</t:{element}>"


def update(speaker, folder_id, *changes):
    return speaker(
        f"<m:UpdateFolder><m:FolderChanges><t:FolderChange>{folder_id}<t:Updates>{''.join(changes)}</t:Updates>"
        "</t:FolderChange></m:FolderChanges></m:UpdateFolder>"
    )


def set_field(uri, inner, element="Folder", verb="SetFolderField"):
    path = uri if uri.startswith("<") else f'<t:FieldURI FieldURI="{uri}"/>'
    return f"<t:{verb}>{path}<t:{element}>{inner}</t:{element}></t:{verb}>"


def delete_field(uri):
    path = uri if uri.startswith("<") else f'<t:FieldURI FieldURI="{uri}"/>'
    return f"<t:DeleteFolderField>{path}</t:DeleteFolderField>"


def move(speaker, target, *folders):
    return speaker(
        f"<m:MoveFolder><m:ToFolderId>{target}</m:ToFolderId>"
        f"<m:FolderIds>{''.join(folders)}</m:FolderIds></m:MoveFolder>"
    )


def delete(speaker, *folders, kind="HardDelete"):
    return speaker(
        f'<m:DeleteFolder DeleteType="{kind}"><m:FolderIds>{"".join(folders)}</m:FolderIds></m:DeleteFolder>'
    )


def id_of(answer):
    """The one FolderId of an answer, as requests write it."""
    (found,) = answer.all("FolderId")
    return f'<t:FolderId Id="{found.get("Id")}" ChangeKey="{found.get("ChangeKey")}"/>'


def made(speaker, parent="msgfolderroot", name="Plans", **more):
    """Make a folder; its FolderId."""
    answer = create(speaker, parent if parent.startswith("<") else named(parent), folder(name, **more))
    assert answer.code == "NoError", answer.body
    return id_of(answer)


def names(answer):
    return answer.texts("DisplayName")


def entry(user, level, inner="", element="Permission"):
    """One entry of a permission set; ``user`` is an address, Default, Anonymous, or the inside of a UserId."""
    if user in {"Default", "Anonymous"}:
        user = f"<t:DistinguishedUser>{user}</t:DistinguishedUser>"
    elif not user.startswith("<"):
        user = f"<t:PrimarySmtpAddress>{user}</t:PrimarySmtpAddress>" if user else ""
    word = "PermissionLevel" if element == "Permission" else "CalendarPermissionLevel"
    return f"<t:{element}><t:UserId>{user}</t:UserId>{inner}<t:{word}>{level}</t:{word}></t:{element}>"


def permission_set(*entries, calendar=False, unknown=""):
    name = "CalendarPermissions" if calendar else "Permissions"
    return f"<t:PermissionSet><t:{name}>{''.join(entries)}</t:{name}>{unknown}</t:PermissionSet>"


def share(speaker, folder_id, *entries, calendar=False):
    """Set the entries of a folder, each (user, level)."""
    element = "CalendarPermission" if calendar else "Permission"
    written = [entry(user, level, element=element) for user, level in entries]
    fresh = id_of(get(speaker, folder_id))
    change = set_field(
        "folder:PermissionSet",
        permission_set(*written, calendar=calendar),
        element="CalendarFolder" if calendar else "Folder",
    )
    answer = update(speaker, fresh, change)
    assert answer.code == "NoError", answer.body
    return id_of(answer)


def levels(answer):
    """The entries of the one permission set of an answer: {user: level}."""
    found = {}
    for element in (*answer.all("Permission"), *answer.all("CalendarPermission")):
        user = element.find(t("UserId"))
        name = user.findtext(t("DistinguishedUser")) or user.findtext(t("PrimarySmtpAddress"))
        found[name] = element.findtext(t("PermissionLevel")) or element.findtext(t("CalendarPermissionLevel"))
    return found


@pytest.fixture(scope="session")
def folders():
    """The builders above, for tests, which cannot import a conftest."""
    return SimpleNamespace(**{name: value for name, value in globals().items() if callable(value)})


def delegate_user(user, copies=None, private=None, **levels):
    """A t:DelegateUser; ``user`` is an address, or the inside of a UserId."""
    inner = user if user.startswith("<") or not user else f"<t:PrimarySmtpAddress>{user}</t:PrimarySmtpAddress>"
    named = [f"{name}FolderPermissionLevel" for name in ("Calendar", "Tasks", "Inbox", "Contacts", "Notes", "Journal")]
    given = "".join(f"<t:{name}>{levels[name]}</t:{name}>" for name in named if name in levels)
    return (
        f"<t:DelegateUser><t:UserId>{inner}</t:UserId>"
        + (f"<t:DelegatePermissions>{given}</t:DelegatePermissions>" if given else "")
        + (f"<t:ReceiveCopiesOfMeetingMessages>{copies}</t:ReceiveCopiesOfMeetingMessages>" if copies else "")
        + (f"<t:ViewPrivateItems>{private}</t:ViewPrivateItems>" if private else "")
        + "</t:DelegateUser>"
    )


def _managed(speaker, operation, inner, mailbox, attributes=""):
    named = f"<m:Mailbox><t:EmailAddress>{mailbox or speaker.address}</t:EmailAddress></m:Mailbox>"
    return speaker(f"<m:{operation}{attributes}>{named}{inner}</m:{operation}>")


def _user_ids(users):
    named = (user if user.startswith("<") else f"<t:PrimarySmtpAddress>{user}</t:PrimarySmtpAddress>" for user in users)
    written = "".join(f"<t:UserId>{user}</t:UserId>" for user in named)
    return f"<m:UserIds>{written}</m:UserIds>" if written else ""


def _delivery(word):
    return f"<m:DeliverMeetingRequests>{word}</m:DeliverMeetingRequests>" if word else ""


def get_delegates(speaker, *users, mailbox=None, permissions="true"):
    attributes = f' IncludePermissions="{permissions}"'
    return _managed(speaker, "GetDelegate", _user_ids(users), mailbox, attributes)


def add_delegates(speaker, *users, mailbox=None, delivery=None):
    inner = f"<m:DelegateUsers>{''.join(users)}</m:DelegateUsers>{_delivery(delivery)}"
    return _managed(speaker, "AddDelegate", inner, mailbox)


def update_delegates(speaker, *users, mailbox=None, delivery=None):
    given = f"<m:DelegateUsers>{''.join(users)}</m:DelegateUsers>" if users else ""
    return _managed(speaker, "UpdateDelegate", given + _delivery(delivery), mailbox)


def remove_delegates(speaker, *users, mailbox=None):
    return _managed(speaker, "RemoveDelegate", _user_ids(users), mailbox)


@pytest.fixture(scope="session")
def delegates():
    """Requests about delegates."""
    return SimpleNamespace(
        user=delegate_user,
        get=get_delegates,
        add=add_delegates,
        update=update_delegates,
        remove=remove_delegates,
    )
