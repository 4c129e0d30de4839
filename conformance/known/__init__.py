"""Expectation files: the failures of a target that are known, each with its reason.

What is known still runs. A run fails where a known failure passes, fails in another way, or is not there any more.
"""

from conformance.known.failures import KnownFailure, KnownFailures, finding
from conformance.known.reading import ExpectationsInvalid, read_expectations
from conformance.known.updating import updated

__all__ = ["ExpectationsInvalid", "KnownFailure", "KnownFailures", "finding", "read_expectations", "updated"]
