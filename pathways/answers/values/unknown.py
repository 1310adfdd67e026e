"""What is not known, whose ignorance it is, and where the answer probably stands."""

from __future__ import annotations

from dataclasses import dataclass

from pathways.models import Access, MainExamination, Topic, UnknownState

from .lines import ImagingLine


@dataclass(frozen=True, slots=True)
class LeadLine:
    """The next step: where it probably stands. `url` and `why` are "" where there are none."""

    where: str
    url: str
    why: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """One thing that is not known here. Nobody can say that it stands nowhere."""

    topic: str  # Topic
    state: str  # UnknownState
    lead: LeadLine | None = None
    named: str = ""  # what it is called where the topic is wider than the matter

    @property
    def label(self) -> str:
        return self.named or str(Topic(self.topic).label)

    @property
    def state_label(self) -> str:
        return str(UnknownState(self.state).label)

    @property
    def is_public(self) -> bool:
        """Say whether a public page is known that nobody has read yet."""
        return self.state == UnknownState.PUBLIC_NOT_READ


@dataclass(frozen=True, slots=True)
class ExaminationAccess:
    """May the patient's own doctor order one of the six examinations for this address?"""

    examination: str  # MainExamination
    access: str  # Access; UNKNOWN where nothing that holds for the address answers it
    lines: tuple[ImagingLine, ...] = ()  # what answers it, the best source first
    parts: tuple[ImagingLine, ...] = ()  # rules for a part of it only; they do not answer it
    unknown: Unknown | None = None

    @property
    def label(self) -> str:
        return str(MainExamination(self.examination).label)

    @property
    def access_label(self) -> str:
        return str(Access(self.access).label)

    @property
    def is_known(self) -> bool:
        return self.access != Access.UNKNOWN
