"""Profiles: named sets of cases, a core that must be played whole and an extension that may."""

from conformance.profiles.profile import (
    Coverage,
    Played,
    Profile,
    ProfileInvalid,
    Selection,
    UnknownProfile,
    find_profile,
    judge_profile,
    standard_profiles,
)

__all__ = [
    "Coverage",
    "Played",
    "Profile",
    "ProfileInvalid",
    "Selection",
    "UnknownProfile",
    "find_profile",
    "judge_profile",
    "standard_profiles",
]
