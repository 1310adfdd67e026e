"""The fields of a new source, the same wherever one is added, and the source that they make."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from pathways import actions
from regions.models import Source, User

_PREFIX = "new-source-"
FIELDS = (
    *("publisher", "copied_by", "kind", "title", "short_title", "url", "date", "seen_on", "read"),
)


def typed(data: Mapping[str, str]) -> dict[str, str]:
    """Return what stands in the fields."""
    return {name: data.get(f"{_PREFIX}{name}", "").strip() for name in FIELDS}


def shown(data: Mapping[str, str]) -> dict[str, object]:
    """Return the fields as the template shows them, with the choices of two of them."""
    return {
        **typed(data),
        "any": any(typed(data).values()),
        "kinds": Source.Kind.choices,
        "reads": Source.Read.choices,
    }


def add(data: Mapping[str, str], *, actor: User, now: datetime) -> Source:
    """Add the source that was typed; raise Refused with reasons that name the form."""
    values = typed(data)
    reasons = []
    if values["kind"] not in Source.Kind.values:
        reasons.append("Vælg, hvad det er for en kilde.")
    seen_on = None
    if values["seen_on"]:
        try:
            seen_on = date.fromisoformat(values["seen_on"])
        except ValueError:
            reasons.append("Skriv dagen, hvor kilden er læst, som 2026-11-01.")
    try:
        if not reasons:
            return actions.add_source(**{**values, "seen_on": seen_on}, actor=actor, now=now)  # type: ignore[arg-type]
    except actions.Refused as refused:
        reasons += refused.reasons
    raise actions.Refused(f"Ny kilde: {reason}" for reason in reasons)
