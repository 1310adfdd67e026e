"""What may lines name? The sources, places and units there are, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from regions.models import District, Municipality, Postcode, Region, RegionMembership, Source
from units.models import Unit

from .content import RevisionContent


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """What a unit is for good: its kind, and its municipality's code; an example has none."""

    kind: str
    municipality: str
    is_example: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What lines may name, by permanent key."""

    sources: frozenset[str] = frozenset()
    regions: Mapping[str, str] = field(default_factory=dict)  # slug -> name
    # municipality -> (from, region)
    memberships: Mapping[str, tuple[tuple[date, str], ...]] = field(default_factory=dict)
    districts: frozenset[str] = frozenset()  # "0101:valby"
    postcodes: Mapping[str, frozenset[str]] = field(default_factory=dict)  # -> municipalities
    units: Mapping[str, KnownUnit] = field(default_factory=dict)

    def region_of(self, municipality: str, on: date) -> str:
        """Return the slug of the municipality's region on a date; "" when it has none."""
        begun = [entry for entry in self.memberships.get(municipality, ()) if entry[0] <= on]
        return max(begun)[1] if begun else ""


def read(content: RevisionContent | None = None) -> Known:
    """Return what lines may name; with `content`, of sources, postcodes and units only its own.

    Municipalities and districts come whole: what a revision leaves out counts as well. Without a
    route nothing but sources is named, and one query is enough.
    """
    sources, postcodes, units = Source.objects.all(), Postcode.objects.all(), Unit.objects.all()
    if content is not None:
        sources = sources.filter(pk__in={key for row in content.rows() for key in row.sources})
        postcodes = postcodes.filter(pk__in={route.postcode for route in content.routes})
        units = units.filter(key__in={route.unit for route in content.routes})
    known = Known(sources=frozenset(sources.values_list("pk", flat=True)))
    if content is not None and not content.routes:
        return known
    memberships: dict[str, list[tuple[date, str]]] = {
        code: [] for code in Municipality.objects.values_list("code", flat=True)
    }
    dated = RegionMembership.objects.values_list("municipality_id", "valid_from", "region__slug")
    for code, starts, region in dated:
        memberships[code].append((starts, region))
    lying: dict[str, set[str]] = {}
    for postcode, code in postcodes.order_by().values_list("pk", "places__municipality"):
        lying.setdefault(postcode, set()).update([code] if code else [])
    districts = District.objects.values_list("municipality_id", "slug")
    described = units.values_list("key", "kind", "municipality_id", "is_example")
    return replace(
        known,
        regions=dict(Region.objects.values_list("slug", "name")),
        memberships={code: tuple(sorted(dated)) for code, dated in memberships.items()},
        districts=frozenset(f"{code}:{slug}" for code, slug in districts),
        postcodes={postcode: frozenset(codes) for postcode, codes in lying.items()},
        units={key: KnownUnit(kind, code or "", example) for key, kind, code, example in described},
    )
