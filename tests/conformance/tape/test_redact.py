"""Secrets never reach the disk, wherever they hide. The planting code knows nothing of the redaction's."""

import base64
import contextlib
import gzip
import html
import json
import re
import zlib
from urllib.parse import quote, quote_plus, unquote_to_bytes
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from conformance.model.exchange import Exchange, Request, Response
from conformance.tape.cassette import CassetteWriter, LeakRefused, read_cassette
from conformance.tape.codec import encode
from conformance.tape.leaks import Secrets, leaks
from conformance.tape.redact import LEFT_OUT, redact

URL = "https://mail.example/EWS/Exchange.asmx"
GRAPH = "https://graph.example/v1.0/me/events"
FORM = ("Content-Type", "application/x-www-form-urlencoded")
SOAP = ("Content-Type", "text/xml; charset=utf-8")
JSON = ("Content-Type", "application/json")


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def sent(*headers, body=b"", url=URL):
    return Exchange(Request("POST", url, headers, body), Response(200, "OK"))


def answered(*headers, body=b""):
    return Exchange(Request("POST", URL), Response(200, "OK", headers, body))


def jwt(secret: str) -> str:
    parts = [json.dumps({"alg": "RS256"}), json.dumps({"upn": secret})]
    return ".".join([*(base64.urlsafe_b64encode(each.encode()).decode().rstrip("=") for each in parts), "c2lnbmF0dXJl"])


SOAP_PASSWORD = (
    '<s:Envelope xmlns:s="x" xmlns:wsse="y"><s:Header><wsse:Password {}>{}</wsse:Password></s:Header></s:Envelope>'
)
MULTIPART = '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n{}\r\n--b--\r\n'

HIDING_PLACES = {
    "basic credentials": lambda s: sent(("Authorization", "Basic " + b64("organizer0:" + s))),
    "basic credentials, odd case": lambda s: sent(("aUTHORIZATION", "bAsIc  " + b64("organizer0:" + s))),
    "bearer token": lambda s: sent(("Authorization", "Bearer " + quote(s, safe=""))),
    "negotiate token": lambda s: sent(("Authorization", "Negotiate " + b64(s))),
    "ntlm message": lambda s: sent(("Authorization", "NTLM " + b64("NTLMSSP\0" + s))),
    "credentials without a scheme": lambda s: sent(("Authorization", quote(s, safe=""))),
    "proxy credentials": lambda s: sent(("Proxy-Authorization", "Basic " + b64("p:" + s))),
    "cookie": lambda s: sent(("Cookie", f"a=1; session={quote(s, safe='')}; b=2")),
    "set-cookie": lambda s: answered(("Set-Cookie", f"session={quote(s, safe='')}; Path=/; HttpOnly")),
    "joined set-cookie": lambda s: answered(
        ("Set-Cookie", f"a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT, session={quote(s, safe='')}; Path=/")
    ),
    "negotiate challenge": lambda s: answered(("WWW-Authenticate", "Negotiate " + b64(s) + ', Basic realm="x"')),
    "ntlm challenge": lambda s: answered(("WWW-Authenticate", "NTLM " + b64(s))),
    "proxy challenge": lambda s: answered(("Proxy-Authenticate", "NTLM " + b64(s))),
    "api key header": lambda s: sent(("X-API-Key", s)),
    "url password": lambda s: sent(url=f"https://user:{quote(s, safe='')}@mail.example/"),
    "query access_token": lambda s: sent(url=f"{GRAPH}?a=1&access_token={quote(s, safe='')}&b=2"),
    "query code": lambda s: sent(url=f"{GRAPH}?code={quote_plus(s)}"),
    "query client_secret": lambda s: sent(url=f"{GRAPH}?client_secret={quote(s, safe='')}"),
    "query name encoded": lambda s: sent(url=f"{GRAPH}?pass%77ord={quote(s, safe='')}"),
    "fragment token": lambda s: sent(url=f"{GRAPH}#access_token={quote(s, safe='')}&x=1"),
    "location header": lambda s: answered(("Location", f"https://app.example/cb?state=1&code={quote(s, safe='')}")),
    "referer header": lambda s: sent(("Referer", f"https://app.example/cb?password={quote(s, safe='')}")),
    "form password": lambda s: sent(FORM, body=f"grant_type=password&password={quote_plus(s)}&x=1".encode()),
    "form refresh token": lambda s: sent(FORM, body=f"refresh_token={quote(s, safe='')}".encode()),
    "form client secret last": lambda s: sent(FORM, body=f"a=b&client_secret={quote(s, safe='')}".encode()),
    "form without a content type": lambda s: sent(body=f"a=b&password={quote(s, safe='')}".encode()),
    "form assertion": lambda s: sent(FORM, body=f"client_assertion={quote(s, safe='')}&x=y".encode()),
    "json access token": lambda s: answered(JSON, body=json.dumps({"access_token": s, "expires_in": 3600}).encode()),
    "json refresh token, not ascii": lambda s: answered(
        JSON, body=json.dumps({"refresh_token": s}, ensure_ascii=False).encode()
    ),
    "json id token, deep": lambda s: answered(
        JSON, body=json.dumps({"a": [{"b": {"id_token": s}}]}, indent=2).encode()
    ),
    "json password in a list": lambda s: sent(JSON, body=json.dumps({"password": [s, {"x": s}]}).encode()),
    "json camel case": lambda s: sent(JSON, body=json.dumps({"clientSecret": s, "other": "x"}).encode()),
    "json with a byte order mark": lambda s: sent(JSON, body=b"\xef\xbb\xbf" + json.dumps({"password": s}).encode()),
    "json with an escaped name": lambda s: sent(
        JSON, body=json.dumps({"password": s}).replace("pass", "p\\u0061ss").encode()
    ),
    "json that is cut": lambda s: answered(JSON, body=json.dumps({"x": 1, "access_token": s, "y": 2})[:-1].encode()),
    "json lines": lambda s: answered(body=(json.dumps({"a": 1}) + "\n" + json.dumps({"access_token": s})).encode()),
    "json in a json string": lambda s: sent(JSON, body=json.dumps({"body": json.dumps({"password": s})}).encode()),
    "json header in a batch": lambda s: sent(
        JSON, body=json.dumps({"headers": {"Authorization": "Bearer " + s}}).encode()
    ),
    "json in utf-16": lambda s: answered(JSON, body=json.dumps({"access_token": s}).encode("utf-16")),
    "gzip json": lambda s: answered(
        JSON, ("Content-Encoding", "gzip"), body=gzip.compress(json.dumps({"access_token": s}).encode())
    ),
    "deflate json": lambda s: answered(
        JSON, ("content-encoding", "deflate"), body=zlib.compress(json.dumps({"password": s}).encode())
    ),
    "raw deflate json": lambda s: answered(
        JSON, ("content-encoding", "deflate"), body=zlib.compress(json.dumps({"password": s}).encode(), wbits=-15)
    ),
    "gzip twice": lambda s: answered(
        JSON,
        ("Content-Encoding", "gzip, gzip"),
        body=gzip.compress(gzip.compress(json.dumps({"password": s}).encode())),
    ),
    "unknown coding": lambda s: answered(
        JSON, ("Content-Encoding", "rot13"), body=json.dumps({"password": s}).encode()
    ),
    "broken gzip": lambda s: answered(JSON, ("Content-Encoding", "gzip"), body=json.dumps({"password": s}).encode()),
    "soap password": lambda s: sent(SOAP, body=SOAP_PASSWORD.format('Type="t"', escape(s)).encode()),
    "soap password in cdata": lambda s: sent(
        SOAP, body=SOAP_PASSWORD.format("", f"<![CDATA[{s.replace(']]>', '')}]]>").encode()
    ),
    "soap password, awkward attribute": lambda s: sent(SOAP, body=SOAP_PASSWORD.format('a=">"', escape(s)).encode()),
    "soap binary token": lambda s: sent(
        SOAP, body=f'<w:BinarySecurityToken xmlns:w="w" EncodingType="b">{b64(s)}</w:BinarySecurityToken>'.encode()
    ),
    "soap password in utf-16": lambda s: sent(SOAP, body=SOAP_PASSWORD.format("", escape(s)).encode("utf-16")),
    "xml attribute": lambda s: sent(SOAP, body=f'<Login xmlns="x" Password={quoteattr(s)} a="1"/>'.encode()),
    "multipart form": lambda s: sent(
        ("Content-Type", "multipart/form-data; boundary=b"), body=MULTIPART.format(b64(s)).encode()
    ),
    "bare jwt in text": lambda s: answered(("Content-Type", "text/plain"), body=f"token is {jwt(s)} so".encode()),
    "jwt in a custom header": lambda s: sent(("X-Whatever", jwt(s))),
    "link in json": lambda s: answered(
        JSON, body=json.dumps({"uploadUrl": f"https://u.example/?authtoken={quote(s, safe='')}"}).encode()
    ),
    "link in html": lambda s: answered(
        body=f'<a href="https://u.example/?a=1&amp;access_token={quote(s, safe="")}">x</a>'.encode()
    ),
}


def gzipped(text: str) -> bytes:
    return gzip.compress(text.encode(), mtime=0)


def multipart(content: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join([b"--b", b'Content-Disposition: form-data; name="x"', *headers, b"", content, b"--b--", b""])


def mime_lines(data: bytes) -> str:
    return base64.encodebytes(data).decode().replace("\n", "\r\n")


def soap(text: str) -> Exchange:
    return sent(
        SOAP, body=f'<s:Envelope xmlns:s="x"><s:Body><t:V xmlns:t="t">{text}</t:V></s:Body></s:Envelope>'.encode()
    )


def json_of(value: object) -> Exchange:
    return sent(JSON, body=json.dumps(value).encode())


def ntlm(secret: str) -> str:
    return base64.b64encode(b"NTLMSSP\0\3\0\0\0" + secret.encode("utf-16-le")).decode()


def grant(secret: str) -> str:
    return json.dumps({"access_token": secret})


def login(secret: str) -> str:
    return f"user=ann&password={quote(secret, safe='')}"


def url(secret: str) -> str:
    return f"https://u.example/?a=1&access_token={quote(secret, safe='')}"


ENCODED_PLACES = {
    "cookie in quotes": lambda s: sent(("Cookie", f'a=1; session="{quote(s, safe="")}"')),
    "percent twice in a query": lambda s: sent(url=f"{GRAPH}?next={quote(url(s), safe='')}"),
    "percent thrice in a query": lambda s: sent(url=f"{GRAPH}?next={quote(quote(url(s), safe=''), safe='')}"),
    "percent twice in a form": lambda s: sent(FORM, body=f"state={quote(login(s), safe='')}&x=1".encode()),
    "percent twice in a header": lambda s: answered(("Location", f"https://a.example/?back={quote(url(s), safe='')}")),
    "url password within percent": lambda s: sent(
        url=f"{GRAPH}?next=" + quote("https://user:" + quote(s, safe="") + "@mail.example/", safe="")
    ),
    "json in a soap string": lambda s: soap(escape(grant(s), {'"': "&quot;"})),
    "json in soap cdata": lambda s: soap(f"<![CDATA[{grant(s).replace(']]>', '')}]]>"),
    "soap in a soap string": lambda s: soap(escape(f"<Password>{escape(s)}</Password>")),
    "link in a soap string": lambda s: soap(escape(url(s))),
    "entities by number": lambda s: soap("".join(f"&#{ord(letter)};" for letter in login(s))),
    "soap in json, escaped as .NET does": lambda s: sent(
        JSON,
        body=json.dumps({"body": f"<Password>{escape(s)}</Password>"})
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .encode(),
    ),
    "json in json in json": lambda s: json_of({"a": json.dumps({"b": grant(s)})}),
    "form in a json string": lambda s: json_of({"body": login(s)}),
    "form in base64": lambda s: json_of({"contentBytes": b64(login(s))}),
    "json in base64": lambda s: soap(b64(grant(s))),
    "json in base64 for urls": lambda s: json_of(
        {"x": base64.urlsafe_b64encode(grant(s).encode()).decode().rstrip("=")}
    ),
    "json in base64 twice": lambda s: soap(b64(b64(grant(s)))),
    "json in base64 of utf-16": lambda s: soap(base64.b64encode(grant(s).encode("utf-16")).decode()),
    "form in base64 of utf-16 without a mark": lambda s: soap(base64.b64encode(login(s).encode("utf-16-le")).decode()),
    "mail in base64": lambda s: soap(b64(f"Subject: x\r\nAuthorization: Bearer {quote(s, safe='')}\r\n\r\nbody")),
    "base64 in lines": lambda s: sent(
        ("Content-Type", "message/rfc822"),
        body=("Content-Transfer-Encoding: base64\r\n\r\n" + mime_lines(("x" * 90 + "&" + login(s)).encode())).encode(),
    ),
    "gzip in base64": lambda s: json_of({"contentBytes": base64.b64encode(gzipped(grant(s))).decode()}),
    "gzip in a multipart form": lambda s: sent(
        ("Content-Type", "multipart/form-data; boundary=b"),
        body=multipart(gzipped(grant(s)), b"Content-Encoding: gzip"),
    ),
    "gzip in multipart in base64": lambda s: soap(base64.b64encode(multipart(gzipped(grant(s)))).decode()),
    "gzip twice in base64": lambda s: soap(base64.b64encode(gzip.compress(gzipped(grant(s)))).decode()),
    "gzip that nobody declares": lambda s: answered(
        ("Content-Type", "application/octet-stream"), body=gzipped(grant(s))
    ),
    "base64 in gzip in base64": lambda s: soap(base64.b64encode(gzipped("x " + b64(grant(s)))).decode()),
    "percent within base64": lambda s: soap(b64("x=" + quote(login(s), safe=""))),
    "base64 within percent": lambda s: sent(url=f"{GRAPH}?state={quote(b64(grant(s)), safe='')}"),
    "ntlm message in a text": lambda s: soap(f"the client sent {ntlm(s)} twice"),
    "ntlm message in json": lambda s: json_of({"trace": "NTLM " + ntlm(s)}),
    "header of a part of a batch": lambda s: json_of(
        {"requests": [{"id": "1", "method": "GET", "url": "/me", "headers": {"Authorization": f"Bearer {s}"}}]}
    ),
    "url of a part of a batch": lambda s: json_of({"requests": [{"id": "1", "url": url(s)}]}),
    "body of a part of a batch": lambda s: json_of({"requests": [{"id": "1", "body": {"password": s}}]}),
    "body of a part of a batch in base64": lambda s: json_of({"requests": [{"id": "1", "body": b64(grant(s))}]}),
    "answer of a part of a batch": lambda s: answered(
        JSON, body=json.dumps({"responses": [{"id": "1", "headers": {"Set-Cookie": f"x={s}"}}]}).encode()
    ),
    "request within multipart": lambda s: sent(
        ("Content-Type", "multipart/mixed; boundary=b"),
        body=multipart(f"GET /me HTTP/1.1\r\nauthorization: bearer {quote(s, safe='')}\r\n".encode()),
    ),
}


def parts_of(exchange: Exchange) -> list[bytes]:
    """The address, the headers and the bodies of an exchange."""
    request, response = exchange.request, exchange.response
    texts = (request.url, *sum(request.headers + response.headers, ()))
    return [request.body, response.body, *(text.encode() for text in texts)]


def unfolded(data: bytes, depth: int = 6) -> set[bytes]:
    """Whatever can be read in bytes once every encoding that the planting uses is undone, over and over."""
    found = {data}
    fresh = {data}
    for _ in range(depth):
        fresh = {each for one in fresh for each in _undone(one)} - found
        found |= fresh
    return found


def _undone(data: bytes):
    yield unquote_to_bytes(data)
    text = data.decode("utf-8", "surrogateescape")
    for undone in (html.unescape(text), re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text)):
        yield undone.encode("utf-8", "surrogatepass" if "\\u" in text else "surrogateescape")
    yield re.sub(rb'\\(["\\/])', rb"\1", data)
    for run in re.findall(rb"[A-Za-z0-9+/_-]{16,}(?:\r?\n[A-Za-z0-9+/]+)*", data):
        letters = b"".join(run.split()).replace(b"-", b"+").replace(b"_", b"/")
        with contextlib.suppress(ValueError):
            yield base64.b64decode(letters[: len(letters) - (len(letters) % 4 == 1)] + b"==")
    for begin in re.finditer(b"\x1f\x8b\x08", data):
        with contextlib.suppress(zlib.error):
            yield zlib.decompressobj(31).decompress(data[begin.start() :])
    for charset in ("utf-16-le", "utf-16"):
        with contextlib.suppress(UnicodeDecodeError):
            yield data.decode(charset).encode()


# Long enough, and no word that stands in every cassette.
SECRETS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs")), min_size=10, max_size=40),
    st.text("".join(map(chr, range(33, 127))), min_size=10, max_size=40),
).filter(lambda text: len(set(text)) > 5 and any(not letter.isalpha() for letter in text))


def spellings(secret: str):
    raw = secret.encode()
    yield from (raw, quote(secret, safe="").encode(), quote_plus(secret).encode(), json.dumps(secret)[1:-1].encode())
    yield json.dumps(secret, ensure_ascii=False)[1:-1].encode()
    yield json.dumps(json.dumps(secret)[1:-1])[1:-1].encode()
    yield from (base64.b64encode(raw).rstrip(b"="), base64.urlsafe_b64encode(raw).rstrip(b"="))
    yield from (raw.hex().encode(), escape(secret).encode(), secret.encode("utf-16-le"), secret.encode("utf-16-be"))


@pytest.mark.parametrize("place", HIDING_PLACES)
@settings(max_examples=15, deadline=None)
@given(secret=SECRETS)
def test_no_planted_secret_reaches_the_disk(tmp_path_factory, place, secret):
    path = tmp_path_factory.mktemp("tape") / "x.yaml"
    harmless = encode(redact(HIDING_PLACES[place]("Tr0ub4dor&3-horse")))
    assume(not any(spelling in harmless for spelling in spellings(secret)))  # a word that stands there anyway
    with CassetteWriter(path, {}) as writer:
        try:
            writer.append(HIDING_PLACES[place](secret))
        except LeakRefused as refusal:
            assert secret not in str(refusal)  # noqa: PT017  refusing is one of the two safe ends
        written = path.read_bytes().partition(b"interactions:")[2]
    for spelling in spellings(secret):
        assert spelling not in written, place


@pytest.mark.parametrize("place", ENCODED_PLACES)
@settings(max_examples=10, deadline=None)
@given(secret=SECRETS)
@example(secret="00'0001234x")
def test_no_planted_secret_reaches_the_disk_in_encodings_within_one_another(tmp_path_factory, place, secret):
    path = tmp_path_factory.mktemp("tape") / "x.yaml"
    harmless = encode(redact(ENCODED_PLACES[place]("Tr0ub4dor&3-horse")))
    assume(not any(spelling in harmless for spelling in spellings(secret)))
    with CassetteWriter(path, {}) as writer:
        with contextlib.suppress(LeakRefused):
            writer.append(ENCODED_PLACES[place](secret))
        exchanges = list(read_cassette(path).exchanges)
    read = {reading for each in exchanges for part in parts_of(each) for reading in unfolded(part)}
    for spelling in spellings(secret):
        assert not any(spelling in reading for reading in read), place


@pytest.mark.parametrize("place", ENCODED_PLACES)
def test_the_planting_of_encoded_secrets_can_be_undone(place):
    planted = parts_of(ENCODED_PLACES[place]("Tr0ub4dor&3-horse"))
    assert any(b"Tr0ub4dor&3-horse" in reading for part in planted for reading in unfolded(part))


@pytest.mark.parametrize("secret", ['"000001234', 'a"b\\c12345', '\\"x\\\\y9999', 'line\n"q1234', "back\\"])
def test_a_secret_of_quotes_is_redacted_whole_within_json_in_json(secret):
    written = redact(HIDING_PLACES["json in a json string"](secret))
    assert json.loads(json.loads(written.request.body)["body"]) == {"password": "REDACTED"}


EVERYWHERE = HIDING_PLACES | ENCODED_PLACES


@pytest.mark.parametrize("place", EVERYWHERE)
def test_a_common_secret_is_redacted_in_place_and_not_refused(tmp_path, place):
    with CassetteWriter(tmp_path / "x.yaml", {}) as writer:
        written = writer.append(EVERYWHERE[place]("Tr0ub4dor&3-horse"))
    assert written != EVERYWHERE[place]("Tr0ub4dor&3-horse")


@pytest.mark.parametrize("place", EVERYWHERE)
@settings(max_examples=15, deadline=None)
@given(secret=SECRETS)
def test_redacting_twice_is_redacting_once(place, secret):
    once = redact(EVERYWHERE[place](secret))
    assert redact(once) == once


FRAGMENTS = st.sampled_from(
    [
        *(
            '{"password":',
            '"x"',
            "Bearer abc",
            "password=",
            "&",
            "<Password>",
            "</Password>",
            "<a Password='",
            "'>",
            '"',
        ),
        *(":", "=", "\\", '\\"', "Authorization: ", "basic ", "?code=", "https://u:p@h/", "eyJhbGciOi.eyJzdWIi.c2ln"),
        *(
            "\r\n",
            "--b",
            "{",
            "}",
            "[",
            "]",
            ",",
            "é",
            "REDACTED",
            'Content-Disposition: form-data; name="password"\r\n\r\n',
        ),
        *("token=", "\\u0070assword", "null", "12", "<![CDATA[", "]]>", "/>", ">", "(", ";", " "),
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(FRAGMENTS, max_size=12).map("".join), st.sampled_from([FORM, JSON, SOAP, ("X", "y")]))
def test_redacting_any_text_twice_is_redacting_once(text, kind):
    sent = (kind, ("X-Text", text), ("Authorization", text), ("Cookie", text))
    given = (kind, ("Set-Cookie", text), ("WWW-Authenticate", text))
    request = Request("POST", f"https://a/?{text}", sent, text.encode())
    once = redact(Exchange(request, Response(200, "OK", given, text.encode())))
    assert redact(once) == once


def test_credentials_keep_their_scheme_and_cookies_their_names():
    exchange = redact(
        Exchange(
            Request("GET", GRAPH, (("Authorization", "Basic b3JnOnB3"), ("Cookie", "a=1; b=2"), ("Accept", "x/y"))),
            Response(
                401,
                "Unauthorized",
                (
                    (
                        "WWW-Authenticate",
                        'Bearer realm="", client_id="00000003", authorization_uri="https://l.example/o"',
                    ),
                    ("WWW-Authenticate", "Negotiate YIIabc=="),
                    ("WWW-Authenticate", "Negotiate"),
                    ("Set-Cookie", "exchangecookie=abc; expires=Wed, 21 Oct 2026 07:28:00 GMT; path=/; HttpOnly"),
                    ("Content-Length", "0"),
                ),
            ),
        )
    )
    assert exchange.request.headers == (
        ("Authorization", "Basic REDACTED"),
        ("Cookie", "a=REDACTED; b=REDACTED"),
        ("Accept", "x/y"),
    )
    assert [value for _, value in exchange.response.headers] == [
        'Bearer realm="", client_id="00000003", authorization_uri="https://l.example/o"',
        "Negotiate REDACTED",
        "Negotiate",
        "exchangecookie=REDACTED; expires=Wed, 21 Oct 2026 07:28:00 GMT; path=/; HttpOnly",
        "0",
    ]


def test_only_the_secrets_own_characters_change():
    body = b'{ "token_type" : "Bearer",\r\n\t"access_token":"abc\\"def" , "expires_in":3599.50, "scope":"a b" }\n'
    exchange = redact(answered(JSON, ("Content-Length", str(len(body))), body=body))
    assert exchange.response.body == body.replace(b'"abc\\"def"', b'"REDACTED"')
    assert exchange.response.header("content-length") == str(len(body))
    form = redact(sent(FORM, body=b"grant_type=password&username=AdeleV%40contoso.com&password=p%20w&scope=.default"))
    assert form.request.body == b"grant_type=password&username=AdeleV%40contoso.com&password=REDACTED&scope=.default"


def test_ordinary_meetings_are_left_alone():
    bodies = [
        b'<m:CreateItem xmlns:m="m"><t:Subject xmlns:t="t">Password review, tokens: "x" : y</t:Subject></m:CreateItem>',
        b'{"subject": "Reset password", "body": {"contentType": "text", "content": "the access token is a concept"}}',
        bytes(range(256)),
        "Kõik".encode("utf-16"),
    ]
    for body in bodies:
        assert redact(sent(body=body)).request.body == body
    assert redact(sent(url=GRAPH + "?$select=subject&$top=3")).request.url == GRAPH + "?$select=subject&$top=3"


def test_a_body_nobody_can_read_is_left_out():
    assert redact(HIDING_PLACES["unknown coding"]("whatever")).response.body == LEFT_OUT


@pytest.mark.parametrize(
    "text",
    [
        "correct-horse-42",
        "x%63orrect%2Dhorse-42",
        b64("correct-horse-42"),
        b64("user:correct-horse-42:tail"),
        b64("us:correct-horse-42"),
        b64("u:correct-horse-42?>"),
        b"correct-horse-42".hex(),
        '{"a": "c\\u006frrect-horse-42"}',
        "&#99;orrect-horse&#x2d;42",
        base64.b64encode("correct-horse-42".encode("utf-16-le")).decode(),
        base64.b64encode(gzipped("so it is correct-horse-42")).decode(),
        b64("twice: " + b64("so it is correct-horse-42")),
        quote(quote("a:correct-horse-42+&", safe=""), safe=""),
    ],
)
def test_a_known_secret_is_found_in_every_spelling(text):
    found = leaks(answered(("X-Echo", text), body=f"<a>{text}</a>".encode()), ["correct-horse-42"])
    assert [leak.place for leak in found] == ["response header X-Echo", "response body"]


def test_a_known_secret_is_found_in_a_compressed_body():
    exchange = answered(("Content-Encoding", "gzip"), body=gzip.compress(b"... correct-horse-42 ..."))
    assert [leak.place for leak in leaks(exchange, ["correct-horse-42"])] == ["response body"]


def test_the_published_password_is_no_secret():
    secrets = Secrets()
    secrets.learn(HIDING_PLACES["form password"]("meetproof"))
    secrets.learn(HIDING_PLACES["basic credentials"]("meetproof"))
    assert (
        leaks(
            Exchange(Request("GET", "https://meetproof.example/", (("User-Agent", "meetproof"),)), Response(200)),
            secrets,
        )
        == ()
    )


def test_a_public_value_can_be_declared():
    secrets = Secrets(public=["letmein-please"])
    secrets.learn(HIDING_PLACES["form password"]("letmein-please"))
    assert len(secrets) == 0


def test_a_body_that_unfolds_to_too_much_is_left_out(monkeypatch):
    monkeypatch.setattr("conformance.tape.layers._LARGEST", 1000)
    body = b"\xff password=" + gzip.compress(bytes(10_000))
    assert redact(sent(body=body)).request.body == LEFT_OUT


@pytest.mark.parametrize("beside", ["password=hunter22 &amp; 100%", "&quot;password&quot;: &quot;hunter22&quot;"])
def test_a_large_attachment_beside_encoded_text_is_gone_through_letter_by_letter_once(beside):
    attachment = "M" * 2**20  # looked through from each of its letters, this would take hours
    redacted = redact(soap(f"{beside}</t:V><t:V>{attachment}"))
    assert b"hunter22" not in redacted.request.body
    assert attachment.encode() in redacted.request.body
