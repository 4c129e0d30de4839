"""Limits and switches of a server: what they are, which values they take, and how they are read from a text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Annotated, Any, Final, get_type_hints

import msgspec
from msgspec import Meta

from reference_impl.domain.oof import ExternalAudience

_OWN_OPTIONS: Final = frozenset({"notified", "delivery_delay"})
"""What other options set, which check more than the type."""


def _meaning(text: str) -> Meta:
    return Meta(description=text)


def _count(text: str, least: int = 1) -> Meta:
    return Meta(description=text, title=f"a whole number from {least} on", ge=least)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Limits and switches; the defaults are those of the on-premises server.

    Points that the documents leave open are switches here.
    """

    server_version: Annotated[
        str,
        Meta(
            description="the build that ServerVersionInfo and Autodiscover tell: major, minor, build and revision",
            title="four numbers with dots between them",
            pattern=r"^\d{1,3}\.\d{1,3}\.\d{1,5}\.\d{1,5}$",
        ),
    ] = "15.1.2507.6"
    newest_schema: Annotated[
        str,
        Meta(
            description="the newest RequestServerVersion that EWS speaks, told as Version in ServerVersionInfo",
            title="the name of a version",
        ),
    ] = "V2017_07_11"
    free_busy_days: Annotated[int, _count("days in a free/busy window at most; 62 in the Online profile")] = 42
    free_busy_mailboxes: Annotated[int, _count("mailboxes in a free/busy request at most")] = 100
    free_busy_list_members: Annotated[int, _count("members of a list whose free/busy time is told at most")] = 100
    free_busy_events: Annotated[
        int, _count("events in a free/busy view at most; 10000 in the page of the operation")
    ] = 1000
    working_elsewhere_has_digit: Annotated[
        bool,
        _meaning("from Exchange2013 merged free/busy writes 4 for it and 5 for no data; else 0, and 4 for no data"),
    ] = False
    view_errors_are_faults: Annotated[
        bool, _meaning("wrong arguments of a free/busy view are a fault; else each mailbox's answer tells them")
    ] = True
    failed_view_is_told: Annotated[
        bool, _meaning("a mailbox about which nothing can be told has a view of type None")
    ] = True
    requests_per_minute: Annotated[
        int, _count("requests of a mailbox in a minute, with a minute's worth at once; 0 sets no limit", 0)
    ] = 0
    ews_is_offered: Annotated[
        bool,
        _meaning("EWS is there; else it answers with status 403 alone, as where Exchange Online has switched it off"),
    ] = True
    busy_is_unavailable: Annotated[
        bool, _meaning("beyond that EWS answers with status 503 alone, else with a fault")
    ] = False
    batch: Annotated[int, _count("items, folders, ids or changes in a request at most")] = 1000
    attendees: Annotated[int, _count("attendees of a meeting at most")] = 500
    attachment_bytes: Annotated[int, _count("bytes of an attachment at most")] = 2**31 - 1
    upload_piece_bytes: Annotated[
        int, _count("bytes in a piece of a Graph upload at most; the documents say 4 MB, clients send 5 MiB")
    ] = 5 * 2**20
    upload_pieces_are_accepted: Annotated[
        bool, _meaning("a piece of a Graph upload that is not the last one is answered with 202; else with 200")
    ] = True
    message_bytes: Annotated[int, _count("bytes of a message that is sent at most, what hangs on it included")] = (
        10 * 2**20
    )
    propose_before_2013_sp1: Annotated[
        bool, _meaning("ProposeNewTime is offered to Exchange2013 too, as in the Online profile")
    ] = False
    schedule_days: Annotated[int, _count("days in Graph's getSchedule at most")] = 62
    schedule_mailboxes: Annotated[int, _count("mailboxes in Graph's getSchedule at most")] = 100
    tentative_chance: Annotated[
        int,
        Meta(
            description="the chance in percent, to Graph's findMeetingTimes, of somebody with something tentative",
            title="a whole number from 0 to 100",
            ge=0,
            le=100,
        ),
    ] = 50
    comment_needs_response: Annotated[bool, _meaning("Graph refuses a comment where sendResponse is false")] = False
    unknown_members_refused: Annotated[bool, _meaning("Graph refuses JSON members that nothing declares")] = True
    graph_requests_per_minute: Annotated[
        int, _count("requests to a mailbox over Graph in a minute, with a minute's worth at once; 0 sets no limit", 0)
    ] = 0
    graph_requests_at_once: Annotated[
        int, _count("requests to a mailbox over Graph that are answered at once; 0 sets no limit", 0)
    ] = 0
    unchanged_is_304: Annotated[bool, _meaning("Graph heeds If-None-Match where an entity is read")] = True
    batch_writes_need_type: Annotated[
        bool, _meaning("Graph refuses a batch with a write without Content-Type, even where the write has no body")
    ] = False
    minimal_is_honoured: Annotated[bool, _meaning("Graph gives nothing back where Prefer says return=minimal")] = True
    view_members_are_all_selectable: Annotated[
        bool, _meaning("Graph's calendar views let createdDateTime and lastModifiedDateTime be selected")
    ] = True
    teams_meetings: Annotated[
        bool, _meaning("calendars allow online meetings of teamsForBusiness, which get an address to join them by")
    ] = False
    end_may_equal_start: Annotated[bool, _meaning("a meeting may last no time")] = True
    change_key_required: Annotated[bool, _meaning("for UpdateItem, also with AlwaysOverwrite")] = True
    silent_updates_of_people: Annotated[
        bool, _meaning("an update that only takes attendees away is a SilentUpdate to those who stay")
    ] = True
    forwards_are_told: Annotated[bool, _meaning("the organizer is notified when an attendee forwards the meeting")] = (
        True
    )
    forwards_invite: Annotated[bool, _meaning("and the organizer's list takes in the people it was forwarded to")] = (
        True
    )
    answers_invite: Annotated[
        bool, _meaning("an answer from somebody not on the organizer's list puts the sender on it")
    ] = True
    found_items: Annotated[int, _count("items or folders that a request is answered with at most")] = 1000
    searched_items: Annotated[int, _count("the same of a request with a restriction or a query")] = 250
    groups_are_numbered: Annotated[
        bool, _meaning("GroupIndex tells a group's number; else the value its items have in common")
    ] = False
    views_touch_their_start: Annotated[bool, _meaning("an item that ends just when a CalendarView starts is in it")] = (
        False
    )
    calendar_views_are_searched: Annotated[
        bool, _meaning("a CalendarView heeds a restriction and a sort order; else it takes none")
    ] = False
    occurrences_per_range: Annotated[
        int, _count("occurrences that a range of RecurringMasterItemIdRanges is answered with at most")
    ] = 1000
    masters_are_recurring: Annotated[
        bool, _meaning("IsRecurring is true of the master of a series, as it is of its occurrences")
    ] = False
    zones_are_full_by_default: Annotated[
        bool, _meaning("GetServerTimeZones answers with full zones where the request does not say")
    ] = True
    unknown_zones_are_left_out: Annotated[bool, _meaning("of its answer; else they are an error")] = False
    external_replies: Annotated[ExternalAudience, _meaning("which people of elsewhere may be told of an absence")] = (
        ExternalAudience.ALL
    )
    absence_acts_on_calendar: Annotated[
        bool, _meaning("it declines meetings and puts itself into the calendar, as in the Online profile")
    ] = False
    unknown_list_is_empty: Annotated[bool, _meaning("ExpandDL of an unknown list succeeds, without members")] = False
    unknown_room_list_has_no_mailbox: Annotated[
        bool, _meaning("GetRooms says of it that it has no mailbox; else that nothing was found")
    ] = False
    delegates_must_be_set: Annotated[
        bool, _meaning("GetDelegate fails for a mailbox that never had any; else it tells of none")
    ] = True
    subscriptions: Annotated[int, _count("subscriptions of a mailbox at most; 20 in the Online profile")] = 5000
    events_per_notification: Annotated[int, _count("events in a notification at most")] = 50
    streams: Annotated[int, _count("connections of a mailbox on which events are streamed at most")] = 10
    streamed_subscriptions: Annotated[int, _count("subscriptions of one such connection at most")] = 200
    streaming_minutes: Annotated[
        int, _count("minutes for which a streaming subscription may be without a connection")
    ] = 30
    minute: Annotated[
        float,
        Meta(
            description="seconds of real time in a minute of streaming and of pushes anew",
            title="a number above 0, 60 at most",
            gt=0,
            le=60,
        ),
    ] = 60.0
    notified: Annotated[
        tuple[str, ...], _meaning("hosts beside this machine to which events may be pushed, see Callbacks")
    ] = ()
    listeners_need_tls: Annotated[bool, _meaning("Graph notifies at https addresses alone")] = False
    delivery_delay: Annotated[float, Meta(description="seconds between sending and delivering", ge=0)] = 0.0

    @classmethod
    def online(cls) -> Settings:
        """The Online profile."""
        return cls(
            free_busy_days=62,
            propose_before_2013_sp1=True,
            absence_acts_on_calendar=True,
            delegates_must_be_set=False,
            subscriptions=20,
        )


@dataclass(frozen=True, slots=True)
class Setting:
    """What there is to tell of one setting: the values it takes, as people write them, its default and its meaning."""

    name: str
    values: str
    default: str
    meaning: str


@cache
def _types() -> Mapping[str, Any]:
    hints = get_type_hints(Settings, include_extras=True)
    return {field.name: hints[field.name] for field in fields(Settings) if field.name not in _OWN_OPTIONS}


def listed_settings(profile: Settings) -> tuple[Setting, ...]:
    """The settings that may be set, with the values that a profile gives them."""
    return tuple(
        Setting(name, _values(hint), _written(getattr(profile, name)), hint.__metadata__[0].description)
        for name, hint in _types().items()
    )


def set_settings(profile: Settings, values: Mapping[str, object]) -> Settings:
    """A profile with other values, each a text as people write it or of its own type. Raises ValueError."""
    return replace(profile, **{name: _read(name, value) for name, value in values.items()})


def _read(name: str, value: object) -> Any:
    hint = _types().get(name)
    if hint is None:
        raise ValueError(f"unknown setting {name!r}; known: {', '.join(sorted(_types()))}")
    try:
        return msgspec.convert(value, hint, strict=False)
    except msgspec.ValidationError:
        raise ValueError(f"the setting {name} takes {_values(hint)}; it cannot be {value!r}") from None


def _values(hint: Any) -> str:
    kind, meta = hint.__origin__, hint.__metadata__[0]
    if kind is bool:
        return "true or false"
    return str(meta.title) if meta.title else ", ".join(kind)


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
