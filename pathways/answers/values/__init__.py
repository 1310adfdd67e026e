"""What is an answer? Frozen values that the page, the print, the command line and JSON all show.

Nothing here asks the database, and nothing that renders an answer asks anything else.
"""

from __future__ import annotations

from pathways.directory.known import LAYER_LABELS, Fact, Layer, MapNote, SourceRef

from .answer import (
    AFTER,
    BEFORE,
    CALL,
    COURSE,
    CRITERIA_NOTE,
    CRITERIA_SOURCE,
    END,
    PURPOSE,
    SEND,
    TIMES_NOTE,
    TIMES_SOURCE,
    UNIT_COUNT,
    WHO,
    WRITE,
    Answer,
    Question,
    RecentChange,
    Recipient,
    Result,
    TrackAnswer,
    UnitCard,
    UrgentNotice,
)
from .lines import (
    ImagingLine,
    Line,
    RevisionRef,
    StepLine,
    is_known,
    is_rule_here,
)
from .unknown import ExaminationAccess, LeadLine, Unknown

__all__ = [
    "AFTER",
    "BEFORE",
    "CALL",
    "COURSE",
    "CRITERIA_NOTE",
    "CRITERIA_SOURCE",
    "END",
    "LAYER_LABELS",
    "PURPOSE",
    "SEND",
    "TIMES_NOTE",
    "TIMES_SOURCE",
    "UNIT_COUNT",
    "WHO",
    "WRITE",
    "Answer",
    "ExaminationAccess",
    "Fact",
    "ImagingLine",
    "Layer",
    "LeadLine",
    "Line",
    "MapNote",
    "Question",
    "RecentChange",
    "Recipient",
    "Result",
    "RevisionRef",
    "SourceRef",
    "StepLine",
    "TrackAnswer",
    "UnitCard",
    "Unknown",
    "UrgentNotice",
    "is_known",
    "is_rule_here",
]
