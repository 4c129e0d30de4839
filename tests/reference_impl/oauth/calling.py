"""One server's identity endpoints, called in this process, and what comes back from them taken apart."""

from __future__ import annotations

import asyncio
import html
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import KeySet

from reference_impl.app import Application

ORIGIN = "http://server.test"


@dataclass
class Platform:
    """One server and a browser that follows nothing by itself."""

    app: Application

    def __call__(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def talk() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
                return await client.request(method, path, **options)

        return asyncio.run(talk())

    @property
    def tenant(self) -> str:
        return self.app.world.tenant.id

    def token(self, path: str = "/common/oauth2/v2.0/token", /, **form: str) -> httpx.Response:
        return self("POST", path, data=form)

    def password(self, **form: str) -> httpx.Response:
        return self.token(**{"grant_type": "password", "username": "AlexW@contoso.com", "password": "meetproof"} | form)

    def granted(self, **form: str) -> str:
        answer = self.password(**form)
        assert answer.status_code == 200, answer.text
        return answer.json()["access_token"]

    def claims(self, token: str) -> dict[str, Any]:
        """The claims of a token, checked with the published keys."""
        published = self("GET", "/common/discovery/v2.0/keys").json()
        return jwt.decode(token, KeySet.import_key_set(published), algorithms=["RS256"]).claims

    def graph(self, token: str, path: str, method: str = "GET", **options: Any) -> httpx.Response:
        return self(method, f"/v1.0{path}", headers={"Authorization": f"Bearer {token}"}, **options)

    def ews(self, token: str, header: str = "") -> httpx.Response:
        body = (
            '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
            ' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"'
            f' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Header>{header}</s:Header>'
            "<s:Body><m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>"
            '<m:FolderIds><t:DistinguishedFolderId Id="calendar"/></m:FolderIds></m:GetFolder></s:Body></s:Envelope>'
        )
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/xml"}
        return self("POST", "/EWS/Exchange.asmx", content=body, headers=headers)


def form_of(page: httpx.Response) -> tuple[str, dict[str, str]]:
    """Where the form of a page leads, and what it holds when nothing is typed."""
    [action] = re.findall(r'<form method="post" action="([^"]*)"', page.text)
    fields = re.findall(r'<input [^>]*?name="([^"]+)"(?: value="([^"]*)")?', page.text)
    return html.unescape(action), {name: html.unescape(value) for name, value in fields}


def members_of(location: str, part: str = "query") -> dict[str, str]:
    """The members that came back in a redirect."""
    return dict(parse_qsl(getattr(urlsplit(location), part)))
