"""ResolveNames, ExpandDL, GetRoomLists and GetRooms."""

import pytest
from lxml import etree

from reference_impl.directory.population import population_of
from reference_impl.ews.namespaces import m, t
from reference_impl.service.settings import Settings

PEOPLE = population_of(
    (
        {"address": "anna@example.com", "name": "Anna Berg", "office": "Atrium 3", "alias": "aberg"},
        {
            "address": "bo@example.com",
            "name": "Berg, Bo",
            "given_name": "Bo",
            "surname": "Berg",
            "job_title": "Clerk",
            "department": "Sales",
            "company": "Example",
            "business_phone": "+45 1",
            "mobile_phone": "+45 2",
        },
        {"address": "shy@example.com", "name": "Bertil Shy", "hidden": True},
        {"address": "room1@example.com", "name": "Room One", "kind": "room"},
        {"address": "room2@example.com", "name": "Room Two", "kind": "room", "hidden": True},
        {"address": "beamer@example.com", "name": "Beamer", "kind": "equipment"},
        {
            "address": "all@example.com",
            "name": "Everybody",
            "kind": "list",
            "members": ["anna@example.com", "few@example.com", "ANNA@example.com", "carl@elsewhere.test"],
        },
        {"address": "few@example.com", "name": "A Few", "kind": "list", "members": ["bo@example.com"]},
        {"address": "none@example.com", "name": "Nobody At All", "kind": "list"},
        {"address": "twin1@example.com", "name": "Twins", "kind": "list", "members": ["bo@example.com"]},
        {"address": "twin2@example.com", "name": "Twins", "kind": "list", "members": ["bo@example.com"]},
        {
            "address": "rooms@example.com",
            "name": "Rooms",
            "kind": "list",
            "room_list": True,
            "members": [
                "room1@example.com",
                "room2@example.com",
                "beamer@example.com",
                "anna@example.com",
                "room9@elsewhere.test",
            ],
        },
        {"address": "secret@example.com", "name": "Secret", "kind": "list", "room_list": True, "hidden": True},
    ),
    "test",
)


@pytest.fixture
def anna(tools, settings):
    return tools.speaker(tools.new_world(settings, PEOPLE), "anna@example.com")


def resolve(speaker, entry, full="false", *, attributes="", folders=""):
    return speaker(
        f'<m:ResolveNames ReturnFullContactData="{full}"{attributes}>{folders}'
        f"<m:UnresolvedEntry>{entry}</m:UnresolvedEntry></m:ResolveNames>"
    )


def addresses(answer):
    return [found.text for found in answer.all("EmailAddress")]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("attendee3", ["attendee3@example.com"]),
        ("ATTENDEE3@EXAMPLE.COM", ["attendee3@example.com"]),
        ("SMTP:attendee3@example.com", ["attendee3@example.com"]),
        ("Vance", ["AdeleV@contoso.com"]),
        ("Adele Van", ["AdeleV@contoso.com"]),
    ],
)
@pytest.mark.requirement("EWS-MTG-312")
def test_one_match_is_a_success(organizer, entry, expected):
    answer = resolve(organizer, entry)
    assert (answer.code, addresses(answer)) == ("NoError", expected)
    assert answer.text("MailboxType") == "Mailbox"
    assert not answer.all("Contact")


@pytest.mark.requirement("EWS-MTG-312")
def test_several_matches_are_a_warning_with_all_of_them(organizer):
    answer = resolve(organizer, "Attendee")
    message = answer.root.find(".//{*}ResolveNamesResponseMessage")
    assert (message.get("ResponseClass"), answer.code) == ("Warning", "ErrorNameResolutionMultipleResults")
    assert len(addresses(answer)) == 10
    found = answer.root.find(".//{*}ResolutionSet")
    assert (found.get("TotalItemsInView"), found.get("IncludesLastItemInRange")) == ("10", "true")


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ("Nobody", "ErrorNameResolutionNoResults"),
        (" ", "ErrorInvalidNameForNameResolution"),
        (",", "ErrorInvalidNameForNameResolution"),
        ("-", "ErrorInvalidNameForNameResolution"),
        (" ;. ", "ErrorInvalidNameForNameResolution"),
    ],
)
@pytest.mark.requirement("EWS-MTG-312", "EWS-MTG-314")
def test_no_match_is_an_error_without_a_set(organizer, entry, code):
    answer = resolve(organizer, entry)
    assert answer.code == code
    assert answer.root.find(".//{*}ResolutionSet") is None


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("Ann", ["anna@example.com"]),
        ("aber", ["anna@example.com"]),
        ("atrium", ["anna@example.com"]),
        ("Berg", ["anna@example.com", "bo@example.com"]),
        ("an be", ["anna@example.com"]),
        ("berg an", ["anna@example.com"]),
        ("b b", ["bo@example.com"]),
        ("be", ["anna@example.com", "bo@example.com", "beamer@example.com"]),
        ("smtp:a", ["anna@example.com", "all@example.com"]),
        ("=Bo", ["bo@example.com"]),
        ("=Everybody", ["all@example.com"]),
        ("=Every", []),
        ("=room1", ["room1@example.com"]),
        ("sip:anna@example.com", []),
        ("Two", []),
        ("shy@example.com", []),
    ],
)
def test_names_are_found_by_the_beginnings_of_their_parts(anna, entry, expected):
    assert addresses(resolve(anna, entry)) == expected


def test_an_address_of_the_older_kind_is_a_whole_one(anna):
    known = PEOPLE[1].distinguished_name
    assert addresses(resolve(anna, f"EX:{known.upper()}")) == ["bo@example.com"]
    assert addresses(resolve(anna, f"EX:{known[:-1]}")) == []


def test_lists_are_lists_and_everything_else_is_a_mailbox(anna):
    kinds = {
        "Everybody": "PublicDL",
        "Rooms": "PublicDL",
        "Room One": "Mailbox",
        "Beamer": "Mailbox",
        "anna": "Mailbox",
    }
    assert {entry: resolve(anna, entry).text("MailboxType") for entry in kinds} == kinds


@pytest.mark.requirement("EWS-MTG-313")
def test_at_most_a_hundred_candidates_are_answered(tools, settings):
    crowd = population_of([{"address": f"crowd{number}@example.com"} for number in range(101)], "test")
    speaker = tools.speaker(tools.new_world(settings, crowd), "crowd0@example.com")
    answer = resolve(speaker, "crowd")
    found = answer.root.find(".//{*}ResolutionSet")
    assert len(found) == 100
    assert found.get("IncludesLastItemInRange") == "false"
    assert addresses(answer) == [person.address for person in crowd[:100]]


@pytest.mark.requirement("EWS-MTG-315")
def test_contacts_come_when_asked_for(anna):
    assert not resolve(anna, "bo@example.com").all("Contact")
    contact = resolve(anna, "bo@example.com", "true").one("Contact")
    said = {etree.QName(child.tag).localname: child.text for child in contact if not len(child)}
    assert said == {
        "DisplayName": "Berg, Bo",
        "GivenName": "Bo",
        "CompanyName": "Example",
        "ContactSource": "ActiveDirectory",
        "Department": "Sales",
        "JobTitle": "Clerk",
        "Surname": "Berg",
    }
    entries = {found.get("Key"): found.text for found in contact.iter(t("Entry"))}
    assert entries == {"EmailAddress1": "SMTP:bo@example.com", "BusinessPhone": "+45 1", "MobilePhone": "+45 2"}


@pytest.mark.parametrize(
    ("version", "shape", "rare"),
    [
        ("Exchange2007_SP1", None, []),
        ("Exchange2010_SP2", "Default", []),
        ("Exchange2010_SP2", "AllProperties", ["HasPicture", "Alias", "DirectoryId"]),
        ("Exchange2016", "AllProperties", ["HasPicture", "Alias", "DirectoryId"]),
    ],
)
def test_the_shape_says_how_much_of_a_contact_is_told(anna, version, shape, rare):
    attributes = "" if shape is None else f' ContactDataShape="{shape}"'
    contact = resolve(anna.at(version), "anna", "true", attributes=attributes).one("Contact")
    names = [etree.QName(child.tag).localname for child in contact]
    assert names[:2] == ["DisplayName", "EmailAddresses"]
    assert [name for name in names if name in {"HasPicture", "Alias", "DirectoryId"}] == rare


def test_the_smallest_shape_of_a_contact_is_empty(anna):
    assert len(resolve(anna, "anna", "true", attributes=' ContactDataShape="IdOnly"').one("Contact")) == 0


def test_shapes_of_contacts_came_later(anna):
    asked = resolve(anna.at("Exchange2010_SP1"), "anna", "true", attributes=' ContactDataShape="IdOnly"')
    assert asked.fault == "ErrorSchemaValidation"


@pytest.mark.parametrize(
    ("scope", "found"),
    [
        ("ActiveDirectory", True),
        ("ActiveDirectoryContacts", True),
        ("ContactsActiveDirectory", True),
        ("Contacts", False),
    ],
)
def test_the_scope_says_where_to_look(anna, scope, found):
    answer = resolve(anna, "anna", attributes=f' SearchScope="{scope}"')
    assert answer.code == ("NoError" if found else "ErrorNameResolutionNoResults")


def parents(*names):
    inner = "".join(f'<t:DistinguishedFolderId Id="{name}"/>' for name in names)
    return f"<m:ParentFolderIds>{inner}</m:ParentFolderIds>"


@pytest.mark.parametrize(
    ("folders", "code"),
    [
        (parents("contacts"), "NoError"),
        (parents("contacts", "contacts"), "ErrorResolveNamesOnlyOneContactsFolderAllowed"),
        (parents("inbox"), "ErrorResolveNamesInvalidFolderType"),
        (parents("voicemail"), "ErrorFolderNotFound"),
    ],
)
def test_one_contacts_folder_may_be_named(anna, folders, code):
    assert resolve(anna, "anna", folders=folders).code == code
    assert resolve(anna, "anna", folders=folders, attributes=' SearchScope="ActiveDirectory"').code == "NoError"


def expand(speaker, inner):
    return speaker(f"<m:ExpandDL><m:Mailbox>{inner}</m:Mailbox></m:ExpandDL>")


def by_address(name):
    return f"<t:EmailAddress>{name}</t:EmailAddress>"


def members(answer):
    (expansion,) = answer.root.iter(m("DLExpansion"))
    assert expansion.get("IncludesLastItemInRange") == "true"
    assert expansion.get("TotalItemsInView") == str(len(expansion))
    return [(found.findtext(t("EmailAddress")), found.findtext(t("MailboxType"))) for found in expansion]


@pytest.mark.parametrize(
    "name",
    ["all@example.com", "ALL@example.com", "all", "Everybody", "SMTP:all@example.com", PEOPLE[6].distinguished_name],
)
@pytest.mark.requirement("EWS-MTG-316")
def test_a_list_is_opened_one_level_deep(anna, name):
    assert members(expand(anna, by_address(name))) == [
        ("anna@example.com", "Mailbox"),
        ("few@example.com", "PublicDL"),
        ("carl@elsewhere.test", "Contact"),
    ]


def test_a_list_without_members_is_a_success(anna):
    answer = expand(anna, by_address("none@example.com"))
    assert (answer.code, members(answer)) == ("NoError", [])


@pytest.mark.parametrize("name", ["nobody@example.com", "anna@example.com", "Anna Berg"])
def test_what_is_no_list_is_not_found(anna, name):
    assert expand(anna, by_address(name)).code == "ErrorNameResolutionNoResults"


@pytest.mark.parametrize("settings", [Settings(unknown_list_is_empty=True)])
def test_an_unknown_list_may_count_as_empty(anna):
    answer = expand(anna, by_address("nobody@example.com"))
    assert (answer.code, members(answer)) == ("NoError", [])


def test_a_name_of_two_lists_is_ambiguous(anna):
    assert expand(anna, by_address("Twins")).code == "ErrorNameResolutionMultipleResults"
    assert members(expand(anna, by_address("twin2"))) == [("bo@example.com", "Mailbox")]


def test_an_item_is_no_list(organizer, meeting, attendee):
    assert expand(organizer, meeting).code == "ErrorInvalidItemForOperationExpandDL"
    assert expand(attendee, meeting).code == "ErrorItemNotFound"
    assert expand(organizer, "<t:Name>Everybody</t:Name>").code == "ErrorMissingInformationEmailAddress"


def room_lists(speaker):
    return speaker("<m:GetRoomLists/>")


def rooms(speaker, inner):
    return speaker(f"<m:GetRooms><m:RoomList>{inner}</m:RoomList></m:GetRooms>")


@pytest.mark.requirement("EWS-MTG-317", "EWS-MTG-318")
def test_lists_of_rooms_are_told_on_the_response_itself(anna):
    answer = room_lists(anna)
    (root,) = answer.root.iter(m("GetRoomListsResponse"))
    assert root.get("ResponseClass") == "Success"
    (found,) = root.find(m("RoomLists"))
    assert found.tag == t("Address")
    assert [child.text for child in found] == ["Rooms", "rooms@example.com", "SMTP", "PublicDL"]


def test_a_server_may_have_no_list_of_rooms(organizer):
    answer = room_lists(organizer)
    assert (answer.code, answer.all("Address")) == ("NoError", [])


@pytest.mark.requirement("EWS-MTG-317", "EWS-MTG-318")
def test_the_rooms_of_a_list_are_those_that_are_shown(anna):
    answer = rooms(anna, by_address("Rooms@example.com"))
    (root,) = answer.root.iter(m("GetRoomsResponse"))
    assert root.get("ResponseClass") == "Success"
    (room,) = answer.all("Room")
    assert [child.text for child in room.find(t("Id"))] == ["Room One", "room1@example.com", "SMTP", "Mailbox"]


@pytest.mark.parametrize("address", ["nobody@example.com", "all@example.com", "room1@example.com"])
def test_an_unknown_list_of_rooms_is_an_error(anna, address):
    answer = rooms(anna, by_address(address))
    assert answer.code == "ErrorNameResolutionNoResults"
    assert next(answer.root.iter(m("GetRoomsResponse"))).get("ResponseClass") == "Error"


@pytest.mark.parametrize("settings", [Settings(unknown_room_list_has_no_mailbox=True)])
def test_an_unknown_list_of_rooms_may_be_told_otherwise(anna):
    assert rooms(anna, by_address("nobody@example.com")).code == "ErrorNameResolutionNoMailbox"


def test_a_list_of_rooms_is_named_by_its_address(anna):
    assert rooms(anna, "<t:Name>Rooms</t:Name>").code == "ErrorMissingInformationEmailAddress"


@pytest.mark.parametrize("operation", ["<m:GetRoomLists/>", "<m:GetRooms><m:RoomList/></m:GetRooms>"])
def test_rooms_came_with_exchange_2010(anna, operation):
    assert anna.at("Exchange2007_SP1")(operation).fault == "ErrorSchemaValidation"
