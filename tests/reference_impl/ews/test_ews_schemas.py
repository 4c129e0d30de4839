"""The schemas, and that the tables of the server say the same as they do."""

import re
from pathlib import Path

import pytest
from lxml import etree

from reference_impl import schemas
from reference_impl.domain.permissions import CALENDAR_ONLY
from reference_impl.ews.envelope import WITH_CONTENTS
from reference_impl.ews.errors import CODES, RESPONSE_OBJECT_CODES
from reference_impl.ews.fields import folders
from reference_impl.ews.fields.permissions import LEVEL_NAMES, LEVELS_NAMED, READING
from reference_impl.ews.fields.tables import DEFAULT_SHAPES, TABLES
from reference_impl.ews.folders import DISTINGUISHED
from reference_impl.ews.namespaces import MESSAGES, TYPES
from reference_impl.ews.operations.create_item import MAKERS
from reference_impl.ews.operations.registry import OPERATIONS
from reference_impl.ews.versions import NAMES, NEWEST, RANKS
from reference_impl.schemas import Direction, ews_schema, standalone_xsd

HOME = schemas.folder() / "ews"
XS = "{http://www.w3.org/2001/XMLSchema}"
V = "{urn:meetproof:versions}"
FILES = sorted(HOME.glob("*.xsd"))


def rank(version):
    """The place of a version in their order; what was always there comes first."""
    return -1 if version is None else RANKS[version]


def parsed():
    return {path.name: etree.parse(str(path)).getroot() for path in FILES}


@pytest.fixture(scope="module")
def types():
    roots = parsed()
    return [root for name, root in roots.items() if name.startswith("types")]


def named(roots, kind, name):
    (found,) = [
        element for root in roots for element in root.iterchildren(f"{XS}{kind}") if element.get("name") == name
    ]
    return found


def enumeration(roots, name):
    return {
        value.get("value"): value.get(f"{V}since")
        for value in named(roots, "simpleType", name).iter(f"{XS}enumeration")
    }


@pytest.mark.parametrize("version", NAMES)
@pytest.mark.parametrize("direction", Direction)
def test_every_version_and_direction_has_a_schema(version, direction):
    assert ews_schema(version, direction) is ews_schema(version, direction)


def test_the_stylesheet_and_the_server_list_the_same_versions(types):
    stylesheet = (HOME / "derive.xsl").read_text(encoding="utf-8")
    (order,) = re.findall(r'name="order" select="\'([^\']+)\'"', stylesheet)
    assert tuple(order.split()) == NAMES
    assert tuple(enumeration(types, "RequestServerVersionType")) == NAMES


def test_an_unknown_version_has_no_schema():
    with pytest.raises(etree.XSLTApplyError, match="Exchange2099"):
        ews_schema("Exchange2099", Direction.REQUEST)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_schema_has_a_wildcard_or_an_untyped_element(path: Path):
    root = etree.parse(str(path)).getroot()
    assert not list(root.iter(f"{XS}any", f"{XS}anyAttribute"))
    for element in root.iter(f"{XS}element", f"{XS}attribute"):
        assert element.get("type") or element.get("ref") or len(element), etree.tostring(element)
        assert element.get("type") not in {"xs:anyType", "xs:anySimpleType"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_versions_in_the_schemas_are_known(path: Path):
    root = etree.parse(str(path)).getroot()
    for element in root.iter(etree.Element):
        for name in ("since", "until"):
            assert element.get(f"{V}{name}") in {None, *NAMES}
        for name in ("in", "required"):
            directions = {"both", *(direction.value for direction in Direction)}  # both: what WSDL describes
            assert set((element.get(f"{V}{name}") or "").split()) <= directions


def elements_of(roots, type_name):
    """The elements of a complex type in order, groups opened: (name, since)."""

    def opened(node):
        for child in node:
            if child.tag == f"{XS}element":
                yield child.get("name"), child.get(f"{V}since")
            elif child.tag == f"{XS}group":
                yield from opened(named(roots, "group", child.get("ref").removeprefix("t:")))
            elif child.tag in {f"{XS}sequence", f"{XS}choice"}:
                yield from opened(child)

    return list(opened(named(roots, "complexType", type_name)))


ITEM_TYPES = {
    "Message": "MessageType",
    "CalendarItem": "CalendarItemType",
    "MeetingMessage": "MeetingMessageType",
    "Task": "TaskType",
    "MeetingRequest": "MeetingRequestMessageType",
    "MeetingResponse": "MeetingResponseMessageType",
    "MeetingCancellation": "MeetingCancellationMessageType",
}
BESIDE_THE_TABLES = {"ExtendedProperty"}
BESIDE_MEETINGS = {
    "EntityExtractionResult",
    "PolicyTag",
    "ArchiveTag",
    "RetentionDate",
    "RightsManagementLicenseData",
    "PredictedActionReasons",
    "IsClutter",
    "SearchKey",
    "SortKey",
    "Hashtags",
    "Mentions",
    "MentionedMe",
    "MentionsPreview",
    "AppliedHashtagsPreview",
    "LikesPreview",
    "PendingSocialActivityTagIds",
    "AtAllMention",
    "CanDelete",
    "InferenceClassification",
    "ApprovalRequestData",
    "VotingInformation",
    "ReminderMessageData",
    "MessageSafety",
    "MailboxGuids",
    "PublishedCalendarItemIcs",
    "PublishedCalendarItemName",
}
"""Elements that have nothing to do with meetings and mail about them, and so no field: retention, clutter, mentions."""


@pytest.mark.parametrize("element", TABLES)
def test_a_field_table_has_the_elements_of_its_type_in_schema_order(types, element):
    left_out = BESIDE_THE_TABLES | BESIDE_MEETINGS
    in_schema = [entry for entry in elements_of(types, ITEM_TYPES[element]) if entry[0] not in left_out]
    assert [(field.element, field.since) for field in TABLES[element]] == in_schema


def test_what_has_no_field_is_in_the_schema_and_in_no_table(types):
    in_schema = {name for type_name in ITEM_TYPES.values() for name, _ in elements_of(types, type_name)}
    assert in_schema >= BESIDE_MEETINGS
    assert not BESIDE_MEETINGS & {field.element for table in TABLES.values() for field in table}


@pytest.mark.parametrize("element", TABLES)
def test_every_field_uri_is_in_the_schema_since_the_elements_version(types, element):
    known = enumeration(types, "UnindexedFieldURIType")
    for field in TABLES[element]:
        assert field.uri in known
        assert rank(known[field.uri]) <= rank(field.since), field.uri


@pytest.mark.parametrize("element", TABLES)
def test_field_uris_and_elements_name_one_field_each(element):
    table = TABLES[element]
    assert len({field.uri for field in table}) == len(table)
    assert len({field.element for field in table}) == len(table)
    assert DEFAULT_SHAPES[element] <= {field.uri for field in table}


FOLDER_TYPES = {
    "Folder": "FolderType",
    "CalendarFolder": "CalendarFolderType",
    "ContactsFolder": "ContactsFolderType",
    "TasksFolder": "FolderType",
}
WITHOUT_URI = {"SourceId", "AccountName"}
"""Elements of contacts folders that no field URI names."""


@pytest.mark.parametrize("element", folders.TABLES)
def test_a_folder_table_has_the_elements_of_its_type_in_schema_order(types, element):
    left_out = BESIDE_THE_TABLES | WITHOUT_URI
    in_schema = [entry for entry in elements_of(types, FOLDER_TYPES[element]) if entry[0] not in left_out]
    assert [(field.element, field.since) for field in folders.TABLES[element]] == in_schema
    known = enumeration(types, "UnindexedFieldURIType")
    for field in folders.TABLES[element]:
        assert rank(known[field.uri]) <= rank(field.since), field.uri
        assert field.uri == f"folder:{field.element}"


def test_permission_levels_are_those_of_the_schema(types):
    assert LEVELS_NAMED.keys() == enumeration(types, "CalendarPermissionLevelType").keys()
    assert {LEVEL_NAMES[level] for level in LEVEL_NAMES.keys() - CALENDAR_ONLY} == enumeration(
        types, "PermissionLevelType"
    ).keys()
    assert set(READING.values()) == enumeration(types, "CalendarPermissionReadAccessType").keys()


def test_every_code_of_the_server_is_in_the_schema(types):
    known = enumeration(types, "ResponseCodeType")
    sources = Path(schemas.__file__).parent / "ews"
    used = {
        code
        for path in sources.rglob("*.py")
        for code in re.findall(r'"(Error[A-Z]\w+)"', path.read_text(encoding="utf-8"))
    }
    tables = {*CODES.values(), *(code for table in RESPONSE_OBJECT_CODES.values() for code in table.values())}
    assert len(used) > 50
    assert used | tables <= known.keys()


NEVER_MADE = {
    "Contact",
    "DistributionList",
    "PostItem",
    "PostReplyItem",
    "AcceptSharingInvitation",
}
"""What CreateItem may be asked for and does not make: address books and posts are not this server's subject."""


def test_create_item_makes_what_its_schema_admits(types):
    admitted = {name for name, _ in elements_of(types, "NonEmptyArrayOfAllItemsType")}
    assert MAKERS.keys() | NEVER_MADE == admitted
    assert not MAKERS.keys() & NEVER_MADE


@pytest.mark.parametrize("kind", sorted(NEVER_MADE))
def test_what_is_not_made_is_refused_by_name(organizer, kind):
    answer = organizer(f'<m:CreateItem MessageDisposition="SaveOnly"><m:Items><t:{kind}/></m:Items></m:CreateItem>')
    assert answer.code == "ErrorInvalidItemForOperationCreateItem"
    assert kind in answer.root.findtext(f".//{{{MESSAGES}}}MessageText")


def test_an_element_without_a_field_cannot_be_set(organizer, tools):
    answer = organizer(tools.create_request(before="<t:RetentionDate>2030-01-01T00:00:00Z</t:RetentionDate>"))
    assert answer.code == "ErrorInvalidPropertySet"


def test_the_bodys_requests_are_the_operations():
    body = named([parsed()["envelope.xsd"]], "complexType", "BodyType")
    asked = {
        element.get("ref").removeprefix("m:")
        for element in body.iter(f"{XS}element")
        if element.get(f"{V}in") == "request"
    }
    assert asked == OPERATIONS.keys()


def test_distinguished_folders_are_names_of_the_schema(types):
    assert DISTINGUISHED.keys() <= enumeration(types, "DistinguishedFolderIdNameType").keys()


def test_requests_and_answers_do_not_mix():
    request = etree.fromstring(
        f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<DeleteItem xmlns="{MESSAGES}" DeleteType="HardDelete"><ItemIds><ItemId xmlns="{TYPES}" Id="A"/></ItemIds>'
        "</DeleteItem></s:Body></s:Envelope>"
    )
    assert ews_schema("Exchange2016", Direction.REQUEST).validate(request)
    assert not ews_schema("Exchange2016", Direction.ANSWER).validate(request)
    assert not ews_schema("Exchange2016", Direction.FAULT).validate(request)


def names_within(declared, element):
    """The names of all elements that may stand within a global element, however deep."""
    names, seen, waiting = set(), set(), [declared[element, f"{XS}element"]]
    while waiting:
        part = waiting.pop()
        if part in seen:
            continue
        seen.add(part)
        for inner in part.iter(f"{XS}element", f"{XS}extension"):
            names.add(inner.get("name"))
            for attribute, kind in (("type", "complexType"), ("base", "complexType"), ("ref", "element")):
                found = declared.get((inner.get(attribute), f"{XS}{kind}"))
                waiting += [] if found is None else [found]
    return names


def test_contents_are_looked_for_in_all_requests_that_may_have_them():
    declared = {
        (f"{prefix}:{part.get('name')}", part.tag): part
        for prefix, file in (("m", "messages.xsd"), ("t", "types.xsd"))
        for part in etree.fromstring(standalone_xsd(file, NEWEST.name))
    }
    assert {name for name in OPERATIONS if "Content" in names_within(declared, f"m:{name}")} == WITH_CONTENTS
