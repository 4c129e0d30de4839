"""GetServiceConfiguration, GetUserConfiguration and GetUserPhoto, and operations that there are not."""

import base64

import pytest
from lxml import etree

from reference_impl.domain.mailbox import Mailbox, Person
from reference_impl.ews.namespaces import ERRORS, MESSAGES, m, t
from reference_impl.ews.operations.registry import OPERATIONS
from reference_impl.ews.versions import NAMES
from reference_impl.schemas import folder
from reference_impl.service.categories import add_category, categories
from reference_impl.service.directory import find_mailbox
from reference_impl.service.settings import Settings

XS = "{http://www.w3.org/2001/XMLSchema}"
V = "{urn:meetproof:versions}"


def services(speaker, *names, acting_as=""):
    wanted = "".join(f"<m:ConfigurationName>{name}</m:ConfigurationName>" for name in names)
    return speaker(
        f"<m:GetServiceConfiguration>{acting_as}<m:RequestedConfiguration>{wanted}</m:RequestedConfiguration>"
        "</m:GetServiceConfiguration>"
    )


def person(address="", routing="SMTP"):
    parts = {"EmailAddress": address, "RoutingType": routing}
    return (
        f"<m:ActingAs>{''.join(f'<t:{name}>{value}</t:{name}>' for name, value in parts.items() if value)}</m:ActingAs>"
    )


def told(answer, name):
    (configuration,) = answer.root.iter(m(name))
    return {etree.QName(child).localname: child.text for child in configuration}


@pytest.mark.parametrize("version", ["Exchange2010", "Exchange2013", "Exchange2016"])
@pytest.mark.parametrize("settings", [Settings(message_bytes=5000, attendees=70)])
def test_mail_tips_tell_the_limits_to_messages(organizer, version, settings):
    answer = services(organizer.at(version), "MailTips")
    assert answer.codes == ["NoError", "NoError"]
    since_2013 = {"PolicyTipsEnabled": "false", "LargeAudienceCap": "70"} if version != "Exchange2010" else {}
    assert told(answer, "MailTipsConfiguration") == {
        "MailTipsEnabled": "false",
        "MaxRecipientsPerGetMailTipsRequest": "50",
        "MaxMessageSize": "5000",
        "LargeAudienceThreshold": "25",
        "ShowExternalRecipientCount": "false",
        "InternalDomains": None,
        **since_2013,
    }


def test_the_internal_domains_are_those_of_the_mailboxes(tools):
    people = [Mailbox(id=f"{n}", person=Person(address)) for n, address in enumerate(["a@b.org", "c@D.org", "e@b.org"])]
    answer = services(tools.speaker(tools.new_world(Settings(), people), "a@b.org"), "MailTips")
    assert [domain.get("Name") for domain in answer.all("Domain")] == ["b.org", "d.org"]


def test_each_configuration_is_told_once_and_in_the_order_asked_for(organizer):
    answer = services(organizer, "PolicyNudges UnifiedMessagingConfiguration", "ProtectionRules", "PolicyNudges")
    messages = list(answer.root.iter(m("ServiceConfigurationResponseMessageType")))
    assert [message.get("ResponseClass") for message in messages] == ["Success"] * 3
    assert [etree.QName(message[-1]).localname for message in messages] == [
        "PolicyNudgeRulesConfiguration",
        "UnifiedMessagingConfiguration",
        "ProtectionRulesConfiguration",
    ]
    assert told(answer, "UnifiedMessagingConfiguration") == {
        "UmEnabled": "false",
        "PlayOnPhoneDialString": None,
        "PlayOnPhoneEnabled": "false",
    }


def test_a_configuration_that_there_is_not_fails_alone(organizer):
    answer = services(organizer, "SharePointURLs", "UnifiedMessagingConfiguration")
    assert answer.codes == ["NoError", "ErrorInvalidOperation", "NoError"]
    (root,) = answer.root.iter(m("GetServiceConfigurationResponse"))
    assert root.get("ResponseClass") == "Success"


def test_an_unknown_configuration_is_a_fault(organizer):
    assert services(organizer, "MailTricks").fault == "ErrorSchemaValidation"
    assert services(organizer.at("Exchange2010"), "PolicyNudges").fault == "ErrorSchemaValidation"


def test_whoever_is_acted_as_must_be_known_and_told_whole(organizer):
    known = person("attendee0@example.com")
    assert services(organizer, "MailTips", acting_as=known).codes == ["NoError", "NoError"]
    for unknown in (person("attendee0@example.com", ""), person(), person("nobody@example.com"), person("no address")):
        answer = services(organizer, "MailTips", acting_as=unknown)
        assert answer.code == "ErrorInvalidArgument"
        (root,) = answer.root.iter(m("GetServiceConfigurationResponse"))
        assert root.get("ResponseClass") == "Error"


ROOT = '<t:DistinguishedFolderId Id="root"/>'


def options(speaker, name="OWA.UserOptions", place=ROOT, properties="All"):
    return speaker(
        f'<m:GetUserConfiguration><m:UserConfigurationName Name="{name}">{place}</m:UserConfigurationName>'
        f"<m:UserConfigurationProperties>{properties}</m:UserConfigurationProperties></m:GetUserConfiguration>"
    )


def dictionary(answer):
    entries = answer.all("DictionaryEntry")
    assert {kind.text for kind in answer.all("Type")} <= {"String"}
    return {
        entry.findtext(f"{t('DictionaryKey')}/{t('Value')}"): entry.findtext(f"{t('DictionaryValue')}/{t('Value')}")
        for entry in entries
    }


@pytest.mark.parametrize("version", ["Exchange2010", "Exchange2016"])
@pytest.mark.parametrize("properties", ["All", "Dictionary", "Id Dictionary XmlData BinaryData"])
def test_the_options_of_the_web_client_tell_the_zone(tools, version, properties):
    owner = Mailbox(id="a", person=Person("a@example.com"), time_zone="Tokyo Standard Time")
    speaker = tools.speaker(tools.new_world(Settings(), [owner]), "a@example.com", version)
    answer = options(speaker, properties=properties)
    assert answer.code == "NoError"
    assert dictionary(answer) == {"timezone": "Tokyo Standard Time"}
    name = answer.one("UserConfigurationName")
    assert (name.get("Name"), name[0].get("Id")) == ("OWA.UserOptions", "root")
    assert not answer.all("XmlData")


def test_only_what_is_asked_for_is_told(organizer):
    answer = options(organizer, properties="XmlData BinaryData Id")
    assert answer.code == "NoError"
    assert not answer.all("Dictionary")


def test_the_folder_may_be_named_by_its_id(organizer):
    answer = organizer(
        f"<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds>{ROOT}"
        "</m:FolderIds></m:GetFolder>"
    )
    place = etree.tostring(answer.one("FolderId"), with_tail=False).decode()
    found = options(organizer, name="owa.useroptions", place=place)
    assert dictionary(found).keys() == {"timezone"}
    assert found.one("FolderId").get("Id") == answer.one("FolderId").get("Id")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "OWA.ViewStateConfiguration"}, "ErrorItemNotFound"),
        ({"place": '<t:DistinguishedFolderId Id="calendar"/>'}, "ErrorItemNotFound"),
        ({"place": '<t:DistinguishedFolderId Id="publicfoldersroot"/>'}, "ErrorFolderNotFound"),
        ({"place": '<t:FolderId Id="nothing"/>'}, "ErrorInvalidIdMalformed"),
    ],
)
def test_there_are_no_other_configurations(organizer, changes, code):
    assert options(organizer, **changes).code == code


def test_the_list_of_categories_is_a_document_in_the_calendar(organizer):
    mailbox = find_mailbox(organizer.world, organizer.address)
    add_category(organizer.world, mailbox, "Q & A", 24)
    add_category(organizer.world, mailbox, "Plain", None)
    answer = options(organizer, name="CategoryList", place='<t:DistinguishedFolderId Id="calendar"/>')
    assert not answer.all("Dictionary")
    document = etree.fromstring(base64.b64decode(answer.text("XmlData")))
    assert document.tag == "{CategoryList.xsd}categories"
    listed = [(each.get("name"), int(each.get("color"))) for each in document]
    assert listed == [
        (each.name, -1 if each.color is None else each.color) for each in categories(organizer.world, mailbox)
    ]
    assert listed[-2:] == [("Q & A", 24), ("Plain", -1)]
    assert {each.get("guid")[0] + each.get("guid")[-1] for each in document} == {"{}"}


def test_nobody_is_told_the_options_of_somebody_else(organizer):
    mailbox = "<t:Mailbox><t:EmailAddress>attendee0@example.com</t:EmailAddress></t:Mailbox>"
    place = f'<t:DistinguishedFolderId Id="root">{mailbox}</t:DistinguishedFolderId>'
    assert options(organizer, place=place).code == "ErrorFolderNotFound"


@pytest.mark.parametrize("address", ["attendee0@example.com", "nobody@example.com"])
def test_nobody_has_a_photo(organizer, address):
    answer = organizer.expecting(404)(
        f"<m:GetUserPhoto><m:Email>{address}</m:Email><m:SizeRequested>HR240x240</m:SizeRequested></m:GetUserPhoto>"
    )
    assert answer.code == "ErrorItemNotFound"
    (root,) = answer.root.iter(m("GetUserPhotoResponse"))
    assert root.get("ResponseClass") == "Error"


def first_versions():
    """Operation -> the first version whose schema has it."""
    body = etree.parse(folder() / "ews" / "envelope.xsd")
    return {
        element.get("ref").removeprefix("m:"): element.get(f"{V}since", NAMES[0])
        for element in body.iter(f"{XS}element")
        if element.get(f"{V}in") == "request"
    }


def test_an_operation_is_unknown_to_the_versions_before_it_came(organizer):
    came = first_versions()
    assert came.keys() == OPERATIONS.keys()
    assert came["GetRooms"] == "Exchange2010"
    for name, first in came.items():
        for version in NAMES[: NAMES.index(first)]:
            answer = organizer.at(version)(f"<m:{name}/>")
            assert answer.fault == "ErrorSchemaValidation"
            assert f"{{{MESSAGES}}}{name}" in answer.text("Violation"), (name, version)


@pytest.mark.parametrize("name", ["FindPeople", "GetMailTips", "PlayOnPhone", "GetItems", "getitem"])
def test_what_is_no_operation_here_is_a_fault_whatever_it_holds(organizer, everything, name):
    before = everything()
    answer = organizer(f'<m:{name} Traversal="Shallow"><m:ItemIds/></m:{name}>')
    assert answer.fault == "ErrorSchemaValidation"
    assert name in answer.root.findtext(f".//{{{ERRORS}}}Message")
    assert everything() == before


def test_a_service_configuration_is_asked_for_by_name(organizer):
    for answer in (services(organizer, ""), services(organizer, "", " ")):
        assert answer.code == "ErrorInvalidArgument"
        assert answer.root.find(f".//{m('ResponseMessages')}") is None
