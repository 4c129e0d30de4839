"""One request as the resources see it, and what they answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

import msgspec

from reference_impl.domain.copying import replace
from reference_impl.domain.mailbox import Mailbox
from reference_impl.graph import ids
from reference_impl.graph.fields.field import Table, View
from reference_impl.graph.odata.options import DEFAULT_TOP, Options, next_query
from reference_impl.graph.odata.selecting import Selection
from reference_impl.graph.prefer import Preferences
from reference_impl.graph.reading.body import read_json
from reference_impl.http import Heard, HttpAnswer, HttpRequest, Question
from reference_impl.service import items
from reference_impl.service.item_ids import IdKind
from reference_impl.service.world import World


class Content(msgspec.Struct, frozen=True, gc=False):
    """A body that is no JSON."""

    media_type: str
    data: bytes


class Result(msgspec.Struct, frozen=True, gc=False):
    """A successful answer: status, members of the body (None for no body), further headers.

    ``content`` stands in place of members; ``context`` tells what they are, as the first of them.
    """

    status: int
    body: Mapping[str, Any] | None = None
    headers: tuple[tuple[str, str], ...] = ()
    content: Content | None = None
    context: str = ""


class Asking(msgspec.Struct, frozen=True):
    """An answer that waits for what listeners say to these questions; ``answer`` may still refuse."""

    questions: tuple[Question, ...]
    answer: Callable[[Sequence[Heard | None]], Result | Asking]


def _nobody(_request: HttpRequest) -> HttpAnswer:
    raise NotImplementedError


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A routed, authorised request.

    ``owner`` is the mailbox addressed, ``by`` the signed-in person (None for an application, which may do all that the
    owner may), ``user_key`` how contexts name the owner, ``keys`` the path's keys decoded, ``again`` what answers
    another request.
    """

    world: World
    request: HttpRequest
    version: str
    owner: Mailbox
    user_key: str
    by: Mailbox | None = None
    keys: Mapping[str, str] = {}
    options: Options = Options()
    preferences: Preferences = Preferences()
    again: Callable[[HttpRequest], HttpAnswer] = _nobody

    @property
    def is_others(self) -> bool:
        """Whether somebody has reached into another person's mailbox."""
        return self.by is not None and self.by.id != self.owner.id

    @property
    def view(self) -> View:
        """How answers are to look."""
        return View(self.version, self.preferences)

    @property
    def page_size(self) -> int:
        """$top, else the preferred page size, else ten."""
        return self.options.top or self.preferences.page_size or DEFAULT_TOP

    def item_key(self, name: str) -> str:
        """The stored id of the item that a key of the path names, by an id of either kind.

        IdMalformed, WrongKind, or ItemNotFound.
        """
        named = ids.read_item(self.keys[name], self.owner)
        if named.kind is IdKind.ITEM:
            return named.token
        return items.current_id(self.world, self.owner, named.token, self.by)

    def body(self, name: str, *, optional: bool = False) -> dict[str, Any]:
        """The request body in the written form of the schema ``name``; an optional one may be left out."""
        return read_json(
            name,
            self.request.body,
            self.request.headers.get("content-type", ""),
            optional=optional,
            undeclared_refused=self.world.settings.unknown_members_refused,
        )

    def context(self, fragment: str) -> str:
        """The @odata.context of an answer."""
        return f"{self.request.origin}/{self.version}/$metadata#{fragment}"

    def user_context(self, tail: str) -> str:
        """The @odata.context of something in the addressed mailbox."""
        return f"{self.request.origin}/{self.version}/$metadata#users('{self.user_key}')/{tail}"

    def location(self, tail: str) -> str:
        """The absolute address of something in the addressed mailbox."""
        return f"{self.request.origin}/{self.version}/users('{self.user_key}')/{tail}"

    def entity(self, context: str, members: Mapping[str, Any], status: int = 200) -> Result:
        """An answer that is one entity."""
        return Result(status, members, context=context)

    def made(self, shown: Result, location: str) -> Result:
        """The answer about something made, with its address."""
        return replace(shown, headers=(*shown.headers, ("Location", location)))

    def collection(
        self, context: str, rows: Iterable[Mapping[str, Any]], *, total: int | None = None, skip: int = 0
    ) -> Result:
        """An answer that is a page of a collection; ``total`` counts every match, None where there are no pages."""
        value = list(rows)
        members: dict[str, Any] = {}
        if total is not None and self.options.count:
            members["@odata.count"] = total
        if total is not None and skip + len(value) < total:
            following = next_query(self.options, skip + len(value))
            members["@odata.nextLink"] = f"{self.request.origin}{quote(self.request.path, safe=PATH_KEPT)}?{following}"
        members["value"] = value
        return Result(200, members, context=context)

    def table_page(
        self,
        context: str,
        table: Table[Any],
        subjects: Iterable[Any],
        selection: Selection,
        usual_size: int = DEFAULT_TOP,
    ) -> Result:
        """A page of a short collection that is read whole."""
        every = list(subjects)
        skip = self.options.skip
        size = self.options.top or self.preferences.page_size or usual_size
        rows = [table.show(each, self.view, selection) for each in every[skip : skip + size]]
        return self.collection(f"{context}{selection.suffix}", rows, total=len(every), skip=skip)


PATH_KEPT: Final = "/%$'()=@,;:!*+-._~&"
"""What stays as it is in the path of a link."""
