"""Secrets taken out of an exchange before it reaches a disk, by a declared list of places.

Only the secret's own characters change: everything around it keeps its bytes, and ``Content-Length`` stays as recorded.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from json import JSONDecodeError, dumps
from urllib.parse import quote, unquote, unquote_plus

from conformance.model.exchange import Exchange, Headers, Request, Response
from conformance.tape.bodies import TextBody, Unreadable
from conformance.tape.layers import (
    DEEPEST,
    GZIP,
    base64_runs,
    gzips,
    inflated,
    layers,
    texts_of_base64,
    texts_of_bytes,
    unescaped,
)
from conformance.tape.members import members
from conformance.tape.places import REDACTED, SECRETS, Place, Rule, fold, folded
from conformance.tape.sought import Sought

_PASSES = 8  # no text met so far needed more than three
LEFT_OUT = b"[body left out: it could not be searched for secrets]"

_JWT = re.compile(r"\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*")
_NTLM = "TlRMTVNTU"  # how every NTLM message begins in base64 (MS-NLMP, section 2.2)
_NTLM_MESSAGE = re.compile(_NTLM + r"[A-Za-z0-9+/=]+")
_USERINFO = re.compile(r"(://[^/\s:@?#\"'<>]*):([^/\s@?#\"'<>]+)@")
_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9!#$%&'*+.^_`|~-]*)[ \t]+\S", re.DOTALL)
_TOKEN68 = re.compile(
    r"\b(Negotiate|NTLM|Kerberos|Bearer|DPoP)[ \t]+(?![A-Za-z0-9_-]+[ \t]*=[ \t]*[\"A-Za-z0-9])[^\s,]+", re.IGNORECASE
)
_PARAMETER = re.compile(r"(?<![A-Za-z0-9_%.+-])([A-Za-z0-9_%.+-]{2,64})=((?:[^&\s\"'<>#\\]|\\(?![\"nrtu]).)*)")
_MEMBER = re.compile(r"\"([A-Za-z0-9_-]{2,64})\"(\s*:\s*)(\"(?:[^\"\\]|\\.)*\"?|[^\s,}\]\[{\"]+)")
# JSON inside a JSON string: every quote and every backslash of its own has a backslash more before it.
_NESTED = re.compile(
    r"\\\"([A-Za-z0-9_-]{2,64})\\\"(\s*:\s*)\\\"((?:[^\\\"]|\\\\(?:\\.|[^\\])|\\(?![\\\"]).)+)", re.DOTALL
)
_ELEMENT = re.compile(r"<((?:[\w.-]+:)?([\w.-]+))(?:\s(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)?(?<!/)>")
_ATTRIBUTE = re.compile(r"(?<=\s)((?:[\w.-]+:)?([\w.-]+))(\s*=\s*)(\"[^\"<]*\"|'[^'<]*')")
_PART = re.compile(
    r"(?i)(content-disposition:[^\r\n]*?\bname=\"?([A-Za-z0-9_-]+)\"?[^\r\n]*(?:\r?\n[^\r\n]+)*\r?\n\r?\n)(.*?)(?=\r?\n--|\Z)",
    re.DOTALL,
)
_CREDENTIALS = re.compile(
    r"(?i)\b((?:proxy-)?authorization\s*:\s*(?:(?:basic|bearer|digest|dpop|negotiate|ntlm)[ \t]+)?)([^\s\"'<>,\\]+)"
)
_NEXT_COOKIE = re.compile(r"(,\s*(?=[^;,=\s]+\s*=))")


def redact(exchange: Exchange, rules: Sequence[Rule] = SECRETS) -> Exchange:
    """The exchange with every declared secret replaced; redacting again changes nothing.

    A body with an encoding that cannot be undone is left out, since nobody could tell what it holds.
    """
    table = _DECLARED if rules is SECRETS else _table(tuple(rules))
    request, response = exchange.request, exchange.response
    return replace(
        exchange,
        request=replace(
            request,
            url=_settled(request.url, partial(_url, table=table)),
            headers=_headers(request.headers, table),
            body=_body(request, table),
        ),
        response=replace(response, headers=_headers(response.headers, table), body=_body(response, table)),
    )


def redacted_request(request: Request) -> Request:
    """A request with every declared secret replaced."""
    return redact(Exchange(request, Response(0))).request


def _settled(text: str, hide: Callable[[str], str]) -> str:
    """The text hidden until hiding changes nothing more: one replacement may bring another name before a value."""
    for _ in range(_PASSES):
        hidden = hide(text)
        if hidden == text:
            return text
        text = hidden
    return REDACTED


_MARKS = ("eyj", "authorization", "tlrmtvntu")  # folded, of what is a secret wherever it stands


class Table:
    """The names at each kind of place, and a quick look whether a text may hold any of them."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._names = {
            place: frozenset().union(*(each.names for each in rules if each.place is place)) for place in Place
        }
        within = (self[Place.MEMBER], self[Place.ELEMENT], self[Place.ATTRIBUTE])
        self._sought = Sought(
            [
                *(f"{name}=" for name in self[Place.PARAMETER]),
                *(f'name="{name}' for name in self[Place.PARAMETER]),  # parts of multipart forms
                *(f"name={name}" for name in self[Place.PARAMETER]),
                *frozenset().union(*within),
                *_MARKS,
            ]
        )

    def __getitem__(self, place: Place) -> frozenset[str]:
        return self._names[place]

    def is_in(self, text: str) -> bool:
        """Whether there is anything to redact in a text, or it looks as if there were."""
        return any(self._sought.within(folded(layer)) or _has_userinfo(layer) for layer in layers(text))


@lru_cache(maxsize=16)
def _table(rules: tuple[Rule, ...]) -> Table:
    return Table(rules)


_DECLARED = _table(SECRETS)


def _headers(pairs: Headers, table: Table) -> Headers:
    return tuple((name, _header(fold(name), value, table)) for name, value in pairs)


@lru_cache(maxsize=1024)  # most headers of a conversation are the same each time
def _header(name: str, value: str, table: Table) -> str:
    for place, hide in _HEADERS.items():
        if name in table[place]:
            return _settled(value, partial(_hidden, hide, table))
    return _settled(value, lambda text: _text(text, table))


def _hidden(hide: Callable[[str], str], table: Table, value: str) -> str:
    return _text(hide(value), table)


def _credentials(value: str) -> str:
    """``Basic abc`` as ``Basic REDACTED``; credentials without a scheme as a whole."""
    if not value.strip():
        return value
    scheme = _SCHEME.match(value)
    return f"{scheme[1]} {REDACTED}" if scheme else REDACTED


def _challenge(value: str) -> str:
    return _TOKEN68.sub(rf"\1 {REDACTED}", value)


def _cookies(value: str) -> str:
    return ";".join(_pair(each) for each in value.split(";"))


def _set_cookie(value: str) -> str:
    """``name=value; Path=/`` as ``name=REDACTED; Path=/``, also where several were joined by commas."""
    return "".join(
        _one_set_cookie(each) if index % 2 == 0 else each for index, each in enumerate(_NEXT_COOKIE.split(value))
    )


def _one_set_cookie(value: str) -> str:
    cookie, separator, attributes = value.partition(";")
    return _pair(cookie) + separator + attributes


def _pair(cookie: str) -> str:
    name, equals, _ = cookie.partition("=")
    if not equals:
        return REDACTED if cookie.strip() else cookie
    return f"{name}={REDACTED}"


def _whole(value: str) -> str:
    return REDACTED if value else value


_HEADERS: dict[Place, Callable[[str], str]] = {
    Place.CREDENTIALS: _credentials,
    Place.CHALLENGE: _challenge,
    Place.COOKIES: _cookies,
    Place.SET_COOKIE: _set_cookie,
    Place.HEADER: _whole,
}


def _body(message: Request | Response, table: Table) -> bytes:
    if not message.body:
        return message.body
    form = "x-www-form-urlencoded" in (message.header("content-type") or "").casefold()
    try:
        body = TextBody.of(message)
        text = _settled(body.text, lambda text: _text(_pairs(text, table) if form else text, table))
    except Unreadable:
        return LEFT_OUT
    return message.body if text == body.text else body.again(text)


def _url(url: str, table: Table) -> str:
    address, hash_sign, fragment = url.partition("#")
    address, question_mark, query = address.partition("?")
    parts = (address, question_mark, _pairs(query, table), hash_sign, _pairs(fragment, table))
    return _text("".join(parts), table)


def _pairs(text: str, table: Table) -> str:
    """A query or a form with the values of named parameters replaced."""
    return "&".join(_named_pair(each, table[Place.PARAMETER]) for each in text.split("&"))


def _named_pair(pair: str, names: frozenset[str]) -> str:
    name, equals, value = pair.partition("=")
    return f"{name}={REDACTED}" if equals and value and fold(unquote_plus(name)) in names else pair


def _text(text: str, table: Table, depth: int = 0) -> str:
    """A header's value or a body's text with every secret replaced that a rule names, also within encodings."""
    if not table.is_in(text):
        return text
    text = _plain(text, table)
    return _encoded(text, table, depth) if depth < DEEPEST else text


def _plain(text: str, table: Table) -> str:
    """A text with the secrets replaced that stand in it without any encoding."""
    if "eyJ" in text:
        text = _JWT.sub(REDACTED, text)
    if "://" in text:
        text = _USERINFO.sub(rf"\1:{REDACTED}@", text)
    if _NTLM in text:
        text = _NTLM_MESSAGE.sub(REDACTED, text)
    if "=" in text:
        text = _PARAMETER.sub(lambda found: _parameter(found, table[Place.PARAMETER]), text)
    if '"' in text and ":" in text:
        text = _json(text, table[Place.MEMBER])
        if '\\"' in text:
            text = _NESTED.sub(lambda found: _nested(found, table[Place.MEMBER]), text)
    if "<" in text:
        text = _elements(text, table[Place.ELEMENT])
        text = _ATTRIBUTE.sub(lambda found: _attribute(found, table[Place.ATTRIBUTE]), text)
    if "isposition" in text:
        text = _PART.sub(
            lambda found: found[1] + (REDACTED if fold(found[2]) in table[Place.PARAMETER] else found[3]), text
        )
    return _CREDENTIALS.sub(rf"\1{REDACTED}", text)


def _has_userinfo(text: str) -> bool:
    return "://" in text and "@" in text and _USERINFO.search(text) is not None


@dataclass(frozen=True, slots=True)
class _Encoding:
    """A way to write text within text: what stretches of it look like, how they are read and written.

    A stretch is sought from where it can begin only: elsewhere each letter of a long text without the sign would look
    through the rest of it.
    """

    sign: str
    stretch: re.Pattern[str]
    read: Callable[[str], str]
    write: Callable[[str], str]


_ENCODINGS = (
    _Encoding(
        "%",
        re.compile(r"(?<![A-Za-z0-9_.~+*/:?%-])[A-Za-z0-9_.~+*/:?-]*%[A-Za-z0-9_.~+*/:?%-]*"),
        unquote,
        partial(quote, safe="~+*/:?"),
    ),
    _Encoding(
        "&",  # an element's text and an attribute's value, whatever quotes are in them; then what is in neither
        re.compile(r"(?<=>)[^<>&]*&[^<>]*(?=<)|(?<==\")[^\"<>&]*&[^\"<>]*(?=\")|(?<==')[^'<>&]*&[^'<>]*(?=')"),
        html.unescape,
        html.escape,
    ),
    _Encoding("&", re.compile(r"(?<![^<>\"'])[^<>\"'&]*&[^<>\"']*"), html.unescape, html.escape),
    _Encoding(
        "\\", re.compile(r'(?<=")[^"\\]*(?:\\.[^"\\]*)+(?=")', re.DOTALL), unescaped, lambda text: dumps(text)[1:-1]
    ),
)


def _encoded(text: str, table: Table, depth: int) -> str:
    """A text with the secrets replaced that stand in it encoded: in the same encoding, or with all that hides them."""

    def redone(found: re.Match[str], encoding: _Encoding) -> str:
        inner = encoding.read(found[0])
        hidden = inner if inner == found[0] else _text(inner, table, depth + 1)
        return found[0] if hidden == inner else encoding.write(hidden)

    for encoding in _ENCODINGS:
        if encoding.sign in text:
            text = encoding.stretch.sub(partial(redone, encoding=encoding), text)
    runs = [run.span() for run in base64_runs(text) if _hides(texts_of_base64(run[0]), table, depth)]
    text = _without(text, runs)
    if GZIP in text:
        hiding = [
            (a, b)
            for a, b in gzips(text)
            if _hides(texts_of_bytes(inflated(text[a:b].encode("latin-1"))), table, depth)
        ]
        text = _without(text, hiding)
    return text


def _hides(texts: Iterable[str], table: Table, depth: int) -> bool:
    return any(_text(text, table, depth + 1) != text for text in texts)


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in reversed(spans):
        text = f"{text[:start]}{REDACTED}{text[end:]}"
    return text


def _parameter(found: re.Match[str], names: frozenset[str]) -> str:
    name = found[1]
    if fold(unquote_plus(name)) in names and found[2]:
        return f"{name}={REDACTED}"
    return found[0]


def _attribute(found: re.Match[str], names: frozenset[str]) -> str:
    if fold(found[2]) not in names or len(found[4]) == len('""'):
        return found[0]
    return f"{found[1]}{found[3]}{found[4][0]}{REDACTED}{found[4][0]}"


def _elements(text: str, names: frozenset[str]) -> str:
    """XML text with the content of every named element replaced, whatever stands inside it."""
    parts, end = [], 0
    for tag in _ELEMENT.finditer(text):
        if tag.start() < end or fold(tag[2]) not in names:
            continue
        close = re.compile(rf"</{re.escape(tag[1])}\s*>").search(text, tag.end())
        stop = close.start() if close else len(text)
        if stop > tag.end():
            parts += [text[end : tag.end()], REDACTED]
            end = stop
    return "".join([*parts, text[end:]]) if parts else text


def _json(text: str, names: frozenset[str]) -> str:
    """JSON text with the value of every named member replaced, exactly in well-formed JSON, by its look elsewhere."""
    try:
        spans = list(members(text, names))
    except (JSONDecodeError, RecursionError, IndexError):
        return _MEMBER.sub(lambda found: _loose(found, names), text)
    for start, end in reversed(spans):
        text = f'{text[:start]}"{REDACTED}"{text[end:]}'
    return text


def _loose(found: re.Match[str], names: frozenset[str]) -> str:
    if fold(found[1]) not in names or found[3] in {"null", '""'}:
        return found[0]
    return f'"{found[1]}"{found[2]}"{REDACTED}"'


def _nested(found: re.Match[str], names: frozenset[str]) -> str:
    if fold(found[1]) not in names:
        return found[0]
    return f'\\"{found[1]}\\"{found[2]}\\"{REDACTED}'
