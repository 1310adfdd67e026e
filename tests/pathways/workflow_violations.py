"""What the database refuses of a revision's approval: constraint, row to start from, columns."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import models

from .world import LONG_AGO, NOW

CHANGED: list[tuple[str, str, dict[str, Any]]] = [
    ("published_by_none_of_its_writers", "published", {"written_by": models.F("published_by")}),
    ("published_by_none_of_its_writers", "published", {"created_by": models.F("published_by")}),
    ("revision_significance_known", "draft", {"significance": "HUGE"}),
    ("a_minor_edition_corrects_another", "published", {"significance": "MINOR"}),
    ("a_minor_edition_corrects_another", "published", {"corrects": models.F("id")}),
    ("a_minor_edition_corrects_another", "draft", {"corrects": models.F("id")}),
    (
        "temporary_until_no_earlier_than_its_start",
        "published",
        {"temporary_until": LONG_AGO - timedelta(days=1)},
    ),
    ("temporary_until_no_earlier_than_its_start", "draft", {"temporary_until": NOW.date()}),
    ("only_an_approved_revision_returns", "draft", {"returns_after": models.F("id")}),
    ("only_an_approved_revision_is_an_emergency", "draft", {"emergency_reason": "Det haster."}),
    ("countersigned_by_and_at_together", "urgent", {"countersigned_at": NOW}),
    (
        "only_an_emergency_is_countersigned",
        "published",
        {"countersigned_by": models.F("created_by"), "countersigned_at": NOW},
    ),
    (
        "countersigned_by_someone_else",
        "urgent",
        {"countersigned_by": models.F("published_by"), "countersigned_at": NOW},
    ),
    ("comment_names_a_line_whole_or_not", "remark", {"quote": "Hvorfor"}),
    ("comment_names_a_line_whole_or_not", "remark", {"position": 1}),
    ("comment_names_a_line_whole_or_not", "line_remark", {"position": None}),
    ("comment_names_a_line_whole_or_not", "line_remark", {"position": 0}),
    ("comment_names_a_line_whole_or_not", "line_remark", {"quote": ""}),
    ("comment_names_a_line_whole_or_not", "line_remark", {"line_kind": "rumour"}),
    ("comment_has_a_text", "remark", {"text": ""}),
]
