"""Small pieces of the sheets that are printed, and of the texts that are copied."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from pathways.answers import referral_text
from pathways.answers.checklist import ticked
from pathways.answers.referral_text import ReferralText
from pathways.answers.values import Line, TrackAnswer
from pathways.public.views.page_model import Row

from .languages import in_danish

register = template.Library()


@register.simple_tag
def copyable() -> SafeString:
    """Return the attributes that give an element a copy button, where scripts run."""
    return format_html(' data-copy="{}" data-copied="{}"', _("kopiér"), _("kopieret"))


@register.filter
def as_row(line: Line) -> Row:
    """Return the line for the tags that show a rule of several tracks; here it is of one."""
    return Row(line, "")


@register.filter
def is_ticked(line: Line) -> bool:
    """Say whether the rule has a box to tick."""
    return ticked(line)


@register.filter
def text_to_copy(track: TrackAnswer) -> ReferralText:
    """Return the referral text of a track."""
    return referral_text.for_track(track)


@register.filter
def rows_for(text: str) -> int:
    """Return how many rows a text field needs where it cannot size itself, at 60 characters."""
    return sum(1 + len(line) // 60 for line in text.split("\n"))


@register.filter
def beside(line: Line) -> SafeString:
    """Return a rule's words with condition and strictness; actor and day have their columns."""
    shown = in_danish(line.text)
    if line.fact.basis == "inferred":
        shown = format_html('<span class="inferred">{}</span>', shown)
    strictly = line.strictness_label
    if line.strictness_wording:
        strictly = in_danish(line.untold(strictly))
    terms = [term for term in (in_danish(line.untold(line.condition)), strictly) if term]
    if not terms:
        return shown
    joined = format_html_join(" · ", "{}", ((term,) for term in terms))
    return format_html('{} <span class="terms">{}</span>', shown, joined)
