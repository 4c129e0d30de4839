"""The properties of tasks ([MS-OXWSTASK] TaskType), in schema order: those that hold of tasks without recurrence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from reference_impl.domain.copying import replace
from reference_impl.domain.items import Item, Message, TaskFacts, TaskStatus
from reference_impl.ews import words, xml
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.fields.common import common_fields
from reference_impl.ews.fields.model import Eraser, Field, Kind, Setter, Table, Writing
from reference_impl.ews.fields.readers import text, time
from reference_impl.ews.fields.setters import text_of
from reference_impl.ews.namespaces import t
from reference_impl.ews.times import read_time
from reference_impl.ews.tree import Element
from reference_impl.ews.view import View

_DONE: Final = 100.0


def _facts(item: Item) -> TaskFacts:
    assert isinstance(item, Message)
    return item.task or TaskFacts()


def _of(value: Callable[[TaskFacts], Any]) -> Callable[[Item], Any]:
    return lambda item: value(_facts(item))


def _changed(target: Any, **changes: Any) -> Mapping[str, Any]:
    return {"task": replace(target.task or TaskFacts(), **changes)}


def _setter(attribute: str, read: Callable[[Element], Any]) -> Setter:
    return lambda target, element, _writing: _changed(target, **{attribute: read(element)})


def _eraser(attribute: str, absent: Any) -> Eraser:
    return lambda target: _changed(target, **{attribute: absent})


def _moment(attribute: str) -> Setter:
    def set_(target: Any, element: Element, writing: Writing) -> Mapping[str, Any]:
        return _changed(target, **{attribute: read_time(text_of(element), writing.start_zone)})

    return set_


def _set_percent(target: Any, element: Element, _writing: Writing) -> Mapping[str, Any]:
    """A share of a hundred; a task done to the whole is completed."""
    percent = float(text_of(element))
    if not 0 <= percent <= _DONE:
        raise ResponseError("ErrorInvalidPercentCompleteValue", f"PercentComplete is 0 to 100; got {percent:g}.")
    return _changed(target, percent=percent, status=_status_at(percent))


def _status_at(percent: float) -> TaskStatus:
    if percent == _DONE:
        return TaskStatus.COMPLETED
    return TaskStatus.IN_PROGRESS if percent else TaskStatus.NOT_STARTED


def _set_status(target: Any, element: Element, writing: Writing) -> Mapping[str, Any]:
    """A completed task is done to the whole, since now."""
    status = words.TASK_STATUS_OF[text_of(element).strip()]
    if status is TaskStatus.COMPLETED:
        return _changed(target, status=status, percent=_DONE, completed=writing.call.world.clock.now())
    return _changed(target, status=status, completed=None)


def _set_completed(target: Any, element: Element, writing: Writing) -> Mapping[str, Any]:
    """The day on which it was done, which does not lie ahead."""
    moment = read_time(text_of(element), writing.start_zone)
    if moment > writing.call.world.clock.now():
        raise ResponseError("ErrorInvalidCompleteDate", "A task cannot be completed in the future.")
    return _changed(target, status=TaskStatus.COMPLETED, percent=_DONE, completed=moment)


def _names(element: Element) -> tuple[str, ...]:
    return tuple(text_of(child) for child in element.findall(t("String")))


def _text(element: str, attribute: str) -> Field:
    value = _of(lambda facts: getattr(facts, attribute))
    setter = _setter(attribute, text_of)
    return Field(
        uri=f"task:{element}",
        element=element,
        read=text(element, value),
        value=value,
        create=setter,
        update=setter,
        delete=_eraser(attribute, ""),
    )


def _number(element: str, attribute: str) -> Field:
    value = _of(lambda facts: getattr(facts, attribute))
    setter = _setter(attribute, lambda given: int(text_of(given)))

    def read(view: View) -> str | None:
        found = value(view.item)
        return None if found is None else xml.leaf(element, found)

    return Field(
        uri=f"task:{element}",
        element=element,
        read=read,
        kind=Kind.NUMBER,
        value=value,
        create=setter,
        update=setter,
        delete=_eraser(attribute, None),
    )


def _time(element: str, attribute: str, setter: Setter) -> Field:
    value = _of(lambda facts: getattr(facts, attribute))
    return Field(
        uri=f"task:{element}",
        element=element,
        read=time(element, value),
        kind=Kind.TIME,
        value=value,
        create=setter,
        update=setter,
        delete=_eraser(attribute, None),
    )


def _list(element: str, attribute: str) -> Field:
    value = _of(lambda facts: getattr(facts, attribute))
    setter = _setter(attribute, _names)

    def read(view: View) -> str | None:
        content = "".join(xml.leaf("String", name) for name in value(view.item))
        return xml.node(element, content) if content else None

    return Field(
        uri=f"task:{element}",
        element=element,
        read=read,
        value=value,
        create=setter,
        update=setter,
        delete=_eraser(attribute, ()),
    )


def _told(element: str, value: Callable[[TaskFacts], bool]) -> Field:
    read = _of(value)
    return Field(
        uri=f"task:{element}",
        element=element,
        read=lambda view: xml.leaf(element, bool(read(view.item))),
        kind=Kind.FLAG,
        value=read,
    )


def _absent(element: str) -> Field:
    """A property of tasks that are assigned to others or recur, which these are not."""
    return Field(uri=f"task:{element}", element=element, read=lambda _view: None)


def _owner(view: View) -> str:
    return xml.leaf("Owner", view.owner.person.name or view.owner.address)


TASK: Final[Table] = (
    *common_fields("Task"),
    _number("ActualWork", "actual_work"),
    _absent("AssignedTime"),
    _text("BillingInformation", "billing"),
    _absent("ChangeCount"),
    _list("Companies", "companies"),
    _time("CompleteDate", "completed", _set_completed),
    _list("Contacts", "contacts"),
    _absent("DelegationState"),
    _absent("Delegator"),
    _time("DueDate", "due", _moment("due")),
    _absent("IsAssignmentEditable"),
    _told("IsComplete", lambda facts: facts.status is TaskStatus.COMPLETED),
    _told("IsRecurring", lambda _facts: False),
    _told("IsTeamTask", lambda _facts: False),
    _text("Mileage", "mileage"),
    Field(uri="task:Owner", element="Owner", read=_owner),
    Field(
        uri="task:PercentComplete",
        element="PercentComplete",
        read=text("PercentComplete", _of(lambda facts: f"{facts.percent:g}")),
        create=_set_percent,
        update=_set_percent,
    ),
    _absent("Recurrence"),
    _time("StartDate", "start", _moment("start")),
    Field(
        uri="task:Status",
        element="Status",
        read=text("Status", _of(lambda facts: words.TASK_STATUS[facts.status])),
        kind=Kind.CHOICE,
        value=_of(lambda facts: words.TASK_STATUS[facts.status]),
        create=_set_status,
        update=_set_status,
    ),
    _text("StatusDescription", "status_description"),
    _number("TotalWork", "total_work"),
)
"""Task, in schema order."""
