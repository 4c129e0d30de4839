"""The second server's EWS: envelopes in, envelopes out, by Basic authentication."""

from __future__ import annotations

import base64
import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from tests.second.mailboxes import ANSWERS, PEOPLE, Item, Mailboxes, Refused

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
M = "http://schemas.microsoft.com/exchange/services/2006/messages"
T = "http://schemas.microsoft.com/exchange/services/2006/types"
E = "http://schemas.microsoft.com/exchange/services/2006/errors"
NAMES = {"s": SOAP, "m": M, "t": T}
PASSWORD = "hush-hush-7"

# The elements of items in the order of the schema, and those of GetItem's first answers.
_HEAD = ("ItemClass", "Subject", "Sensitivity", "Body", "DateTimeReceived", "Importance", "ResponseObjects")
_LETTER = ("Sender", "ToRecipients", "From", "IsRead")
_ABOUT = ("AssociatedCalendarItemId", "IsDelegated", "IsOutOfDate", "HasBeenProcessed", "ResponseType", "UID")
_TIME = ("Start", "End", "IsAllDayEvent")
_MEETING = ("IsMeeting", "IsCancelled", "IsRecurring", "MeetingRequestWasSent")
_PEOPLE = ("CalendarItemType", "MyResponseType", "Organizer", *PEOPLE)
_TAIL = ("AppointmentSequenceNumber", "AppointmentState", "AllowNewTimeProposal")
ORDER = {
    "Message": (*_HEAD, *_LETTER),
    "CalendarItem": (
        *(*_HEAD, "ReminderIsSet", "ReminderMinutesBeforeStart", "UID", *_TIME, "LegacyFreeBusyStatus", "Location"),
        *(*_MEETING, "IsResponseRequested", *_PEOPLE, "AppointmentReplyTime", *_TAIL),
    ),
    "MeetingRequest": (
        *(*_HEAD, *_LETTER, "IsResponseRequested", *_ABOUT, "MeetingRequestType", "IntendedFreeBusyStatus", *_TIME),
        *("Location", *_MEETING, *_PEOPLE, *_TAIL),
    ),
    "MeetingResponse": (*_HEAD, *_LETTER, *_ABOUT, "Start", "End", "Location", "CalendarItemType"),
    "MeetingCancellation": (*_HEAD, *_LETTER, *_ABOUT, "Start", "End", "Location", "CalendarItemType"),
}
_USUAL = {
    **dict.fromkeys(("Sensitivity", "Importance"), "Normal"),
    **dict.fromkeys(("IsAllDayEvent", "IsRecurring", "IsCancelled", "IsDelegated", "IsOutOfDate"), False),
    **dict.fromkeys(("HasBeenProcessed", "IsMeeting", "MeetingRequestWasSent"), False),
    "CalendarItemType": "Single",
    "IsResponseRequested": True,
    "AllowNewTimeProposal": True,
    "IsRead": True,
    "LegacyFreeBusyStatus": "Busy",
    "ReminderIsSet": True,
    "ReminderMinutesBeforeStart": 15,
}
_CAN = {
    "MeetingRequest": ("AcceptItem", "TentativelyAcceptItem", "DeclineItem", "ReplyToItem", "ForwardItem"),
    "MeetingCancellation": ("ReplyToItem", "ForwardItem", "RemoveItem"),
}
# What a client may give a calendar item, with how it is read.
_WRITABLE: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("Subject", "Body", "Location", "LegacyFreeBusyStatus"), lambda node: node.text or ""),
    **dict.fromkeys(("IsAllDayEvent", "AllowNewTimeProposal", "IsResponseRequested"), lambda node: node.text == "true"),
    **dict.fromkeys(("Start", "End"), lambda node: _moment(node.text or "")),
    **dict.fromkeys(PEOPLE, lambda node: [one.text for one in node.iter(f"{{{T}}}EmailAddress")]),
    "ReminderIsSet": lambda node: node.text == "true",
    "ReminderMinutesBeforeStart": lambda node: int(node.text),
}


class Fault(Exception):
    """A request that is answered with a SOAP fault."""


class SecondServer:
    """Answers requests; ``without`` is what it gets wrong."""

    def __init__(self, people: dict[str, str], without: frozenset[str] = frozenset()) -> None:
        self.mailboxes = Mailboxes(people, without)
        self._without = without
        self._lock = threading.Lock()

    def answer(self, method: str, headers: dict[str, str], body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        """Status, headers and body; the names of the request's headers are in lower case."""
        who = self._signed_in(headers.get("authorization", ""))
        if who is None:
            return 401, [("WWW-Authenticate", 'Basic realm="second"'), ("Content-Length", "0")], b""
        if method != "POST":
            return 405, [("Allow", "POST"), ("Content-Length", "0")], b""
        status = 200
        with self._lock:
            try:
                told = self._perform(who, _operation(body))
            except Fault as fault:
                status, told = 500, _fault(str(fault))
        answer = _envelope(told)
        return status, [("Content-Type", "text/xml; charset=utf-8"), ("Content-Length", str(len(answer)))], answer

    def _signed_in(self, shown: str) -> str | None:
        scheme, _, value = shown.partition(" ")
        try:
            user, _, password = base64.b64decode(value).decode().partition(":")
        except ValueError:
            return None
        is_right = scheme == "Basic" and password == PASSWORD and user in self.mailboxes.people
        return user if is_right else None

    def _perform(self, who: str, operation: Any) -> Any:
        name = etree.QName(operation).localname
        perform = _OPERATIONS.get(name)
        if perform is None:
            raise Fault("ErrorInvalidRequest")
        messages = []
        for act in perform(self, who, operation):
            message = _m(f"{name}ResponseMessage", ResponseClass="Success")
            try:
                content = act()
            except Refused as refusal:
                message.set("ResponseClass", "Error")
                content = [_m("MessageText", "The request was refused."), _m("ResponseCode", str(refusal))]
                content += [_m("DescriptiveLinkKey", "0")] + ([] if name in _BARE else [_m("Items")])
            else:
                content = [_m("ResponseCode", "NoError"), *content]
            message.extend(content)
            messages.append(message)
        return _m(f"{name}Response", _m("ResponseMessages", *messages))

    # Operations: each gives the acts of a request, one for each response message

    def _get_item(self, who: str, operation: Any) -> Iterator[Callable[[], list[Any]]]:
        base, fields = _shape(operation)
        for identity in operation.iter(f"{{{T}}}ItemId"):
            yield lambda one=identity: [_m("Items", self._shown(self._item(who, one), base, fields))]

    def _find_item(self, who: str, operation: Any) -> Iterator[Callable[[], list[Any]]]:
        base, fields = _shape(operation)
        folder = operation.find("m:ParentFolderIds/t:DistinguishedFolderId", NAMES)
        view = operation.find("m:IndexedPageItemView", NAMES)
        if folder is None or view is None or operation.find("m:ParentFolderIds", NAMES)[1:]:
            raise Fault("ErrorInvalidRequest")
        offset, most = int(view.get("Offset")), int(view.get("MaxEntriesReturned", "1000"))
        words = [one.get("Value") for one in operation.iter(f"{{{T}}}Constant")]

        def find() -> list[Any]:
            items = self.mailboxes.folder(who, folder.get("Id"))
            items = [item for item in items if not words or any(word in item["Subject"] for word in words)]
            if operation.find("m:SortOrder", NAMES) is not None:
                items.sort(key=lambda item: item["DateTimeReceived"])
                items.reverse()
            page = items[offset : offset + most]
            shown = _t("Items", *(self._shown(item, base, fields) for item in page))
            told = {"IndexedPagingOffset": str(offset + len(page)), "TotalItemsInView": str(len(items))}
            told["IncludesLastItemInRange"] = str(offset + most >= len(items)).lower()
            return [_m("RootFolder", shown, **told)]

        yield find

    def _create_item(self, who: str, operation: Any) -> Iterator[Callable[[], list[Any]]]:
        items = operation.find("m:Items", NAMES)
        for node in items if items is not None else ():
            yield lambda one=node: [_m("Items", *map(_identity, self._created(who, operation, one)))]

    def _created(self, who: str, operation: Any, node: Any) -> list[Item]:
        kind, disposition = etree.QName(node).localname, operation.get("MessageDisposition")
        if kind == "CalendarItem":
            values = _USUAL_EVENT | _values(node)
            sending = operation.get("SendMeetingInvitations")
            if sending is None:
                raise Refused("ErrorSendMeetingInvitationsRequired")
            if not {"Start", "End"} <= values.keys():
                raise Refused("ErrorCalendarEndDateIsEarlierThanStartDate")
            return [self.mailboxes.call(who, values, sending)]
        if kind == "Message" and disposition is not None:
            values = {name: node.findtext(f"t:{name}", "", NAMES) for name in ("Subject", "Body")}
            to = [one.text for one in node.iter(f"{{{T}}}EmailAddress")]
            self.mailboxes.write(who, values, to, keeps=disposition == "SendAndSaveCopy")
            return []
        reference = node.find("t:ReferenceItemId", NAMES)
        if reference is None:
            raise Fault("ErrorSchemaValidation")
        given, words = self._item(who, reference), node.findtext("t:NewBodyContent", "", NAMES)
        if kind == "RemoveItem":
            self.mailboxes.remove(given)
            return []
        if disposition is None:
            raise Refused("ErrorMessageDispositionRequired")
        if kind == "CancelCalendarItem":
            return [self.mailboxes.cancel(given, words)]
        if kind not in ANSWERS or node.find("t:ProposedStart", NAMES) is not None:
            raise Refused("ErrorInvalidRequest")
        sends, keeps = disposition != "SaveOnly", disposition == "SendAndSaveCopy"
        return self.mailboxes.answer(given, kind, words or node.findtext("t:Body", "", NAMES), sends=sends, keeps=keeps)

    def _update_item(self, who: str, operation: Any) -> Iterator[Callable[[], list[Any]]]:
        sending = operation.get("SendMeetingInvitationsOrCancellations")
        for change in operation.iter(f"{{{T}}}ItemChange"):
            yield lambda one=change: [
                _m("Items", _identity(self._updated(who, one, sending))),
                _m("ConflictResults", _t("Count", "0")),
            ]

    def _updated(self, who: str, change: Any, sending: str | None) -> Item:
        item = self._item(who, change.find("t:ItemId", NAMES))
        if item.kind != "CalendarItem":
            raise Refused("ErrorInvalidPropertySet")
        if sending is None:
            raise Refused("ErrorSendMeetingInvitationsOrCancellationsRequired")
        values: dict[str, Any] = {}
        for update in change.find("t:Updates", NAMES):
            kind, field = etree.QName(update).localname, update[0].get("FieldURI", "").partition(":")[2]
            if kind == "DeleteItemField" and field in PEOPLE:
                values[field] = []
            elif kind == "SetItemField":
                values |= _values(update[1])
            else:
                raise Refused("ErrorInvalidPropertySet")
        return self.mailboxes.update(item, values, sending)

    def _delete_item(self, who: str, operation: Any) -> Iterator[Callable[[], list[Any]]]:
        how, sending = operation.get("DeleteType"), operation.get("SendMeetingCancellations")
        if how is None:
            raise Fault("ErrorSchemaValidation")
        for identity in operation.iter(f"{{{T}}}ItemId"):
            yield lambda one=identity: self.mailboxes.delete(self._item(who, one), how, sending) or []

    # Showing

    def _item(self, who: str, node: Any) -> Item:
        return self.mailboxes.item(who, node.get("Id", ""))

    def _shown(self, item: Item, base: str, fields: set[str]) -> Any:
        node = _identity(item)
        for name in ORDER[item.kind]:
            if base == "IdOnly" and name not in fields:
                continue
            value = _SHOWN[name](item) if name in _SHOWN else item.values.get(name, _USUAL.get(name))
            if name == "UID" and item.owner != item["Organizer"] and "one meeting has one UID" in self._without:
                value = f"{value[:-1]}F"
            if value is not None:
                node.append(self._element(name, value, item))
        if "elements in order" in self._without and len(node) > 2:
            node.append(node[1])
        return node

    def _element(self, name: str, value: Any, item: Item) -> Any:
        if name == "Body":
            return _t(name, value, BodyType="Text")
        if name == "AssociatedCalendarItemId":
            return _t(name, Id=value.id, ChangeKey=value.change_key)
        if name == "ResponseObjects":
            return _t(name, *map(_t, value))
        if name in _PERSONS:
            return _t(name, *_PERSONS[name](self, value, item))
        if isinstance(value, datetime):
            return _t(name, value.strftime("%Y-%m-%dT%H:%M:%SZ"))
        return _t(name, str(value).lower() if isinstance(value, bool) else str(value))

    def _attendee(self, address: str, item: Item) -> Any:
        response, time = (item["answers"] or {}).get(address, ("Unknown", None))
        told = [self._mailbox(address), _t("ResponseType", response)]
        if time is not None:
            told.append(_t("LastResponseTime", time.strftime("%Y-%m-%dT%H:%M:%SZ")))
        return _t("Attendee", *told)

    def _mailbox(self, address: str) -> Any:
        name = self.mailboxes.people.get(address, address)
        return _t("Mailbox", _t("Name", name), _t("EmailAddress", address), _t("RoutingType", "SMTP"))


_PERSONS: dict[str, Callable[[SecondServer, Any, Item], list[Any]]] = {
    **dict.fromkeys(PEOPLE, lambda self, value, item: [self._attendee(address, item) for address in value]),
    **dict.fromkeys(("Organizer", "Sender", "From"), lambda self, value, _: [self._mailbox(value)]),
    "ToRecipients": lambda self, value, _: [self._mailbox(address) for address in value],
}
_USUAL_EVENT = {"Subject": "", "Body": "", "LegacyFreeBusyStatus": "Busy", "answers": {}}
_BARE = frozenset({"DeleteItem", "FindItem"})
_OPERATIONS = {
    "GetItem": SecondServer._get_item,
    "FindItem": SecondServer._find_item,
    "CreateItem": SecondServer._create_item,
    "UpdateItem": SecondServer._update_item,
    "DeleteItem": SecondServer._delete_item,
}


def _objects(item: Item) -> tuple[str, ...]:
    if item.kind == "CalendarItem" and not item["IsMeeting"]:
        return ("ForwardItem",)
    if item.kind == "CalendarItem":
        is_own = item["Organizer"] == item.owner
        return ("CancelCalendarItem", "ForwardItem") if is_own else _CAN["MeetingRequest"]
    return _CAN.get(item.kind, ("ReplyToItem", "ForwardItem"))


_SHOWN: dict[str, Callable[[Item], Any]] = {
    "AssociatedCalendarItemId": lambda item: item["about"] if item["about"] is not None else None,
    "ResponseObjects": _objects,
    "ResponseType": lambda item: item["ResponseType"] or ("NoResponseReceived" if item["UID"] else "Unknown"),
}


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Fault("ErrorSchemaValidation") from None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _values(node: Any) -> dict[str, Any]:
    """What an item's elements say; Refused for one that this server does not keep."""
    found = {}
    for child in node:
        name = etree.QName(child).localname
        if name not in _WRITABLE:
            raise Refused("ErrorUnsupportedPropertyDefinition")
        found[name] = _WRITABLE[name](child)
    return found


def _shape(operation: Any) -> tuple[str, set[str]]:
    base = operation.findtext("m:ItemShape/t:BaseShape", "IdOnly", NAMES)
    uris = [node.get("FieldURI", "") for node in operation.iterfind("m:ItemShape//t:FieldURI", NAMES)]
    return base, {uri.partition(":")[2] for uri in uris}


def _operation(body: bytes) -> Any:
    try:
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
        return root.find("s:Body", NAMES)[0]
    except (etree.XMLSyntaxError, TypeError, IndexError):
        raise Fault("ErrorSchemaValidation") from None


def _element(space: str, name: str, *content: Any, **attributes: str) -> Any:
    node = etree.Element(f"{{{space}}}{name}", attributes, nsmap=NAMES)
    for part in content:
        if isinstance(part, str):
            node.text = part
        else:
            node.append(part)
    return node


def _t(name: str, *content: Any, **attributes: str) -> Any:
    return _element(T, name, *content, **attributes)


def _m(name: str, *content: Any, **attributes: str) -> Any:
    return _element(M, name, *content, **attributes)


def _identity(item: Item) -> Any:
    return _t(item.kind, _t("ItemId", Id=item.id, ChangeKey=item.change_key))


def _fault(code: str) -> Any:
    node = _element(SOAP, "Fault")
    for name, text in (("faultcode", f"t:{code}"), ("faultstring", "The request was refused.")):
        etree.SubElement(node, name).text = text
    detail = etree.SubElement(node, "detail")
    for name, text in (("ResponseCode", code), ("Message", "The request was refused.")):
        etree.SubElement(detail, f"{{{E}}}{name}", nsmap={"e": E}).text = text
    return node


def _envelope(content: Any) -> bytes:
    info = {"MajorVersion": "15", "MinorVersion": "0", "MajorBuildNumber": "900", "MinorBuildNumber": "1"}
    head = _element(SOAP, "Header", _t("ServerVersionInfo", **info, Version="V2_10"))
    envelope = _element(SOAP, "Envelope", head, _element(SOAP, "Body", content))
    etree.cleanup_namespaces(envelope, keep_ns_prefixes=["s", "m", "t"])
    return etree.tostring(envelope, xml_declaration=True, encoding="utf-8")


@contextmanager
def serving(server: SecondServer) -> Iterator[tuple[str, list[str]]]:
    """The server over HTTP; its address, and the names of all headers that have ever reached it."""
    seen: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            seen.extend(self.headers.keys())
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, told, answer = server.answer(self.command, headers, body)
            self.send_response(status)
            for pair in told:
                self.send_header(*pair)
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_PUT = do_DELETE = do_POST  # noqa: N815  named by http.server

        def log_message(self, *_: object) -> None:
            pass

    listening = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    thread = threading.Thread(target=listening.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.server_port}/EWS/Exchange.asmx", seen
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()
