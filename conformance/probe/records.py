"""What the domain name system says of a domain's Autodiscover: the SRV records of RFC 2782."""

from __future__ import annotations

from typing import NamedTuple

_SERVICE = "_autodiscover._tcp"  # [MS-OXDISCO] 3.1.5.2
_SECONDS = 5.0


class Target(NamedTuple):
    """A host that serves a domain, and where it listens."""

    host: str
    port: int


def autodiscover_targets(domain: str) -> tuple[Target, ...]:
    """The hosts that the SRV records name, the lowest priority first, of equal ones the heaviest; none without records.

    A record for "." says that there is no such service (RFC 2782).
    """
    from dns.exception import DNSException
    from dns.resolver import resolve

    try:
        records = [*resolve(f"{_SERVICE}.{domain}", "SRV", lifetime=_SECONDS)]
    except DNSException:
        return ()
    ordered = sorted(records, key=lambda record: (record.priority, -record.weight))
    named = (Target(record.target.to_text(omit_final_dot=True).casefold(), record.port) for record in ordered)
    return tuple(target for target in named if target.host not in {"", "."})
