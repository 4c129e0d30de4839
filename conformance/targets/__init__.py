"""The server under test: where it answers, who has an account there, how the suite reaches it."""

from conformance.targets.target import (
    Account,
    Delivery,
    Endpoint,
    MissingAccount,
    MissingPassword,
    Proxy,
    Target,
    TargetKind,
)
from conformance.targets.toml import TargetInvalid, read_target, write_target

__all__ = [
    "Account",
    "Delivery",
    "Endpoint",
    "MissingAccount",
    "MissingPassword",
    "Proxy",
    "Target",
    "TargetInvalid",
    "TargetKind",
    "read_target",
    "write_target",
]
