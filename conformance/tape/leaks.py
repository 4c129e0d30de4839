"""The gate before the disk: whatever a recording has shown to be a secret is searched for in what is to be written.

Secrets are found at the declared places of ``redact`` but by parsers of its own, so that an oversight in the replacing
shows here. A leak names the place, never the value.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import functools
import hashlib
import html
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from lxml import etree

from conformance.model.exchange import Exchange, Request, Response
from conformance.tape.bodies import TextBody, Unreadable
from conformance.tape.layers import base64_runs, layers
from conformance.tape.places import REDACTED, SECRETS, Place, Rule
from conformance.tape.sought import Sought, bytes_of

PUBLISHED = frozenset({"meetproof"})  # the reference server's documented password and client secret: no secret at all
_SHORTEST = 6
_SHORT = 512  # letters of texts that are looked through together
_TOKEN = re.compile(r"eyJ[\w-]{5,}\.[\w-]{4,}\.[\w-]*")
_PASSWORD = re.compile(r"://[^/\s@?#]*:[^/\s@?#]+@")
_URL = re.compile(r"https?://[^\s\"'<>\\]+")


@dataclass(frozen=True, slots=True)
class Leak:
    """A place that holds a known secret in some spelling."""

    place: str


class Secrets:
    """What one recording has shown to be secret. ``public`` values are never taken for secrets."""

    def __init__(self, values: Iterable[str] = (), public: Iterable[str] = PUBLISHED) -> None:
        self._public = frozenset(public) | {REDACTED, ""}
        self._values: set[str] = set()
        self._sought = Sought()
        for value in values:
            self.add(value)

    def add(self, value: str, shortest: int = 1) -> None:
        """Takes a value for a secret unless it is public or shorter than ``shortest``."""
        value = value.strip()
        if len(value) >= shortest and value not in self._public and value not in self._values:
            self._values.add(value)
            self._sought.add(_spellings(value))

    def learn(self, exchange: Exchange, rules: Sequence[Rule] = SECRETS) -> None:
        """Takes in every secret that an exchange, not yet redacted, shows at the declared places."""
        for value, shortest in seen(exchange, rules):
            self.add(value, shortest)

    def __len__(self) -> int:
        return len(self._values)

    def within(self, text: str) -> bool:
        """Whether a text holds a known secret, plainly or encoded, also in encodings within one another."""
        return bool(self._values) and any(self._sought.within(layer) for layer in layers(text))

    def hidden(self, text: str) -> str:
        """A text with the secrets in it replaced, or all of it by its digest where they stand in odd encodings."""
        told = self._sought.replaced(text, REDACTED)
        if self.within(told):
            for run in reversed([found for found in base64_runs(told) if self.within(found[0])]):
                told = told[: run.start()] + REDACTED + told[run.end() :]
        return f"{REDACTED} {hashlib.sha256(bytes_of(told)).hexdigest()}" if self.within(told) else told

    def among(self, data: bytes) -> bool:
        """Whether bytes that are no text hold a known secret, plainly or encoded."""
        return self._sought.among(data)


def leaks(exchange: Exchange, secrets: Secrets | Iterable[str]) -> tuple[Leak, ...]:
    """The places of an exchange that hold a secret plainly, percent-encoded, in base64, in hex or escaped."""
    known = secrets if isinstance(secrets, Secrets) else Secrets(secrets)
    if not len(known):
        return ()
    return _leaking([*texts_of(exchange), *_strings("meta", exchange.meta)], known)


def leaks_of_value(place: str, value: Any, secrets: Secrets) -> tuple[Leak, ...]:
    """The places inside a JSON value that hold a secret."""
    return _leaking(_strings(place, value), secrets)


def _leaking(texts: Iterable[tuple[str, str]], known: Secrets) -> tuple[Leak, ...]:
    """Those of the texts that hold a secret; short ones are looked through at once first."""
    short: list[tuple[str, str]] = []
    suspected: list[tuple[str, str]] = []
    for place, text in texts:
        (short if len(text) < _SHORT else suspected).append((place, text))
    if known.within("\0".join(text for _, text in short)):
        suspected = short + suspected
    return tuple(map(Leak, dict.fromkeys(place for place, text in suspected if known.within(text))))


def seen(exchange: Exchange, rules: Sequence[Rule] = SECRETS) -> Iterator[tuple[str, int]]:
    """The values at the declared places, each with the length below which it is not searched for."""
    names = _names(tuple(rules))
    yield from _of_url(exchange.request.url, names)
    for message in (exchange.request, exchange.response):
        for name, value in message.headers:
            yield from _of_header(name, value, names)
        with contextlib.suppress(Unreadable):
            yield from _of_text(TextBody.of(message).text if message.body else "", names)


class Names:
    """The names of rules by their places, each with the length of the shortest value that is searched for."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._of: dict[Place, dict[str, int]] = {place: {} for place in Place}
        for rule in rules:
            for name in rule.names:
                self._of[rule.place][_plain(name)] = rule.shortest
        inside = (Place.MEMBER, Place.ELEMENT, Place.ATTRIBUTE)
        named = [name for place in inside for name in self._of[place]]
        self._sought = Sought([*named, *(f"{name}=" for name in self._of[Place.PARAMETER]), "eyj"])

    def __getitem__(self, place: Place) -> dict[str, int]:
        return self._of[place]

    def may_stand_in(self, text: str) -> bool:
        """Whether a text could hold a secret at one of the places."""
        plain = text.casefold().translate(_UNMARKED)
        return self._sought.within(plain) or ("://" in text and _PASSWORD.search(text) is not None)


_UNMARKED = str.maketrans("", "", "-_")


@functools.lru_cache(maxsize=16)
def _names(rules: tuple[Rule, ...]) -> Names:
    return Names(rules)


@functools.lru_cache(maxsize=4096)
def _plain(name: str) -> str:
    """A name as rules compare it, without its namespace, or its prefix where broken XML declares none."""
    name = name.rpartition("}")[2].rpartition(":")[2]
    return "".join(letter for letter in name.casefold() if letter not in "-_")


@functools.lru_cache(maxsize=1024)  # most headers of a conversation are the same each time
def _of_header(name: str, value: str, names: Names) -> tuple[tuple[str, int], ...]:
    key = _plain(name)
    for place, found_in in _IN_HEADERS.items():
        if (shortest := names[place].get(key)) is not None:
            return tuple((secret, shortest) for secret in found_in(value))
    return tuple(_of_text(value, names))


def _cookies(value: str) -> Iterator[str]:
    for cookie in value.split(";"):
        secret = (cookie.partition("=")[2] or cookie).strip()
        yield from {secret, secret.strip('"')}


def _set_cookie(value: str) -> Iterator[str]:
    secret = value.partition(";")[0].partition("=")[2].strip()
    yield from {secret, secret.strip('"')}


def _whole(value: str) -> Iterator[str]:
    yield value


def _credentials(value: str) -> Iterator[str]:
    scheme, _, rest = value.strip().partition(" ")
    rest = rest.strip()
    if not rest:
        yield scheme
        return
    yield rest
    if scheme.casefold() == "basic":
        try:
            pair = base64.b64decode(rest + "==").decode("utf-8", "replace")
        except binascii.Error:
            return
        yield pair
        yield pair.partition(":")[2]


def _tokens_of_challenge(value: str) -> Iterator[str]:
    for challenge in value.split(","):
        match challenge.split():
            case [scheme, token] if scheme.casefold() in {"negotiate", "ntlm", "kerberos"}:
                yield token
            case _:
                pass


_IN_HEADERS: Mapping[Place, Callable[[str], Iterator[str]]] = {
    Place.CREDENTIALS: _credentials,
    Place.CHALLENGE: _tokens_of_challenge,
    Place.COOKIES: _cookies,
    Place.SET_COOKIE: _set_cookie,
    Place.HEADER: _whole,
}


def _of_url(url: str, names: Names) -> Iterator[tuple[str, int]]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return
    if parts.password:
        yield unquote(parts.password), _SHORTEST
    yield from _of_pairs(parts.query, names)
    yield from _of_pairs(parts.fragment, names)


def _of_pairs(text: str, names: Names) -> Iterator[tuple[str, int]]:
    if "=" not in text:
        return
    known = names[Place.PARAMETER]
    for name, value in parse_qsl(text, keep_blank_values=True, errors="surrogateescape"):
        if _plain(name) in known:
            yield value, known[_plain(name)]


def _of_text(text: str, names: Names) -> Iterator[tuple[str, int]]:
    every = layers(text)
    if any(names.may_stand_in(layer) for layer in every):
        for layer in every:
            yield from _of_layer(layer, names)


def _of_layer(text: str, names: Names) -> Iterator[tuple[str, int]]:
    yield from ((found, _SHORTEST) for found in _TOKEN.findall(text))
    for url in _URL.findall(html.unescape(text)):
        yield from _of_url(url, names)
    bare = text.lstrip("\ufeff \t\r\n")
    if bare.startswith(("{", "[")):
        with contextlib.suppress(ValueError, RecursionError):
            yield from _of_members(json.loads(bare, strict=False), names)
    elif bare.startswith("<"):
        yield from _of_elements(bare, names)
    else:
        yield from _of_pairs(text, names)


def _of_members(value: Any, names: Names, shortest: int | None = None) -> Iterator[tuple[str, int]]:
    match value:
        case Mapping():
            for key, each in value.items():
                yield from _of_members(each, names, names[Place.MEMBER].get(_plain(key), shortest))
        case list():
            for each in value:
                yield from _of_members(each, names, shortest)
        case None | bool():
            return
        case _ if shortest is not None:
            yield str(value), shortest
        case str() if value[:1] in {"{", "["}:
            with contextlib.suppress(ValueError, RecursionError):
                yield from _of_members(json.loads(value, strict=False), names)
        case _:
            return


def _of_elements(text: str, names: Names) -> Iterator[tuple[str, int]]:
    parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return
    for element in () if root is None else root.iter(etree.Element):
        shortest = names[Place.ELEMENT].get(_plain(str(element.tag)))
        if shortest is not None:
            yield from ((str(each), shortest) for each in element.itertext())
        for name, value in element.attrib.items():
            if (shortest := names[Place.ATTRIBUTE].get(_plain(str(name)))) is not None:
                yield str(value), shortest


def texts_of(exchange: Exchange) -> Iterator[tuple[str, str]]:
    """Every text of an exchange with the name of its place."""
    request, response = exchange.request, exchange.response
    yield "request method", request.method
    yield "request URL", request.url
    yield from _texts("request", request)
    yield "response reason", response.reason
    yield from _texts("response", response)


def _texts(side: str, message: Request | Response) -> Iterator[tuple[str, str]]:
    for name, value in message.headers:
        yield f"a {side} header's name", name
        yield f"{side} header {name}", value
    if message.body:
        yield f"{side} body", message.body.decode("utf-8", "surrogateescape")
        try:
            body = TextBody.of(message)
        except Unreadable:
            return
        if body.codings or body.charset != "utf-8":
            yield f"{side} body", body.text


def _strings(place: str, value: Any) -> Iterator[tuple[str, str]]:
    match value:
        case str():
            yield place, value
        case Mapping():
            for key, each in value.items():
                yield f"a name in {place}", str(key)
                yield from _strings(f"{place}.{key}", each)
        case list() | tuple():
            for index, each in enumerate(value):
                yield from _strings(f"{place}[{index}]", each)
        case _:
            yield place, str(value)


def _spellings(value: str) -> Iterator[str]:
    """A secret as it may stand in a text: itself, and what encoders make of it."""
    yield value
    if (encoded := quote(bytes_of(value), safe="")) != value:
        yield encoded
    for raw in dict.fromkeys((bytes_of(value), value.encode("utf-16-le", "surrogatepass"))):
        yield raw.hex()
        yield raw.hex().upper()
        for shift, spoilt in ((0, 0), (1, 2), (2, 3)):  # a secret inside longer base64 starts at one of three places
            text = base64.b64encode(bytes(shift) + raw).decode()[spoilt : (shift + len(raw)) * 8 // 6]
            if len(text) >= _SHORTEST:
                yield text
                if "+" in text or "/" in text:
                    yield text.replace("+", "-").replace("/", "_")
