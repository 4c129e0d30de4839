"""$metadata: one document of everything that there is, in agreement with field tables and routes."""

from __future__ import annotations

from xml.etree.ElementTree import fromstring

import pytest

from reference_impl.graph.metadata.types import TABLES
from reference_impl.graph.routes import ROUTES

EDM = "{http://docs.oasis-open.org/odata/ns/edm}"
PRIMITIVES = {
    "Untyped",
    "String",
    "Boolean",
    "Int32",
    "Double",
    "DateTimeOffset",
    "TimeOfDay",
    "Date",
    "Duration",
    "Guid",
}
VERSIONS = ("v1.0", "beta")


@pytest.fixture(params=VERSIONS)
def version(request):
    return request.param


@pytest.fixture
def schema(office, version):
    document = office.nobody.get(f"/{version}/$metadata")
    assert document.status == 200
    assert document.headers["content-type"] == "application/xml"
    return fromstring(document.body).find(f".//{EDM}Schema")


def declared(schema):
    kinds = ("EnumType", "EntityType", "ComplexType")
    return {each.get("Name"): each for kind in kinds for each in schema.findall(f"{EDM}{kind}")}


def members(schema, name):
    """The members of a type, those of its bases included."""
    found = set()
    while name:
        structure = declared(schema)[name]
        found |= {each.get("Name") for each in structure if each.get("Name")}
        name = structure.get("BaseType", "").removeprefix("microsoft.graph.")
    return found


def test_each_type_that_something_has_is_declared_once(schema):
    names = [
        each.get("Name") for each in schema if each.tag.removeprefix(EDM) in {"EnumType", "EntityType", "ComplexType"}
    ]
    assert len(names) == len(set(names)) > 50
    used = {
        each.get(attribute).removeprefix("Collection(").removesuffix(")")
        for each in schema.iter()
        for attribute in ("Type", "BaseType", "EntityType")
        if each.get(attribute)
    }
    for name in used:
        namespace, _, bare = name.rpartition(".")
        assert bare in (names if namespace == "microsoft.graph" else PRIMITIVES), name


def test_no_type_has_a_member_twice_and_hardly_any_has_none(schema, version):
    for name, structure in declared(schema).items():
        here = [each.get("Name") for each in structure if each.get("Name")]
        assert len(here) == len(set(here)), name
        assert here or (version == "v1.0" and name == "referenceAttachment")
        base = structure.get("BaseType", "").removeprefix("microsoft.graph.")
        assert not set(here) & (members(schema, base) if base else set()), name


@pytest.mark.parametrize("name", TABLES)
def test_a_type_has_the_members_of_its_table_in_this_version(schema, version, name):
    of_type = {
        each.name
        for each in TABLES[name].fields
        if "@" not in each.name and version in each.versions and (each.types is None or name in each.types)
    }
    assert of_type <= members(schema, name)
    others = {each.name for each in TABLES[name].fields if version not in each.versions}
    assert not others & members(schema, name)


def test_each_action_and_function_is_bound_to_what_it_is_done_with(schema):
    written = {
        (each.tag.removeprefix(EDM), each.get("Name"), each.find(f"{EDM}Parameter").get("Type"))
        for each in schema
        if each.tag.removeprefix(EDM) in {"Action", "Function"}
    }
    names = {
        path.rpartition("/")[2].partition("(")[0] for route in ROUTES for path in route.paths if path.endswith(")")
    }
    assert names == {name for _, name, _ in written}
    assert ("Action", "accept", "microsoft.graph.event") in written
    assert ("Action", "getSchedule", "microsoft.graph.calendar") in written
    assert ("Action", "translateExchangeIds", "microsoft.graph.user") in written
    assert ("Function", "supportedTimeZones", "microsoft.graph.outlookUser") in written


def test_parameters_are_named_as_in_the_services_own_metadata(schema):
    def parameters(name):
        (found,) = [each for each in schema.findall(f"{EDM}Action") if each.get("Name") == name]
        return {each.get("Name"): each.get("Type") for each in found.findall(f"{EDM}Parameter")[1:]}

    assert parameters("tentativelyAccept") == {
        "Comment": "Edm.String",
        "SendResponse": "Edm.Boolean",
        "ProposedNewTime": "microsoft.graph.timeSlot",
    }
    assert parameters("translateExchangeIds")["SourceIdType"] == "microsoft.graph.exchangeIdFormat"
    assert parameters("findMeetingTimes")["attendees"] == "Collection(microsoft.graph.attendeeBase)"


def test_links_lead_from_the_user_to_events_by_every_way(schema):
    types = declared(schema)
    links = {
        name: {each.get("Name"): each.get("Type") for each in types[name].findall(f"{EDM}NavigationProperty")}
        for name in ("user", "calendarGroup", "calendar", "event", "mailFolder", "eventMessage")
    }
    events = "Collection(microsoft.graph.event)"
    assert links["user"]["events"] == links["calendar"]["events"] == links["event"]["instances"] == events
    assert links["user"]["calendar"] == "microsoft.graph.calendar"
    assert links["calendarGroup"]["calendars"] == "Collection(microsoft.graph.calendar)"
    assert links["mailFolder"]["messages"] == "Collection(microsoft.graph.message)"
    assert links["eventMessage"]["event"] == "microsoft.graph.event"
    roots = {each.get("Name") for each in schema.find(f"{EDM}EntityContainer")}
    assert {"me", "users", "places", "subscriptions"} <= roots
    assert types["room"].get("BaseType") == types["roomList"].get("BaseType") == "microsoft.graph.place"
    (rooms,) = types["roomList"].findall(f"{EDM}NavigationProperty")
    assert (rooms.get("Name"), rooms.get("Type")) == ("rooms", "Collection(microsoft.graph.room)")


def test_the_document_is_public_and_xml_alone(office):
    assert office.alex.get("/v1.0/$metadata").body == office.nobody.get("/v1.0/$metadata").body
    assert office.nobody.get("/v1.0/$metadata", accept="application/json").status == 406
    assert office.nobody.get("/v1.0/$metadata?$format=xml", accept="text/html").status == 200
    assert office.nobody.post("/v1.0/$metadata").status == 401
    assert office.nobody.get("/v1.0/$metadata/x").status == 401
    assert office.alex.post("/v1.0/$metadata").status == 405


FULL = "application/json;odata.metadata=full"


def test_a_full_answer_tells_types_addresses_and_links(office, lunch):
    made = office.alex.post("/v1.0/me/events", lunch)
    event = office.alex.bare(f"/v1.0/me/events/{made['id']}", accept=FULL)
    assert "odata.metadata=full" in event.headers["content-type"]
    told = event.json
    assert {name: value for name, value in told.items() if "@" not in name and not isinstance(value, dict | list)} == {
        name: value for name, value in made.json.items() if "@" not in name and not isinstance(value, dict | list)
    }
    here = f"http://server.test:8080/v1.0/users('{office.alex.actor.id}')/events('{made['id']}')"
    assert told["@odata.type"] == "#microsoft.graph.event"
    assert told["@odata.id"] == told["@odata.editLink"] == here
    assert told["@odata.etag"] == made["@odata.etag"]
    assert told["createdDateTime@odata.type"] == "#DateTimeOffset"
    assert told["importance@odata.type"] == "#microsoft.graph.importance"
    assert told["attendees@odata.type"] == "#Collection(microsoft.graph.attendee)"
    assert told["attendees"][0]["emailAddress"]["@odata.type"] == "#microsoft.graph.emailAddress"
    assert told["start"]["@odata.type"] == "#microsoft.graph.dateTimeTimeZone"
    assert "subject@odata.type" not in told
    assert told["instances@odata.navigationLink"] == f"{here}/instances"
    assert told["instances@odata.associationLink"] == f"{here}/instances/$ref"
    target = told["@odata.id"].removeprefix("http://server.test:8080")
    assert office.alex.get(target)["id"] == made["id"]


def test_so_does_each_entity_of_a_full_listing_by_its_own_type(office, lunch):
    office.alex.post("/v1.0/me/events", lunch)
    (request,) = office.adele.bare("/v1.0/me/messages?$format=" + FULL).json["value"]
    assert request["@odata.type"] == "#microsoft.graph.eventMessageRequest"
    assert request["meetingMessageType@odata.type"] == "#microsoft.graph.meetingMessageType"
    assert request["@odata.id"].endswith(f"/messages('{request['id']}')")
    zones = office.adele.bare("/v1.0/me/outlook/supportedTimeZones", accept=FULL).json
    assert zones["value"][0]["@odata.type"] == "#microsoft.graph.timeZoneInformation"
    assert "@odata.id" not in zones["value"][0]


@pytest.mark.parametrize(
    "target",
    [
        "me",
        "me/calendar",
        "me/calendars",
        "me/mailboxSettings",
        "me/mailboxSettings/timeZone",
        "me/mailFolders",
        "users",
    ],
)
def test_everything_can_be_told_in_full(office, target):
    plain, full = office.alex.get(f"/v1.0/{target}").json, office.alex.bare(f"/v1.0/{target}", accept=FULL).json
    assert {name for name in full if "@" not in name} == {name for name in plain if "@" not in name}
    subject = office.alex.bare(f"/v1.0/{target}", accept=FULL, prefer="IdType=ImmutableId")
    assert subject.status == 200
