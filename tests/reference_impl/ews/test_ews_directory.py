"""ConvertId, GetServerTimeZones, GetFolder, FindFolder."""

import pytest
from lxml import etree

from reference_impl.ews.namespaces import t
from reference_impl.service.settings import Settings

FORMATS = ["EwsLegacyId", "EwsId", "EntryId", "HexEntryId", "StoreId", "OwaId"]


def convert(speaker, wanted, source_format, source_id, mailbox="organizer0@example.com"):
    source = f'<t:AlternateId Format="{source_format}" Id="{source_id}" Mailbox="{mailbox}"/>'
    return speaker(f'<m:ConvertId DestinationFormat="{wanted}"><m:SourceIds>{source}</m:SourceIds></m:ConvertId>')


def identity(item_id):
    return etree.fromstring(item_id).get("Id")


def alternate(answer):
    return answer.root.find(".//{*}AlternateId")


@pytest.mark.requirement("EWS-MTG-337")
@pytest.mark.parametrize("wanted", FORMATS)
def test_every_format_leads_back_to_the_same_id(organizer, meeting, wanted):
    original = identity(meeting)
    there = alternate(convert(organizer, wanted, "EwsId", original))
    assert there.get("Format") == wanted
    back = alternate(convert(organizer, "EwsId", wanted, there.get("Id")))
    assert back.get("Id") == original


def test_the_answer_names_the_owner_whatever_address_was_given(organizer, meeting):
    answer = convert(organizer, "EwsId", "EwsId", identity(meeting), mailbox="blah@blah.com")
    assert alternate(answer).get("Mailbox") == "organizer0@example.com"


@pytest.mark.parametrize("source_format", FORMATS)
@pytest.mark.parametrize("text", ["DUMMY", "", "AAAA", "AQ==", "zz"])
def test_what_is_no_id_is_malformed_or_empty(organizer, source_format, text):
    legacy = source_format == "EwsLegacyId"
    malformed = "ErrorInvalidIdMalformedEwsLegacyIdFormat" if legacy else "ErrorInvalidIdMalformed"
    assert convert(organizer, "EntryId", source_format, text).code == (malformed if text else "ErrorInvalidIdEmpty")


def test_the_mailbox_of_an_id_is_named_by_an_address(organizer, meeting):
    assert convert(organizer, "EntryId", "EwsId", identity(meeting), mailbox="me").code == "ErrorInvalidSmtpAddress"


def test_there_are_neither_archives_nor_public_folders(organizer, meeting):
    sources = (
        f'<t:AlternateId Format="EwsId" Id="{identity(meeting)}" Mailbox="organizer0@example.com" IsArchive="true"/>'
        '<t:AlternatePublicFolderId Format="EwsId" FolderId="AAAA"/>'
        '<t:AlternatePublicFolderItemId Format="EwsId" FolderId="AAAA" ItemId="AAAA"/>'
        f'<t:AlternateId Format="EwsId" Id="{identity(meeting)}" Mailbox="organizer0@example.com"/>'
    )
    request = f'<m:ConvertId DestinationFormat="OwaId"><m:SourceIds>{sources}</m:SourceIds></m:ConvertId>'
    public = "ErrorPublicFolderServerNotFound"
    assert organizer(request).codes == ["ErrorArchiveMailboxNotEnabled", public, public, "NoError"]
    older = organizer.at("Exchange2010_SP2")(request)
    assert older.codes == ["ErrorInvalidOperation", public, public, "NoError"]


def test_an_id_of_an_unknown_mailbox_is_malformed(organizer):
    assert convert(organizer, "EwsId", "HexEntryId", "01" + "00" * 16 + "AB").code == "ErrorInvalidIdMalformed"


def zones(speaker, ids=None, full=None):
    asked = "" if full is None else f' ReturnFullTimeZoneData="{full}"'
    inner = "" if ids is None else f"<m:Ids>{''.join(f'<t:Id>{name}</t:Id>' for name in ids)}</m:Ids>"
    return speaker(f"<m:GetServerTimeZones{asked}>{inner}</m:GetServerTimeZones>")


def changes_of(definition):
    """The yearly changes of each group, by the names of the periods they lead to."""
    return [
        {
            change.findtext(t("To")).rpartition("-")[2]: [
                change.findtext(t(name)) for name in ("TimeOffset", "Month", "DayOfWeek", "Occurrence")
            ]
            for change in group.iter(t("RecurringDayTransition"))
        }
        for group in definition.iter(t("TransitionsGroup"))
    ]


@pytest.mark.requirement("EWS-MTG-282")
def test_a_zone_is_described_by_periods_and_transitions(organizer):
    definition = zones(organizer, ["Romance Standard Time"], "true").one("TimeZoneDefinition")
    assert definition.get("Id") == "Romance Standard Time"
    assert definition.get("Name") == "(UTC+01:00) Brussels, Copenhagen, Madrid, Paris"
    periods = {period.get("Name"): period.get("Bias") for period in definition.iter(t("Period"))}
    assert periods == {"Standard": "-PT1H", "Daylight": "-PT2H"}
    assert changes_of(definition) == [
        {"Standard": ["PT3H", "10", "Sunday", "-1"], "Daylight": ["PT2H", "3", "Sunday", "-1"]}
    ]
    targets = {period.get("Id") for period in definition.iter(t("Period"))}
    assert {change.findtext(t("To")) for change in definition.iter(t("RecurringDayTransition"))} == targets


def test_a_zone_with_new_rules_has_a_group_for_each(organizer):
    definition = zones(organizer, ["Eastern Standard Time"], "true").one("TimeZoneDefinition")
    assert changes_of(definition) == [
        {"Standard": ["PT2H", "10", "Sunday", "-1"], "Daylight": ["PT2H", "4", "Sunday", "1"]},
        {"Standard": ["PT2H", "11", "Sunday", "1"], "Daylight": ["PT2H", "3", "Sunday", "2"]},
    ]
    first, second = definition.find(t("Transitions"))
    groups = [group.get("Id") for group in definition.iter(t("TransitionsGroup"))]
    assert [first.findtext(t("To")), second.findtext(t("To"))] == groups
    assert (first.find(t("DateTime")), second.findtext(t("DateTime"))) == (None, "2007-01-01T00:00:00")


def test_a_zone_that_moved_for_good_did_so_on_a_day(organizer):
    definition = zones(organizer, ["Russian Standard Time"], "true").one("TimeZoneDefinition")
    moments = [moment.text for moment in definition.iter(t("DateTime"))]
    assert moments[-2:] == ["2011-03-27T02:00:00", "2014-10-26T02:00:00"]
    groups = [group.get("Id") for group in definition.iter(t("TransitionsGroup"))]
    biases = {period.get("Id"): period.get("Bias") for period in definition.iter(t("Period"))}
    last = [period for period in biases if period.startswith(groups[-1])]
    assert [biases[period] for period in last] == ["-PT3H"]


def test_the_groups_of_a_restless_zone_are_in_order_as_texts_too(organizer):
    definition = zones(organizer, ["Morocco Standard Time"], "true").one("TimeZoneDefinition")
    groups = [group.get("Id") for group in definition.iter(t("TransitionsGroup"))]
    assert len(groups) > 10
    assert groups == sorted(groups)


def test_a_zone_without_daylight_time_has_one_period(organizer):
    definition = zones(organizer, ["Tokyo Standard Time"], "true").one("TimeZoneDefinition")
    assert [period.get("Bias") for period in definition.iter(t("Period"))] == ["-PT9H"]
    assert not list(definition.iter(t("RecurringDayTransition")))


@pytest.mark.requirement("EWS-MTG-281", "EWS-MTG-282")
def test_all_zones_come_with_ids_and_names_alone_if_so_asked(organizer):
    found = zones(organizer, full="false").all("TimeZoneDefinition")
    assert len(found) > 100
    assert all(len(definition) == 0 and definition.get("Name").startswith("(UTC") for definition in found)
    assert [definition.get("Name") for definition in found if definition.get("Id") == "UTC"] == [
        "(UTC) Coordinated Universal Time"
    ]


def test_all_zones_come_in_full_if_not_asked_otherwise(organizer):
    assert all(len(definition) for definition in zones(organizer).all("TimeZoneDefinition"))


@pytest.mark.parametrize("settings", [Settings(zones_are_full_by_default=False)])
def test_zones_may_come_in_brief_if_not_asked_otherwise(organizer):
    assert not any(len(definition) for definition in zones(organizer).all("TimeZoneDefinition"))
    assert len(zones(organizer, ["UTC"], "true").one("TimeZoneDefinition"))


@pytest.mark.requirement("EWS-MTG-281")
def test_zones_come_in_the_order_asked_for(organizer):
    names = ["UTC", "Tokyo Standard Time", "Pacific Standard Time"]
    assert [found.get("Id") for found in zones(organizer, names).all("TimeZoneDefinition")] == names


def test_an_unknown_zone_is_an_error(organizer):
    assert zones(organizer, ["UTC", "Mars Standard Time"]).code == "ErrorTimeZone"


@pytest.mark.parametrize("settings", [Settings(unknown_zones_are_left_out=True)])
def test_an_unknown_zone_may_be_left_out(organizer):
    answer = zones(organizer, ["UTC", "Mars Standard Time"])
    assert (answer.code, answer.one("TimeZoneDefinition").get("Id")) == ("NoError", "UTC")


@pytest.mark.requirement("EWS-MTG-021")
@pytest.mark.parametrize("version", ["Exchange2007", "Exchange2007_SP1"])
def test_zones_came_with_exchange_2010(organizer, version):
    assert zones(organizer.at(version), ["UTC"]).fault == "ErrorSchemaValidation"
