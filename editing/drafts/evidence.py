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

Values = Mapping[str, Any]  # field -> text, or a list of texts


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

    def after_asking(self) -> Seal:
        """Return the seal of the line as the form is shown again: what is typed now counts."""
        return replace(self, asked=True)


def digest(facts: Values) -> str:
    """Return what is the same only when a line says the same.

    Spaces at the ends say nothing, nor does a blank field: a form that was opened before a column
    was added says the same as after.
    """
    texts = {name: str(value).strip().replace("\r\n", "\n") for name, value in facts.items()}
    said = {name: text for name, text in texts.items() if text}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]
