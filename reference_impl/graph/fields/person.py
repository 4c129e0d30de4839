"""The members of a user."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from reference_impl.domain.mailbox import Mailbox
from reference_impl.graph.fields.field import Field, Table
from reference_impl.graph.odata.filtering import Type


def _text(name: str, read: Callable[[Mailbox], str | None], *, on_request: bool = False) -> Field[Mailbox]:
    return Field(name, lambda user, _: read(user), on_request=on_request, filters=((name, Type.TEXT, read),))


USER: Final[Table[Mailbox]] = Table(
    (
        Field("businessPhones", lambda u, _: [u.card.business_phone] if u.card.business_phone else []),
        _text("displayName", lambda u: u.person.name or u.address),
        _text("givenName", lambda u: u.card.given_name or None),
        _text("jobTitle", lambda u: u.card.job_title or None),
        _text("mail", lambda u: u.address),
        Field("mobilePhone", lambda u, _: u.card.mobile_phone or None),
        _text("officeLocation", lambda u: u.card.office or None),
        Field("preferredLanguage", lambda _u, _v: None),
        _text("surname", lambda u: u.card.surname or None),
        _text("userPrincipalName", lambda u: u.address),
        _text("id", lambda u: u.id),
        _text("department", lambda u: u.card.department or None, on_request=True),
        _text("companyName", lambda u: u.card.company or None, on_request=True),
        _text("mailNickname", lambda u: u.alias, on_request=True),
        _text("userType", lambda _u: "Member", on_request=True),
        Field("accountEnabled", lambda u, _: bool(u.password), on_request=True),
        Field("proxyAddresses", lambda u, _: [f"SMTP:{u.address}"], on_request=True),
    )
)
