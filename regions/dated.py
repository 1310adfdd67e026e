"""Which of several dated rows holds on a date? Only start dates are stored."""

from __future__ import annotations

from datetime import date
from typing import Self, TypeVar

from django.db import models
from django.db.models import Exists, OuterRef, Subquery

M = TypeVar("M", bound=models.Model)


class StartDatedQuerySet(models.QuerySet[M]):
    """Rows that hold from their start date until the next row of their series starts."""

    series_fields: tuple[str, ...]  # rows with equal values belong to one series
    start_field = "valid_from"

    def in_force(self, on: date) -> Self:
        """Return the rows that apply on the date `on`.

        Rivals come from the whole table, not from `self`: a filter on `self`
        must never hide the row that has taken over.
        """
        begun = {f"{self.start_field}__lte": on}
        return self.filter(~Exists(self._later().filter(**begun)), **begun)

    def with_next_start(self) -> Self:
        """Annotate `next_start`: the date on which another row takes over, or None."""
        later = self._later().order_by(self.start_field)
        return self.annotate(next_start=Subquery(later.values(self.start_field)[:1]))

    def rivals(self) -> models.QuerySet[M]:
        """Return every row that may replace another one; narrower in a table that holds drafts."""
        return self.model._default_manager.using(self.db).all()

    def _later(self) -> models.QuerySet[M]:
        series = {name: OuterRef(name) for name in self.series_fields}
        return self.rivals().filter(
            **series, **{f"{self.start_field}__gt": OuterRef(self.start_field)}
        )
