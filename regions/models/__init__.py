"""Where people live, who answers for it, and who may change it."""

from __future__ import annotations

from .events import Event
from .geography import (
    SLIVER_SHARE,
    District,
    Municipality,
    Postcode,
    PostcodePlace,
    PostcodeStreets,
    Region,
    RegionMembership,
    Village,
    is_sliver,
)
from .outlines import Border, Outline
from .people import RegionRole, SystemAccount, User, system_user
from .sources import Source, partial_date_words

__all__ = [
    "SLIVER_SHARE",
    "Border",
    "District",
    "Event",
    "Municipality",
    "Outline",
    "Postcode",
    "PostcodePlace",
    "PostcodeStreets",
    "Region",
    "RegionMembership",
    "RegionRole",
    "Source",
    "SystemAccount",
    "User",
    "Village",
    "is_sliver",
    "partial_date_words",
    "system_user",
]
