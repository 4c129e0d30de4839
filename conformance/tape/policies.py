"""Recording policies: what is made unrecognizable beside secrets, and where it stands."""

from __future__ import annotations

import base64
import binascii
import html
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from email.header import decode_header, make_header
from enum import StrEnum
from typing import Any, Final
from xml.sax.saxutils import escape

import orjson

from conformance.model.exchange import Exchange, Request, Response
from conformance.tape.bodies import TextBody, Unreadable
from conformance.tape.leaks import texts_of
from conformance.tape.masks import ADDRESS, Masks
from conformance.tape.places import REDACTED
from conformance.tape.redact import LEFT_OUT
from conformance.tape.tree import Node, request_tree, response_tree


class Policy(StrEnum):
    """How much of the traffic is made unrecognizable; each has all that the one before it has."""

    SECRETS = "secrets"
    PEOPLE = "people"  # addresses and names of people stand for others
    EVERYTHING = "everything"  # and subjects, bodies, places and attachments for texts of the same shape


# Where people's names stand: beside an address in the same object, by the names of both.
_NAMED_BESIDE: Final = (
    ("Name", "EmailAddress"),
    ("name", "address"),
    ("displayName", "userPrincipalName"),
    ("displayName", "mail"),
    ("DisplayName", "PrimarySmtpAddress"),
)

# Where texts of people's own stand.
_TEXT_ELEMENTS: Final = frozenset(
    {
        *("Subject", "Body", "TextBody", "UniqueBody", "NormalizedBody", "NewBodyContent", "Preview", "Location"),
        *("ConversationTopic", "Comment", "Message", "DisplayName"),
    }
)
_TEXT_MEMBERS: Final = frozenset({"subject", "content", "bodyPreview", "comment", "Comment", "conversationTopic"})
_NAME_PLACES: Final = frozenset({"Name", "DisplayName", "name", "displayName"})
_PLACES: Final = frozenset({"location", "locations"})  # the names in these are texts, too
_MIME_ELEMENTS: Final = frozenset({"MimeContent"})
_CONTENT_ELEMENTS: Final = frozenset({"Content"})
_CONTENT_MEMBERS: Final = frozenset({"contentBytes"})
_TEXT_HEADERS: Final = frozenset({"subject", "thread-topic"})
_LEAF: Final = re.compile(r"(<((?:[\w.-]+:)?([\w.-]+))(\s[^<>]*)?(?<!/)>)([^<]*)(</\2\s*>)")
_ENCODED_WORD: Final = re.compile(r"=\?[\w-]+\?[bqBQ]\?[^?\s]*\?=(?:\s+=\?[\w-]+\?[bqBQ]\?[^?\s]*\?=)*")
# Lines of mail and calendars that say what a person wrote (RFC 5322, section 3.6.5; RFC 5545, section 3.8.1).
_MIME_TEXT: Final = re.compile(
    r"^((?:SUMMARY|DESCRIPTION|LOCATION|COMMENT|X-ALT-DESC|Subject|Thread-Topic)(?:;[^:\r\n]*)?:)"
    r"([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)",
    re.MULTILINE | re.IGNORECASE,
)
_MIME_BODY: Final = re.compile(
    r"(Content-Type:\s*text/(?:plain|html)(?:[^\r\n]|\r?\n[ \t])*\r?\n"
    r"(?:[\w-]+:(?:[^\r\n]|\r?\n[ \t])*\r?\n)*\r?\n)(.*?)(?=\r?\n--|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_SHORTEST_NAME: Final = 5


KEY: Final = "MEETPROOF_KEY"
"""The environment variable with the key of pseudonyms: with the same text they are the same in all recordings."""


def masking_of(policy: str, environment: Mapping[str, str]) -> Masking:
    """The masking of a policy by the key in the environment. Raises ValueError for a policy that there is not."""
    if policy not in set(Policy):
        raise ValueError(f"expected one of {', '.join(Policy)}, got {policy!r}")
    key = environment.get(KEY)
    return Masking(Policy(policy), key.encode("utf-8", "surrogateescape") if key else None)


class Masking:
    """Makes exchanges unrecognizable by a policy, all with the names of one key.

    What a name stands for is learned as it comes: the owner of an address is called by one name wherever the address or
    the full name stands afterwards. Without a key the names are those of this masking alone.
    """

    def __init__(self, policy: Policy, key: bytes | None = None) -> None:
        self.policy = policy
        self._masks = Masks(secrets.token_bytes(32) if key is None else key)
        self._names: dict[str, str] = {}  # of people, in their own spelling, with what stands for them
        self._full_names: dict[str, str] = {}  # those of them that are known for names wherever they stand

    def exchange(self, exchange: Exchange) -> Exchange:
        """An exchange as the policy lets it be written; masking it again changes nothing."""
        if self.policy is Policy.SECRETS:
            return exchange
        self._learn(request_tree(exchange.request))
        self._learn(response_tree(exchange))
        return Exchange(self._request(exchange.request), self._response(exchange.response), self.value(exchange.meta))

    def request(self, request: Request) -> Request:
        """A live request as it would have been written."""
        return request if self.policy is Policy.SECRETS else self._request(request)

    def value(self, value: Any) -> Any:
        """A JSON value with the people in its texts replaced."""
        match value:
            case str():
                return value if self.policy is Policy.SECRETS else self._people(value)
            case {"name": str(name), "address": str(address)} if self.policy is not Policy.SECRETS:
                self._meet(name, address)
                rest = {key: self.value(each) for key, each in value.items() if key != "name"}
                return {key: self._named("name", name) if key == "name" else rest[key] for key in value}
            case Mapping():
                return {key: self.value(each) for key, each in value.items()}
            case list() | tuple():
                return [self.value(each) for each in value]
            case _:
                return value

    def seen_in(self, exchange: Exchange) -> tuple[str, ...]:
        """The places of an exchange that hold an address or a full name of a person, so that it must not be written."""
        if self.policy is Policy.SECRETS:
            return ()
        return tuple(place for place, text in texts_of(exchange) if self._people(text) != text)

    def _request(self, request: Request) -> Request:
        headers = tuple((name, self._people(value)) for name, value in request.headers)
        return replace(request, url=self._people(request.url), headers=headers, body=self._body(request))

    def _response(self, response: Response) -> Response:
        headers = tuple((name, self._people(value)) for name, value in response.headers)
        return replace(response, headers=headers, body=self._body(response))

    def _learn(self, tree: Node) -> None:
        for node in _nodes(tree):
            for named, addressed in _NAMED_BESIDE:
                self._meet(node.text(named), node.text(addressed))

    def _meet(self, name: str, address: str) -> None:
        """Learn what somebody is called."""
        if name and ADDRESS.fullmatch(address) and not ADDRESS.search(name):
            other = self._names.setdefault(name, self._masks.name(name, address))
            if len(name) >= _SHORTEST_NAME and " " in name:
                self._full_names[name] = other

    def _people(self, text: str) -> str:
        """A text with the people in it replaced."""
        text = self._masks.addresses_in(text)
        if "=?" in text:
            text = _ENCODED_WORD.sub(self._encoded_word, text)
        for name, other in self._full_names.items():
            text = text.replace(name, other)
        return text

    def _encoded_word(self, found: re.Match[str]) -> str:
        """A header's encoded words (RFC 2047), in plain text where people are in them."""
        plain = str(make_header(decode_header(found[0])))
        masked = self._people(self._names.get(plain, plain))
        return found[0] if masked == plain else masked

    def _body(self, message: Request | Response) -> bytes:
        if not message.body or message.body == LEFT_OUT:
            return message.body
        try:
            body = TextBody.of(message)
        except Unreadable:
            return LEFT_OUT
        masked = self._content(body.text, message)
        return message.body if masked == body.text else body.again(masked)

    def _content(self, text: str, message: Request | Response) -> str:
        start = text.lstrip("\ufeff \t\r\n")[:1]
        if start in {"{", "["}:
            try:
                value = orjson.loads(text.removeprefix("\ufeff"))
            except orjson.JSONDecodeError:
                return LEFT_OUT.decode() if self.policy is Policy.EVERYTHING else self._people(text)
            masked = self._member(value, "", "")
            return text if masked == value else orjson.dumps(masked).decode()
        if start == "<":
            return self._outside_leaves(text)
        kind = (message.header("Content-Type") or "").casefold()
        if kind.startswith(("message/", "text/calendar")):
            return self._mime(text)
        if self.policy is Policy.EVERYTHING and kind.startswith("text/"):
            return self._masks.text(text)
        return self._people(text)

    def _outside_leaves(self, text: str) -> str:
        """XML with the texts of elements masked by their names, and the people in everything else replaced."""
        parts, end = [], 0
        for leaf in _LEAF.finditer(text):
            parts += [self._people(text[end : leaf.start()]), self._people(leaf[1]), self._leaf(leaf[3], leaf), leaf[6]]
            end = leaf.end()
        return "".join([*parts, self._people(text[end:])])

    def _leaf(self, name: str, leaf: re.Match[str]) -> str:
        written = leaf[5]
        if not written or written == REDACTED:
            return written
        if name in _MIME_ELEMENTS:
            return _within_base64(written, self._mime_content)
        everything = self.policy is Policy.EVERYTHING
        if everything and name in _CONTENT_ELEMENTS:
            return _within_base64(written, self._masks.content)
        text = html.unescape(written)
        is_text = name in _TEXT_ELEMENTS or (name == "InternetMessageHeader" and _header_of(leaf[4]) in _TEXT_HEADERS)
        masked = self._text(text) if everything and is_text else self._named(name, text)
        return written if masked == text else escape(masked)

    def _named(self, name: str, text: str) -> str:
        """A text in which the people are replaced; at a place for names the whole, where that is somebody's."""
        known = self._names.get(text) if name in _NAME_PLACES else None
        return known or self._people(text)

    def _member(self, value: Any, inside: str, name: str) -> Any:
        match value:
            case dict():
                return {key: self._member(each, name or inside, key) for key, each in value.items()}
            case list():
                return [self._member(each, inside, name) for each in value]
            case str() if value and value != REDACTED:
                return self._string(value, inside, name)
            case _:
                return value

    def _string(self, value: str, inside: str, name: str) -> str:
        everything = self.policy is Policy.EVERYTHING
        if everything and name in _CONTENT_MEMBERS:
            return _within_base64(value, self._masks.content)
        if everything and (name in _TEXT_MEMBERS or (inside in _PLACES and name == "displayName")):
            return self._text(value)
        return self._named(name, value)

    def _text(self, text: str) -> str:
        """A text of somebody's own with every word replaced; the name of somebody known is that person's."""
        return self._names.get(text) or self._masks.text(text)

    def _mime_content(self, content: bytes) -> bytes:
        return self._mime(content.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")

    def _mime(self, text: str) -> str:
        if self.policy is Policy.EVERYTHING:
            text = _MIME_TEXT.sub(lambda found: found[1] + self._masks.text(found[2]), text)
            text = _MIME_BODY.sub(lambda found: found[1] + self._masks.text(found[2]), text)
        return self._people(text)


def _nodes(tree: Node) -> Iterator[Node]:
    if tree.children:
        yield tree
        for child in tree.children:
            yield from _nodes(child)


def _header_of(attributes: str | None) -> str:
    found = re.search(r"HeaderName\s*=\s*[\"']([^\"']*)", attributes or "")
    return found[1].casefold() if found else ""


def _within_base64(text: str, change: Callable[[bytes], bytes]) -> str:
    """Base64 of what became of the bytes that a text is the base64 of; a text that is none says what it says."""
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error:
        return REDACTED
    changed = change(content)
    return text if changed == content else base64.b64encode(changed).decode()
