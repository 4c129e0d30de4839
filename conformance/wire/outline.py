"""A message laid out in lines, and which of them tell what a check was about."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from lxml import etree

from conformance.model.exchange import Headers
from conformance.model.record import Span
from conformance.wire.ews import NotXml, parse
from conformance.wire.namespaces import BODY, ENVELOPE, prefixed
from conformance.wire.path import looks_like_xml, member, steps_of, texts_of

WIDEST = 2_000  # characters of one line
_FEW = 24  # lines of a message that is shown without a place in it
_MANY = 14  # lines of what stands at a place
_HEADER: Final = re.compile(r"(?:request|response)?\.headers\.(.+)")
# Beside a place, what tells which item it is in and how the server saw the request.
_TELLING: Final = re.compile(
    r"(t:ItemId|t:Subject|t:ItemClass|m:ResponseCode|m:MessageText|id|subject|@odata\.type|code|message)$"
)


@dataclass(slots=True)
class Outline:
    """The lines of a body, and the spans of lines (counted from 0) of what stands at each path, in order."""

    lines: list[str] = field(default_factory=list)
    spans: dict[str, Span] = field(default_factory=dict)

    @classmethod
    def of(cls, body: bytes) -> Outline:
        """XML and JSON indented, anything else as it stands."""
        outline = cls()
        if looks_like_xml(body):
            try:
                root = parse(body, blanks=False)
            except NotXml:
                return cls(_plain(body))
            outline._element(root, 0, "" if root.tag == ENVELOPE else f"/{prefixed(root.tag)}", declare=True)
            return outline
        try:
            outline._value("", orjson.loads(body), 0, "$", end="")
        except (orjson.JSONDecodeError, RecursionError):
            return cls(_plain(body))
        return outline

    def matters(self, path: str) -> tuple[Span, ...]:
        """The lines to show for a path: the place, what it is in, and the marks of that; without one, the beginning."""
        found = self.place(path)
        if found is None:
            begin, end = self.spans.get("", (-1, len(self.lines)))  # within a SOAP body, or all there is
            return ((begin + 1, max(begin + 1, min(end - 1, begin + _FEW))),) if self.lines else ()
        first, last = self.spans[found]
        kept = set(range(first, min(last, first + _MANY) + 1))
        for above in _above(found):
            if above in self.spans:
                top, bottom = self.spans[above]
                kept |= {top, bottom}
                kept |= {
                    self.spans[one][0] for one in self.spans if _parent(one) == above and _TELLING.search(_bare(one))
                }
        return spans_of(kept)

    def place(self, path: str) -> str | None:
        """The path of the outline that a path of a check leads to, or into; None where it leads nowhere."""
        wanted = re.sub(r"(/@[\w:.-]+|/text\(\)(\[\d+\])?|@[\w:.-]+)$", "", path.removeprefix("response").strip())
        if not wanted:
            return None
        if wanted in self.spans:
            return wanted
        pattern = _pattern(wanted)
        return next((one for one in self.spans if pattern.fullmatch(one)), None)

    def _element(self, element: etree._Element, depth: int, path: str, *, declare: bool = False) -> None:
        first = len(self.lines)
        name = prefixed(element.tag)
        attributes = "".join(
            f' {prefixed(str(key))}="{_attribute(str(value))}"' for key, value in element.attrib.items()
        )
        if declare:
            used = {uri: prefix for prefix, uri in element.nsmap.items() if uri and prefix}
            attributes = "".join(f' xmlns:{prefix}="{uri}"' for uri, prefix in used.items()) + attributes
        indent = "  " * depth
        if not len(element):
            text = element.text or ""
            shown = f"<{name}{attributes}>{_text(text)}</{name}>" if text else f"<{name}{attributes}/>"
            self._lines(indent + shown)
        else:
            self._lines(f"{indent}<{name}{attributes}>")
            for _, text in texts_of(element):
                self._lines(f"{indent}  {_text(text)}")
            for step, child in steps_of(element):
                is_body = element.tag == ENVELOPE and child.tag == BODY
                self._element(child, depth + 1, path if is_body else f"{path}/{step}")
            self._lines(f"{indent}</{name}>")
        if path or element.tag == BODY:
            self.spans[path] = (first, len(self.lines) - 1)

    def _value(self, name: str, value: Any, depth: int, path: str, end: str) -> None:
        first = len(self.lines)
        indent = "  " * depth + (f"{json.dumps(name, ensure_ascii=False)}: " if name else "")
        if isinstance(value, dict) and value:
            self._lines(indent + "{")
            for number, (key, each) in enumerate(value.items(), start=1):
                self._value(key, each, depth + 1, path + member(key), "," if number < len(value) else "")
            self._lines("  " * depth + "}" + end)
        elif isinstance(value, list) and value:
            self._lines(indent + "[")
            for index, each in enumerate(value):
                self._value("", each, depth + 1, f"{path}[{index}]", "," if index + 1 < len(value) else "")
            self._lines("  " * depth + "]" + end)
        else:
            self._lines(indent + json.dumps(value, ensure_ascii=False) + end)
        self.spans[path] = (first, len(self.lines) - 1)

    def _lines(self, text: str) -> None:
        self.lines += map(_narrow, text.splitlines() or [""])


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole message in lines: its first line, its headers, and after an empty line its body laid out."""

    lines: list[str]
    headers: int
    outline: Outline

    @classmethod
    def of(cls, start: str, headers: Headers, body: bytes) -> Sheet:
        """A message by its parts."""
        outline = Outline.of(body)
        lines = [start, *(f"{name}: {value}" for name, value in headers)]
        lines += ["", *outline.lines] if outline.lines else []
        return cls(lines, len(headers), outline)

    @property
    def body(self) -> int:
        """The line, counted from 0, at which the body begins."""
        return len(self.lines) - len(self.outline.lines)

    def header(self, path: str) -> list[int] | None:
        """The lines of the header that a path such as ``response.headers.etag`` leads to; None of another path."""
        found = _HEADER.fullmatch(path)
        if found is None:
            return None
        return [at for at in range(1, self.headers + 1) if self.lines[at].casefold().startswith(f"{found[1]}:")]


def spans_of(lines: Iterable[int]) -> tuple[Span, ...]:
    """Numbers of lines as spans; a single line between two spans joins them."""
    spans: list[Span] = []
    for line in sorted(lines):
        if spans and line <= spans[-1][1] + 2:
            spans[-1] = (spans[-1][0], line)
        else:
            spans.append((line, line))
    return tuple(spans)


def _plain(body: bytes) -> list[str]:
    return [_narrow(line) for line in body.decode("utf-8", "backslashreplace").splitlines()]


def _narrow(line: str) -> str:
    if len(line) <= WIDEST:
        return line
    return f"{line[: WIDEST // 2]} …({len(line) - WIDEST} characters more)… {line[-WIDEST // 2 :]}"


_ESCAPES: Mapping[int, str] = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;"}


def _text(text: str) -> str:
    return text.translate(_ESCAPES)


def _attribute(text: str) -> str:
    return text.translate(_ESCAPES).replace('"', "&quot;")


def _parent(path: str) -> str:
    """The path one step up."""
    if path.startswith("$"):
        return re.sub(r"(\.[A-Za-z_]\w*|\[\d+\]|\['(?:[^'\\]|\\.)*'\])$", "", path)
    return path.rpartition("/")[0]


def _above(path: str) -> Iterable[str]:
    while path not in {"$", ""}:
        path = _parent(path)
        yield path


def _bare(path: str) -> str:
    """The last step of a path without its number or its quotes."""
    return re.sub(r"^\['(.*)'\]$", r"\1", path.removeprefix(_parent(path)).strip("./")).partition("[")[0]


def _pattern(path: str) -> re.Pattern[str]:
    """What an outline's paths look like that a shorter path means: any number of steps, numbers left out."""
    gaps = path.replace("/.../", "\0").replace("//", "\0").replace("$..", "\0")
    parts = [re.escape(part) for part in gaps.split("\0")]
    numbered = [re.sub(r"(?<=[\w-])(?=/|$)", r"(\\[\\d+\\])?", part) for part in parts]
    begin = "" if path.startswith(("/", "$")) else "(.*/)?"
    return re.compile(begin + r"(?:/|/.*/|.*)".join(numbered))
