"""Lands and regions as people write them beside a town: "Sjælland", "Jutland", "Capital Region".

They only have to hold all of what they name: a name that lies elsewhere contradicts the town.
"""

from __future__ import annotations

from collections.abc import Callable

# Lands are no areas of the register; what counts as one only has to hold all of it. Told by the
# municipality's code, as the codes follow the land: 04 is Funen, from 05 on it is Jutland.
LANDS: dict[str, Callable[[str], bool]] = {
    "sjaelland": lambda code: code < "0400",
    "nordsjaelland": lambda code: code < "0300",
    "vestsjaelland": lambda code: "0250" <= code < "0400",
    "sydsjaelland": lambda code: "0250" <= code < "0400",
    "midtsjaelland": lambda code: "0250" <= code < "0400",
    "storkoebenhavn": lambda code: code < "0300",
    "zealand": lambda code: code < "0400",
    "fyn": lambda code: "0410" <= code < "0500",
    "sydfyn": lambda code: "0410" <= code < "0500",
    "funen": lambda code: "0410" <= code < "0500",
    "jylland": lambda code: code >= "0500",
    "jutland": lambda code: code >= "0500",
    "soenderjylland": lambda code: "0500" <= code < "0700",
    "oestjylland": lambda code: code >= "0600",
    "vestjylland": lambda code: code >= "0500",
    "nordjylland": lambda code: code >= "0700",
    "midtjylland": lambda code: "0600" <= code < "0800",
    "syddanmark": lambda code: "0410" <= code < "0700",
    "falster": lambda code: code == "0376",
    "lollandfalster": lambda code: code in ("0360", "0376"),
    "als": lambda code: code == "0540",
    "mors": lambda code: code == "0773",
    "djursland": lambda code: code in ("0706", "0707"),
    "vendsyssel": lambda code: code in ("0810", "0813", "0825", "0849", "0851", "0860"),
    "hovedstaden": lambda code: code < "0300" or code == "0400",
}
ENGLISH_REGIONS = {
    "capitalregion": "hovedstaden",
    "capitalregionofdenmark": "hovedstaden",
    "regionzealand": "sjaelland",
    "zealandregion": "sjaelland",
    "regionofsoutherndenmark": "syddanmark",
    "southerndenmark": "syddanmark",
    "centraldenmarkregion": "midtjylland",
    "centraldenmark": "midtjylland",
    "northdenmarkregion": "nordjylland",
    "northdenmark": "nordjylland",
}
