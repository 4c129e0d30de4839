"""Which values two recordings of one meeting may differ in: ids, stamps of the server's clock, links, lengths.

The tables name places, not looks: a subject that looks like an id stays a subject.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from html import escape
from typing import Final
from urllib.parse import quote, unquote


class Kind(Enum):
    """How a value may vary between recordings."""

    VALUE = auto()  # not at all
    IDENTITY = auto()  # freely, but the same thing keeps the same name throughout
    MOMENT = auto()  # freely, as long as it stays a moment; the moments that stand for "never" are values
    LINK = auto()  # in the identities inside it
    DERIVED = auto()  # freely: it follows from the rest, or from the day


# EWS: attributes (by name, unless the element is excepted), then elements.
_ATTRIBUTES: Final = {
    **dict.fromkeys(("Id", "ChangeKey", "RecurringMasterId", "OccurrenceId"), Kind.IDENTITY),
    **dict.fromkeys(("RootItemId", "RootItemChangeKey"), Kind.IDENTITY),
}
_NAMED_BY_ID: Final = frozenset(
    {"DistinguishedFolderId", "TimeZoneDefinition", "StartTimeZone", "EndTimeZone", "MeetingTimeZone", "Period"}
)
_ELEMENTS: Final = {
    **dict.fromkeys(("UID", "InternetMessageId", "ConversationIndex", "InstanceKey", "StoreEntryId"), Kind.IDENTITY),
    **dict.fromkeys(("SearchKey", "SubscriptionId", "Watermark", "PreviousWatermark", "SyncState"), Kind.IDENTITY),
    **dict.fromkeys(("References", "InReplyTo", "ID", "Id", "GlobalObjectId"), Kind.IDENTITY),
    **dict.fromkeys(("DateTimeReceived", "DateTimeSent", "DateTimeCreated", "LastModifiedTime"), Kind.MOMENT),
    **dict.fromkeys(("DateTimeStamp", "LastResponseTime", "AppointmentReplyTime", "TimeStamp"), Kind.MOMENT),
    **dict.fromkeys(("WebClientReadFormQueryString", "WebClientEditFormQueryString"), Kind.LINK),
}

# Headers of a message that an EWS property repeats, by their names.
_MAIL_HEADERS: Final = {
    **dict.fromkeys(("message-id", "in-reply-to", "references", "thread-index"), Kind.IDENTITY),
    "date": Kind.MOMENT,
    "received": Kind.DERIVED,
}

# Graph: members by name, or by the object they stand in and their name.
_MEMBERS: Final = {
    **dict.fromkeys(("id", "changeKey", "@odata.etag", "iCalUId", "uid", "conversationId"), Kind.IDENTITY),
    **dict.fromkeys(("conversationIndex", "internetMessageId", "parentFolderId", "transactionId"), Kind.IDENTITY),
    **dict.fromkeys(("seriesMasterId", "occurrenceId", "subscriptionId", "request-id", "requestId"), Kind.IDENTITY),
    **dict.fromkeys(
        ("client-request-id", "clientRequestId", "event.existingEventId", "access_token", "eventId"), Kind.IDENTITY
    ),
    **dict.fromkeys(("@event.existingEventId", "refresh_token", "id_token"), Kind.IDENTITY),
    **dict.fromkeys(("createdDateTime", "lastModifiedDateTime", "receivedDateTime", "sentDateTime"), Kind.MOMENT),
    **dict.fromkeys(("webLink", "@odata.context", "@odata.nextLink", "@odata.deltaLink", "@odata.id"), Kind.LINK),
    **dict.fromkeys(("uploadUrl", "resource", "eventWebLink"), Kind.LINK),
    **dict.fromkeys(("expires_in", "ext_expires_in", "expires_on", "not_before"), Kind.DERIVED),
}
_MEMBERS_INSIDE: Final = {
    ("status", "time"): Kind.MOMENT,
    ("responseStatus", "time"): Kind.MOMENT,
    ("innerError", "date"): Kind.MOMENT,
    ("innererror", "date"): Kind.MOMENT,
}

# Headers with versions.
TAGS: Final = frozenset({"etag", "if-match", "if-none-match"})

_HEADERS: Final = {
    **dict.fromkeys(("request-id", "client-request-id", "x-request-id", "x-correlation-id"), Kind.IDENTITY),
    **dict.fromkeys(TAGS, Kind.IDENTITY),
    **dict.fromkeys(("date", "last-modified", "expires"), Kind.MOMENT),
    **dict.fromkeys(("location", "content-location", "referer"), Kind.LINK),
    **dict.fromkeys(("content-length", "transfer-encoding", "connection", "keep-alive", "host", "via"), Kind.DERIVED),
    **dict.fromkeys(("x-ms-ags-diagnostic", "x-diaginfo", "x-feserver", "x-beserver", "x-feefzinfo"), Kind.DERIVED),
    **dict.fromkeys(("x-calculatedbetarget", "x-calculatedfetarget", "x-backendhttpstatus"), Kind.DERIVED),
    **dict.fromkeys(("x-rum-validated", "x-proxy-backendserverstatus", "retry-after", "ms-cv"), Kind.DERIVED),
}

_PARAMETERS: Final = {
    **dict.fromkeys(("$skiptoken", "$deltatoken"), Kind.IDENTITY),
    **dict.fromkeys(("$filter", "$expand"), Kind.LINK),
}

# Versions: they say something only beside the thing they are a version of.
VERSIONS: Final = frozenset({"ChangeKey", "@ChangeKey", "RootItemChangeKey", "@RootItemChangeKey"}) | frozenset(
    {"changeKey", "@odata.etag"}
)

_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?\Z")
_MAIL_DATE: Final = re.compile(r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:GMT|[+-]\d{4})\Z")
_NEVER: Final = ("0001-01-01", "1601-01-01", "4501-01-01")
_ETAG: Final = re.compile(r"(?:W/)?\"(.*)\"\Z", re.DOTALL)
TOKEN: Final = re.compile(r"[A-Za-z0-9_%+.@~-]+=*")
_OPAQUE: Final = re.compile(r"(?=.*\d)[A-Za-z0-9_%/+=-]{8,}\Z")
_RENAMED_MOMENT: Final = re.compile(r"moment-\d+\Z")
_ALPHABETS: Final = str.maketrans("-_/", "+++")
_LONG: Final = 16
_RENAMED: Final = re.compile(r"id-\d+\Z")


def kind_of_attribute(element: str, attribute: str) -> Kind:
    """The kind of an XML attribute by the local names of its element and of itself."""
    return Kind.VALUE if element in _NAMED_BY_ID else _ATTRIBUTES.get(attribute, Kind.VALUE)


def kind_of_element(element: str, header: str = "") -> Kind:
    """The kind of an XML element's text by its local name, and by the name of the header that it repeats."""
    if header and element == "InternetMessageHeader":
        return _MAIL_HEADERS.get(header.casefold(), Kind.VALUE)
    return _ELEMENTS.get(element, Kind.VALUE)


def kind_of_member(inside: str, name: str) -> Kind:
    """The kind of a JSON member by the name of the object it stands in and its own.

    An annotation of a member, such as ``event@odata.context``, is of the kind of the same annotation of an object
    (OData JSON Format 4.01, Control Information).
    """
    annotation = name[at:] if (at := name.find("@odata.")) > 0 else name
    return _MEMBERS_INSIDE.get((inside, name)) or _MEMBERS.get(annotation, Kind.VALUE)


def kind_of_header(name: str) -> Kind:
    """The kind of a header's value."""
    return _HEADERS.get(name.casefold(), Kind.VALUE)


def kind_of_parameter(name: str) -> Kind:
    """The kind of a URL parameter's value."""
    return _PARAMETERS.get(name.casefold(), Kind.VALUE)


def is_moment(text: object) -> bool:
    """Whether a value is a moment of the clock as XML Schema, Graph, HTTP or mail writes it, none that means never."""
    if not isinstance(text, str) or text.startswith(_NEVER):
        return False
    return bool(_MOMENT.match(text) or _MAIL_DATE.match(text) or _RENAMED_MOMENT.match(text))


def identity(text: str) -> str:
    """An identity's own text: an entity tag is the change key between its quotes."""
    quoted = _ETAG.match(text)
    return quoted[1] if quoted else text


def in_one_alphabet(text: str) -> str:
    """A long identity with the letters in which base64 and base64url differ (RFC 4648, section 5) made one.

    EWS and Graph write the same id in these two alphabets.
    """
    return text.translate(_ALPHABETS) if len(text) >= _LONG else text


def is_opaque(token: str) -> bool:
    """Whether a token of a link looks like an identity rather than a word or a number."""
    return bool(_RENAMED.match(token) or (_OPAQUE.match(token) and not token.isdecimal()))


def tokens(link: str) -> list[tuple[int, int, str]]:
    """The tokens of a link with their spans, percent-encoding undone."""
    return [(found.start(), found.end(), unquote(found[0])) for found in TOKEN.finditer(link)]


def spellings(value: str) -> tuple[str, ...]:
    """An id as XML, URLs and JSON may write it, always in this order."""
    return value, escape(value), quote(value, safe=""), quote(value), value.replace("/", r"\/")
