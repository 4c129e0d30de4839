"""PermissionSet: the entries of a folder, as they are read, set and refused."""

import pytest

from reference_impl.domain.permissions import LEVELS, Level
from reference_impl.ews.fields.permissions import LEVEL_NAMES
from reference_impl.ews.namespaces import t

ATTENDEE, OTHER = "attendee0@example.com", "attendee1@example.com"
SET = "folder:PermissionSet"


def shown(speaker, folders, folder):
    return folders.get(speaker, folder, paths=(SET,))


def set_to(speaker, folders, folder, written, element="Folder"):
    return folders.update(
        speaker, folders.id_of(folders.get(speaker, folder)), folders.set_field(SET, written, element=element)
    )


def test_a_new_mailbox_is_closed_and_its_calendar_tells_the_time(organizer, folders):
    assert folders.levels(shown(organizer, folders, folders.named("inbox"))) == {"Default": "None", "Anonymous": "None"}
    calendar = shown(organizer, folders, folders.named("calendar"))
    assert folders.levels(calendar) == {"Default": "FreeBusyTimeOnly", "Anonymous": "None"}


def test_populations_share_calendars(attendee, folders):
    sharing = shown(attendee.__class__(attendee.world, "attendee9@example.com"), folders, folders.named("calendar"))
    assert folders.levels(sharing)["organizer0@example.com"] == "Reviewer"


@pytest.mark.parametrize("level", [level for level in LEVELS if level is not Level.TIME_ONLY])
def test_a_level_says_all_rights(organizer, folders, level):
    """[MS-OXWSMTGS] CalendarPermissionLevelType, [MS-OXCPERM] 3.2.5."""
    name, rights = LEVEL_NAMES[level], LEVELS[level]
    plans = folders.made(organizer, "calendar", element="CalendarFolder")
    folders.share(organizer, plans, (ATTENDEE, name), calendar=True)
    (entry,) = [
        found
        for found in shown(organizer, folders, plans).all("CalendarPermission")
        if found.findtext(f"{t('UserId')}/{t('PrimarySmtpAddress')}") == ATTENDEE
    ]
    told = {child.tag.partition("}")[2]: child.text for child in entry if not len(child)}
    assert told == {
        "CanCreateItems": str(rights.creates_items).lower(),
        "CanCreateSubFolders": str(rights.creates_folders).lower(),
        "IsFolderOwner": str(rights.is_owner).lower(),
        "IsFolderVisible": str(rights.is_visible).lower(),
        "IsFolderContact": str(rights.is_contact).lower(),
        "EditItems": rights.edits.value.title(),
        "DeleteItems": rights.deletes.value.title(),
        "ReadItems": {
            "none": "None",
            "time_subject_location": "TimeAndSubjectAndLocation",
            "full": "FullDetails",
        }[rights.reads.value],
        "CalendarPermissionLevel": name,
    }


def test_a_user_is_told_by_security_id_address_and_name(organizer, folders):
    plans = folders.made(organizer)
    folders.share(organizer, plans, (ATTENDEE, "Reviewer"))
    user = shown(organizer, folders, plans).all("UserId")[-1]
    assert [child.tag for child in user] == [t(name) for name in ("SID", "PrimarySmtpAddress", "DisplayName")]
    assert user.findtext(t("SID")).startswith("S-1-5-21-")
    assert user.findtext(t("DisplayName")) == "Attendee 0"
    by_sid = f"<t:SID>{user.findtext(t('SID'))}</t:SID>"
    folders.share(organizer, plans, (by_sid, "Editor"))
    assert folders.levels(shown(organizer, folders, plans))[ATTENDEE] == "Editor"


def test_a_set_replaces_the_entries_but_for_everybodys(organizer, folders):
    """Default and Anonymous come first, in this order ([MS-OXCPERM] 2.2.2.1)."""
    plans = folders.made(organizer)
    folders.share(organizer, plans, (ATTENDEE, "Editor"), ("Default", "Reviewer"))
    folders.share(organizer, plans, (OTHER, "Author"))
    answer = shown(organizer, folders, plans)
    assert folders.levels(answer) == {"Default": "Reviewer", "Anonymous": "None", OTHER: "Author"}
    assert list(folders.levels(answer)) == ["Default", "Anonymous", OTHER]


def test_a_custom_entry_says_its_rights_one_by_one(organizer, folders):
    plans = folders.made(organizer)
    details = "<t:CanCreateItems>true</t:CanCreateItems><t:IsFolderVisible>true</t:IsFolderVisible>"
    written = folders.permission_set(folders.entry(ATTENDEE, "Custom", details))
    assert set_to(organizer, folders, plans, written).code == "NoError"
    assert folders.levels(shown(organizer, folders, plans))[ATTENDEE] == "Contributor"
    more = f"{details}<t:EditItems>All</t:EditItems><t:ReadItems>FullDetails</t:ReadItems>"
    written = folders.permission_set(folders.entry(ATTENDEE, "Custom", more))
    assert set_to(organizer, folders, plans, written).code == "NoError"
    answer = shown(organizer, folders, plans)
    assert folders.levels(answer)[ATTENDEE] == "Custom"
    entry = answer.all("Permission")[-1]
    assert (entry.findtext(t("EditItems")), entry.findtext(t("DeleteItems"))) == ("All", "None")


@pytest.mark.parametrize(
    ("version", "code"), [("Exchange2010_SP2", "ErrorInvalidPermissionSettings"), ("Exchange2013", "NoError")]
)
def test_rights_beside_a_level_are_refused_until_2013_and_passed_over_from_then_on(organizer, folders, version, code):
    plans = folders.made(organizer)
    written = folders.permission_set(folders.entry(ATTENDEE, "Reviewer", "<t:CanCreateItems>true</t:CanCreateItems>"))
    assert set_to(organizer.at(version), folders, plans, written).code == code
    expected = {} if code != "NoError" else {ATTENDEE: "Reviewer"}
    levels = folders.levels(shown(organizer, folders, plans))
    assert {user: level for user, level in levels.items() if "@" in user} == expected


REFUSED = {
    "two entries of one user": (
        [(ATTENDEE, "Reviewer"), ("ATTENDEE0@example.com", "Editor")],
        "ErrorDuplicateUserIdsSpecified",
    ),
    "two entries of everybody": ([("Default", "Reviewer"), ("Default", "None")], "ErrorDuplicateUserIdsSpecified"),
    "nobody's address": ([("nobody@example.com", "Reviewer")], "ErrorInvalidUserInfo"),
    "nobody's security id": ([("<t:SID>S-1-5-21-1-2-3-4</t:SID>", "Reviewer")], "ErrorInvalidUserInfo"),
    "two users in one": (
        [
            (
                "<t:SID>S-1-5-21-1-2-3-4</t:SID><t:PrimarySmtpAddress>attendee0@example.com</t:PrimarySmtpAddress>",
                "Reviewer",
            )
        ],
        "ErrorInvalidUserInfo",
    ),
    "everybody with an address": (
        [
            (
                f"<t:PrimarySmtpAddress>{ATTENDEE}</t:PrimarySmtpAddress><t:DistinguishedUser>Default</t:DistinguishedUser>",
                "Reviewer",
            )
        ],
        "ErrorInvalidUserInfo",
    ),
    "no user": ([("", "Reviewer")], "ErrorMissingUserIdInformation"),
    "a name alone": ([("<t:DisplayName>Attendee 0</t:DisplayName>", "Reviewer")], "ErrorMissingUserIdInformation"),
}


@pytest.mark.parametrize("wrong", REFUSED)
def test_wrong_entries_are_refused_and_change_nothing(organizer, folders, wrong, world):
    entries, code = REFUSED[wrong]
    plans = folders.made(organizer)
    before = world.store.snapshot()
    written = folders.permission_set(*(folders.entry(user, level) for user, level in entries))
    assert set_to(organizer, folders, plans, written).code == code
    answer = folders.create(organizer, folders.named("inbox"), folders.folder("More", after=written))
    assert answer.code == code
    assert world.store.snapshot() == before


def test_unknown_entries_cannot_be_set(organizer, folders):
    plans = folders.made(organizer)
    written = folders.permission_set(unknown="<t:UnknownEntries><t:UnknownEntry>x</t:UnknownEntry></t:UnknownEntries>")
    assert set_to(organizer, folders, plans, written).code == "ErrorCannotSetPermissionUnknownEntries"


def test_calendars_and_other_folders_have_entries_of_their_own_sort(organizer, folders):
    plans = folders.made(organizer)
    days = folders.made(organizer, name="Days", element="CalendarFolder")
    of_calendars = folders.permission_set(calendar=True)
    of_others = folders.permission_set()
    answer = set_to(organizer, folders, plans, of_calendars, element="CalendarFolder")
    assert answer.code == "ErrorCannotSetCalendarPermissionOnNonCalendarFolder"
    answer = set_to(organizer, folders, days, of_others)
    assert answer.code == "ErrorCannotSetNonCalendarPermissionOnCalendarFolder"


def test_deleting_the_set_closes_the_folder(organizer, folders):
    plans = folders.made(organizer)
    folders.share(organizer, plans, (ATTENDEE, "Editor"), ("Default", "Reviewer"))
    fresh = folders.id_of(folders.get(organizer, plans))
    assert folders.update(organizer, fresh, folders.delete_field(SET)).code == "NoError"
    assert folders.levels(shown(organizer, folders, plans)) == {"Default": "None", "Anonymous": "None"}


def test_new_folders_take_over_the_entries_above_or_have_their_own(organizer, folders):
    plans = folders.made(organizer)
    folders.share(organizer, plans, (ATTENDEE, "Editor"))
    below = folders.made(organizer, plans, "Below")
    assert folders.levels(shown(organizer, folders, below))[ATTENDEE] == "Editor"
    own = folders.made(organizer, plans, "Own", after=folders.permission_set(folders.entry(OTHER, "Reviewer")))
    assert folders.levels(shown(organizer, folders, own)) == {"Default": "None", "Anonymous": "None", OTHER: "Reviewer"}


def test_who_reads_times_alone_reads_nothing_where_there_are_none(organizer, folders):
    below = folders.made(organizer, "calendar", "Papers")
    assert folders.levels(shown(organizer, folders, below))["Default"] == "None"


@pytest.mark.parametrize(
    ("version", "is_told"), [("Exchange2007_SP1", True), ("Exchange2010_SP2", True), ("Exchange2013", False)]
)
def test_from_2013_on_entries_are_told_to_who_asks_for_them(organizer, folders, version, is_told):
    everything = folders.get(organizer.at(version), folders.named("inbox"), base="AllProperties")
    assert bool(everything.all("PermissionSet")) is is_told
    assert shown(organizer.at(version), folders, folders.named("inbox")).all("PermissionSet")


def test_entries_of_a_list_are_those_of_its_members(organizer, attendee, folders):
    plans = folders.made(organizer)
    folders.share(organizer, plans, ("list0@example.com", "Reviewer"))
    assert folders.get(attendee, plans).code == "NoError"
    outside = attendee.__class__(attendee.world, "attendee7@example.com")
    assert folders.get(outside, plans).code == "ErrorFolderNotFound"
    folders.share(organizer, plans, ("list0@example.com", "Reviewer"), (ATTENDEE, "None"))
    assert folders.get(attendee, plans).code == "ErrorFolderNotFound"
