"""What is an answer? Frozen values that the page, the print, the command line and JSON all show.

Nothing here asks the database, and nothing that renders an answer asks anything else.
"""

from __future__ import annotations

from .lines import (
    LAYER_LABELS,
    Edition,
    Fact,
    ImagingLine,
    Layer,
    Line,
    SourceRef,
    StepLine,
    has_number,
    is_known,
    is_rule_here,
)
from .notices import UrgentNotice
from .texts import CRITERIA_NOTE, CRITERIA_SOURCE, PURPOSE, TIMES_NOTE, TIMES_SOURCE, UNIT_COUNT
from .unknown import ExaminationAccess, LeadLine, Unknown
from .whole import (
    AFTER,
    BEFORE,
    CALL,
    COURSE,
    END,
    SEND,
    WHO,
    WRITE,
    Answer,
    MapNote,
    Question,
    RecentChange,
    Recipient,
    Result,
    TrackAnswer,
    UnitCard,
)

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
    "Edition",
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
    "SourceRef",
    "StepLine",
    "TrackAnswer",
    "UnitCard",
    "Unknown",
    "UrgentNotice",
    "has_number",
    "is_known",
    "is_rule_here",
]
