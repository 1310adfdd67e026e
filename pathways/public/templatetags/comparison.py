"""A rule inside a column: its words, and below them its layer and sources."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from pathways.answers.comparison.compare import Cell, ComparedRow
from pathways.answers.values import ImagingLine, Line
from pathways.public.views.comparison import Column
from pathways.public.views.page_model import Row

from .answers import asides, origin, rule
from .languages import in_danish

register = template.Library()


@register.filter
def beside(cells: Sequence[Cell], columns: Sequence[Column]) -> tuple[tuple[Column, Cell], ...]:
    """Return each cell with the head of its column."""
    return tuple(zip(columns, cells, strict=True))


@register.filter
def left_out(columns: Sequence[Column], row: ComparedRow) -> str:
    """Return whom the shared rules of a row are not from, in words; blank when from everybody."""
    others = [c.side.title for place, c in enumerate(columns) if place not in row.shared_by]
    return "; ".join(others)


@register.simple_tag
def said(line: Line | ImagingLine, *, kind: bool = False) -> SafeString:
    """Return a rule or an examination with where it is known from; `kind` names its matter."""
    if isinstance(line, ImagingLine):
        words = _examination(line)
    else:
        # What holds at one department only bears its name.
        words = rule(Row(line, line.applies_to))
        if kind:
            words = format_html("<b>{}:</b> {}", line.label, words)
    return format_html('{} <span class="origin">{}</span>', words, origin(line.fact, line.revision))


def _examination(line: ImagingLine) -> SafeString:
    terms = (
        in_danish(line.department),
        in_danish(line.access_wording),
        in_danish(line.conditions),
        line.expected_wait and format_html("{}: {}", _("ventetid"), in_danish(line.expected_wait)),
        line.drop_in and format_html("drop-in: {}", in_danish(line.drop_in)),
        line.recipient and format_html("{} {}", _("Send til:"), in_danish(line.recipient)),
        *(f"{duty}: {actor}" for duty, actor in line.duties),
        *asides(line),
    )
    joined = format_html_join(" · ", "{}", ((term,) for term in terms if term))
    examination = in_danish(line.examination)
    named = format_html('<b>{}:</b> <b class="access">{}</b>', examination, line.access_label)
    return format_html('{} <span class="terms">{}</span>', named, joined) if joined else named
