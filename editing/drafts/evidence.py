"""Ask for the evidence of a changed line anew, unless the editor says that the same source holds.

A line that is changed keeps nothing of how the old one was known: basis, sources, dates and remarks
that were only carried along are taken out of the form, and asked for. Whoever has looked in the
same source says so with a tick. A form carries for each line a seal: what the line said when it was
last known, and from what.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pathways.models import Basis, MapKind

Values = Mapping[str, Any]  # field -> text, or a list of texts

ASKED = "Linjen er ændret. Angiv, hvor det nye vides fra."
_LABELS = {
    "basis": "grundlag",
    "sources": "kilder",
    "as_of": "kildens dato",
    "locator": "sted i kilden",
    "remark": "bemærkning",
    "map_kind": "hvad kortet er",
    "basis_note": "om grundlaget",
}
_CHOICES = {"basis": dict(Basis.choices), "map_kind": dict(MapKind.choices)}


@dataclass(frozen=True, slots=True)
class Seal:
    """What a line said (as a digest), how that was known, and whether it has been asked about."""

    facts: str
    evidence: Values
    asked: bool = False

    @classmethod
    def of(cls, facts: Values, evidence: Values) -> Seal:
        """Seal a line as it is stored."""
        return cls(digest(facts), {name: value for name, value in evidence.items() if value})

    @classmethod
    def read(cls, text: str) -> Seal | None:
        """Return the seal that a form was sent with; None for a line that is new."""
        try:
            said = json.loads(text)
            return cls(str(said["facts"]), dict(said["evidence"]), bool(said["asked"]))
        except (ValueError, TypeError, KeyError):
            return None

    def __str__(self) -> str:
        said = {"facts": self.facts, "evidence": self.evidence, "asked": self.asked}
        return json.dumps(said, ensure_ascii=False, sort_keys=True)

    def carried(self, facts: Values, evidence: Values) -> tuple[str, ...]:
        """Return the fields of evidence that a changed line has only carried along."""
        if self.asked or digest(facts) == self.facts:
            return ()
        return tuple(name for name, value in self.evidence.items() if evidence.get(name) == value)

    def settled(self, facts: Values, evidence: Values, *, same_source: bool) -> dict[str, Any]:
        """Return the evidence to put into a changed line, by field.

        The old evidence where somebody has looked and found it the same; blanks where it was
        only carried along.
        """
        if same_source:
            return {name: value for name, value in self.evidence.items() if not evidence.get(name)}
        carried = self.carried(facts, evidence)
        return {name: [] if name == "sources" else "" for name in carried}

    @property
    def before(self) -> list[tuple[str, str]]:
        """Return how the line was known before it was changed, in words, once that is asked."""
        if not self.asked:
            return []
        return [
            (_LABELS[name], _words(name, value))
            for name, value in self.evidence.items()
            if value and name in _LABELS
        ]

    def after_asking(self) -> Seal:
        """Return the seal of the line as the form is shown again: what is typed now counts."""
        return replace(self, asked=True)


def _words(name: str, value: Any) -> str:
    if name == "sources":
        return ", ".join(value)
    return str(_CHOICES.get(name, {}).get(value, value))


def digest(facts: Values) -> str:
    """Return what is the same only when a line says the same.

    Spaces at the ends say nothing, nor does a blank field: a form that was opened before a column
    was added says the same as after.
    """
    texts = {name: str(value).strip().replace("\r\n", "\n") for name, value in facts.items()}
    said = {name: text for name, text in texts.items() if text}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]
