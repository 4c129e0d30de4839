"""What the schemas describe and this server does not speak yet: refused like the unknown, never passed over."""

from __future__ import annotations

from typing import Final

from reference_impl.ews.errors import SoapFault
from reference_impl.ews.namespaces import local, m, t
from reference_impl.ews.tree import Element, line_of

UNSPOKEN: Final = frozenset(
    {
        m("ContactsView"),
        m("SeekToConditionPageItemView"),
        m("GroupBy"),
        m("DistinguishedGroupBy"),
        m("QueryString"),
        t("Excludes"),
        t("Near"),
    }
)
"""Elements of requests; each leaves this set when an operation acts on it."""


def refuse_unspoken(envelope: Element) -> None:
    """Raise ErrorSchemaValidation for the first element that no operation would act on."""
    found = next(envelope.iter(*UNSPOKEN), None)
    if found is not None:
        raise SoapFault(
            "ErrorSchemaValidation",
            f"The element {local(found.tag)} is not known to this server.",
            (line_of(found), 1, f"{local(found.tag)} was not expected here."),
        )
