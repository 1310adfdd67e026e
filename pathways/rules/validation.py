"""May this edition be published? Everything that is missing, in words for its editor."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from regions.models import District, Municipality, Postcode, Region, RegionMembership
from units.models import Unit

from ..models import Basis, LineStatus, RuleSet, RuleSetKind, Service
from .content import SECTIONS, EditionContent, StatusedRow

# What an edition of each kind may hold. A kind of line elsewhere would never be shown.
_MAY_HOLD = {
    RuleSetKind.NATIONAL: {"requirements", "steps", "imaging"},
    RuleSetKind.CATCHMENT: {"routes"},
    RuleSetKind.TRACK: {"requirements", "steps"},
    RuleSetKind.IMAGING: {"requirements", "imaging"},
}

# Lines that an edition may hold for its editors, and that no reader sees.
EDITORS_ONLY = (LineStatus.UNVERIFIED, LineStatus.INFERRED_FROM_OTHER)
# What once held stands in the editions of its time and in no later one (decision 0022).
EARLIER_ONLY = (LineStatus.HISTORICAL, LineStatus.ENDED)

# What kind of unit a catchment sends to. An imaging department works up no patient.
RECEIVES = {
    Service.DIAGNOSTIC: Unit.Kind.DIAGNOSTIC,
    Service.REFERRAL_OFFICE: Unit.Kind.REFERRAL_OFFICE,
    Service.IMAGING: Unit.Kind.IMAGING,
}


def shortcomings(
    rule_set: RuleSet,
    content: EditionContent,
    *,
    from_date: date | None = None,
    may_be_empty: bool = False,
) -> list[str]:
    """Return what stands in the way of publishing; empty when the edition is complete.

    With `from_date` the areas are also held against the region as it is on that day. An edition
    without a line says that of what stood before nothing is known to hold: it ends what only the
    directory took up and nobody has confirmed, which its owner never withdrew (decision 0111).
    """
    if content.withdrawal:
        return _withdrawn(content)
    if may_be_empty and not any(content.rows()) and rule_set.kind != RuleSetKind.CATCHMENT:
        return _not_begun(rule_set, on=from_date)
    reasons = [*_wrong_lines(rule_set, content), *_wrong_basis(rule_set, content)]
    if too_early := _not_begun(rule_set, on=from_date):
        # Held against a region without a municipality, every area would be wrong as well.
        return [*reasons, *too_early]
    if rule_set.kind == RuleSetKind.CATCHMENT:
        reasons += _wrong_units(rule_set.service, content)
        if from_date is not None and rule_set.region is not None:
            reasons += _wrong_areas(rule_set.region, rule_set.service, content, on=from_date)
    return reasons


def outlived(content: EditionContent) -> list[str]:
    """Return what keeps an edition that is yet to begin from being published: lines of the past.

    Not one of the shortcomings: the editions of the past, which the loader publishes, hold them.
    """
    lines = [row for row in content.rows() if isinstance(row, StatusedRow)]
    if any(row.status in EARLIER_ONLY for row in lines):
        return [
            _(
                "Udgaven har linjer, der er ophørt eller kun gjaldt tidligere. "
                "De står i de tidligere udgaver; fjern dem her."
            )
        ]
    return []


def _withdrawn(content: EditionContent) -> list[str]:
    """Nothing holds that is withdrawn, so the edition covers no area and has no line."""
    if any(content.rows()):
        return [_("En udgave, der trækker reglerne tilbage, har ingen linjer.")]
    return []


def earliest_start(rule_set: RuleSet, *, on: date) -> date:
    """Return the first day, `on` or later, on which an edition of the rule set can hold.

    A region's rules can be prepared and approved before it begins, but hold from then on.
    """
    starts = RegionMembership.objects.filter(region=rule_set.region_id).order_by("valid_from")
    begins = starts.values_list("valid_from", flat=True).first() if rule_set.region_id else None
    return max(on, begins) if begins else on


def _not_begun(rule_set: RuleSet, *, on: date | None) -> list[str]:
    if on is None or rule_set.region is None or (begins := earliest_start(rule_set, on=on)) == on:
        return []
    return [
        _("%(region)s begynder %(date)s. Vælg den dato eller en senere.")
        % {"region": rule_set.region.name, "date": date_format(begins)}
    ]


def _wrong_lines(rule_set: RuleSet, content: EditionContent) -> list[str]:
    filled = {name for name in SECTIONS if getattr(content, name)}
    reasons = []
    if not filled:
        reasons.append(_("Udgaven er tom."))
    if filled - _MAY_HOLD[RuleSetKind(rule_set.kind)]:
        reasons.append(_("Udgaven har linjer, som ikke hører til i et regelsæt af denne art."))
    return reasons


def _wrong_basis(rule_set: RuleSet, content: EditionContent) -> list[str]:
    is_example = rule_set.unit is not None and rule_set.unit.is_example
    if any((row.basis == Basis.EXAMPLE) != is_example for row in content.rows()):
        return [_("Eksempler hører kun hjemme hos eksempelenheder, og alt hos dem er eksempler.")]
    return []


def _wrong_units(service: str, content: EditionContent) -> list[str]:
    keys = {route.unit for route in content.routes if route.unit}
    reasons = []
    for unit in Unit.objects.filter(key__in=keys):
        if unit.is_example:
            reason = _("%(unit)s er et eksempel og modtager ingen.")
        elif unit.kind != RECEIVES[Service(service)]:
            reason = _("%(unit)s er %(kind)s og modtager ikke disse områder.")
        else:
            continue
        reasons.append(reason % {"unit": unit.key, "kind": Unit.Kind(unit.kind).label})
    return reasons


def _wrong_areas(region: Region, service: str, content: EditionContent, *, on: date) -> list[str]:
    """Hold the routes against the region's municipalities on the day the edition starts."""
    members = set(
        RegionMembership.objects.in_force(on)
        .filter(region=region)
        .values_list("municipality_id", flat=True)
    )
    named = {route.municipality for route in content.routes if route.municipality}
    named |= {route.district.split(":")[0] for route in content.routes if route.district}
    reasons = [
        _("Kommune %(code)s hører ikke til %(region)s.") % {"code": code, "region": region.name}
        for code in sorted(named - members)
    ]
    postcodes = {route.postcode for route in content.routes if route.postcode}
    inside = Postcode.objects.filter(pk__in=postcodes, places__municipality__in=members)
    reasons += [
        _("Postnummer %(code)s ligger ikke i %(region)s.") % {"code": code, "region": region.name}
        for code in sorted(postcodes - set(inside.values_list("pk", flat=True)))
    ]
    if service == Service.DIAGNOSTIC:
        reasons += _uncovered(members, content)
    return reasons


def _uncovered(members: set[str], content: EditionContent) -> list[str]:
    """A hole must be said outright: a route without a unit, not a missing route."""
    covered = {route.municipality for route in content.routes}
    districts = {route.district for route in content.routes if route.district}
    reasons = []
    for municipality in Municipality.objects.filter(~Q(pk__in=covered), pk__in=members):
        slugs = District.objects.filter(municipality=municipality).values_list("slug", flat=True)
        wanted = {f"{municipality.pk}:{slug}" for slug in slugs}
        if not wanted or wanted - districts:
            reasons.append(
                _(
                    "%(name)s er ikke dækket. "
                    "Skriv det som en linje uden enhed, hvis ingen er kendt."
                )
                % {"name": municipality.name}
            )
    return reasons
