"""What is an answer? Frozen values that the page, the print, the command line and JSON all show.

Nothing here asks the database, and nothing that renders an answer asks anything else.
"""

from __future__ import annotations

from .lines import LAYER_LABELS, Edition, Fact, ImagingLine, Layer, Line, SourceRef, StepLine
from .notices import UrgentNotice
from .texts import CRITERIA_NOTE, PURPOSE, TIMES_NOTE, UNKNOWN
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
    "END",
    "LAYER_LABELS",
    "PURPOSE",
    "SEND",
    "TIMES_NOTE",
    "UNKNOWN",
    "WHO",
    "WRITE",
    "Answer",
    "Edition",
    "Fact",
    "ImagingLine",
    "Layer",
    "Line",
    "Question",
    "RecentChange",
    "Recipient",
    "Result",
    "SourceRef",
    "StepLine",
    "TrackAnswer",
    "UnitCard",
    "UrgentNotice",
]
