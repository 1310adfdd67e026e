"""Beside every rule, and at the foot of every page: "Stemmer det ikke?"."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django import template
from django.http import HttpRequest
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from pathways.answers.values import ImagingLine, Line, StepLine
from pathways.directory.history import PublishedRevision
from pathways.models import LineKind, PageVote
from pathways.public import feedback
from pathways.public.feedback import Tally
from pathways.public.views import page_addresses

register = template.Library()

_KINDS = {
    Line: LineKind.REQUIREMENT,
    StepLine: LineKind.STEP,
    ImagingLine: LineKind.IMAGING,
}
_NONE = Tally()


@register.simple_tag(takes_context=True)
def doubt(context: Context, line: Line | StepLine | ImagingLine) -> SafeString:
    """Return the link by which a reader says that the line is wrong, and how many have."""
    position = line.number if isinstance(line, StepLine) else line.position
    if not position or context.get("preview"):  # what is not published cannot be doubted yet
        return SafeString("")
    key = (line.revision.pk, str(_KINDS[type(line)]), position)
    return _doubt(*key, _tallies(context).get(key, _NONE), get_language())


def _tallies(context: Context) -> feedback.Tallies:
    """Return how many reports there are of what; asked once for a page, not once for a rule."""
    request: Any = context.get("request")
    if request is None:
        return {}
    if not hasattr(request, "reports_version"):  # a page that is not remembered
        request.reports_version = feedback.versions()[1]
    return feedback.tallies(request.reports_version)


@lru_cache(maxsize=4096)
def _doubt(
    revision: int, kind: str, position: int, tally: Tally, _language: str | None
) -> SafeString:
    if kind:
        address = reverse("report_line", args=[revision, (kind, position)])
    else:
        address = reverse("report_edition", args=[revision])
    said = _("stemmer ikke?") if kind else _("Stemmer det ikke?")
    link = format_html('<a class="doubt" href="{}">{}</a>', address, said)
    return format_html('{} <b class="tally">{}</b>', link, tally_words(tally)) if tally else link


@register.filter
def tally_words(tally: Tally) -> str:
    """Return how many reports there are: "2 åbne meldinger, 1 afsluttet"."""
    settled = ngettext("%d afsluttet", "%d afsluttede", tally.settled) % tally.settled
    if not tally.open:
        return ngettext("%d afsluttet melding", "%d afsluttede meldinger", tally.settled) % (
            tally.settled
        )
    waiting = ngettext("%d åben melding", "%d åbne meldinger", tally.open) % tally.open
    return f"{waiting}, {settled}" if tally.settled else waiting


@register.simple_tag(takes_context=True)
def doubt_page(context: Context) -> SafeString:
    """Return the link by which a reader says that the page is wrong; nothing without a page."""
    page = _page(context)
    if page is None or page == page_addresses.LOOK_UP:
        return SafeString("")
    address = reverse("report_page", kwargs={"page": page})
    return format_html('<a href="{}">{}</a>', address, _("Stemmer det ikke?"))


@register.inclusion_tag("_components/page_foot.html", takes_context=True)
def page_foot(context: Context, question: str = PageVote.Question.FOUND) -> dict[str, Any]:
    """Ask the page's one question; nothing where the address is not a page's (an error)."""
    page = _page(context)
    if page is None:
        return {}
    head = context.get("head")  # a revision's page: what is doubted there is the revision
    if isinstance(head, PublishedRevision):
        tally = _tallies(context).get((head.pk, "", 0), _NONE)
        report = _doubt(head.pk, "", 0, tally, get_language())
    else:
        report = doubt_page(context)
    return {
        "question": question,
        "words": PageVote.Question(question).label,
        "vote": reverse("vote", kwargs={"page": page}),
        "report": report,
    }


def _page(context: Context) -> str | None:
    """Return the name of the page that is being made, None for an error or where there is none."""
    request: HttpRequest | None = context.get("request")
    if request is None or "exception" in context:
        return None
    page = page_addresses.named(request)
    return page if page_addresses.match(page) else None
