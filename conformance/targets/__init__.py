"""The server under test: where it answers, who has an account there, how the suite reaches it."""

from conformance.targets.credentials import asking, obtain_secret, obtain_secrets
from conformance.targets.secret import MissingPassword
from conformance.targets.target import (
    Account,
    Delivery,
    Endpoint,
    Grant,
    MissingAccount,
    Notify,
    Proxy,
    Target,
    TargetKind,
)
from conformance.targets.toml import TargetInvalid, read_target, write_target

__all__ = [
    "Account",
    "Delivery",
    "Endpoint",
    "Grant",
    "MissingAccount",
    "MissingPassword",
    "Notify",
    "Proxy",
    "Target",
    "TargetInvalid",
    "TargetKind",
    "asking",
    "obtain_secret",
    "obtain_secrets",
    "read_target",
    "write_target",
]
