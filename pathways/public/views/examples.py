"""The flows that VIVE described in 2018, on the page of an answer."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from pathways.answers.lookup import find_example

from ..page_cache import remembered
from .page_model import lay_out


@dataclass(frozen=True, slots=True)
class Example:
    key: str
    title: Promise | str
    summary: Promise | str


EXAMPLES = (
    Example(
        "ct-foer-henvisning",
        _("CT før henvisning"),
        _("Egen læge bestiller blodprøver og CT og henviser kun ved fortsat mistanke."),
    ),
    Example(
        "kraeft-ja-nej",
        _("Kræft: ja eller nej"),
        _("Egen læge bestiller blodprøver og røntgen af thorax; enheden afklarer kræft eller ej."),
    ),
    Example(
        "ingen-henvisningskrav",
        _("Ingen krav før henvisning"),
        _("En kort henvisning er nok; enheden bestiller alt og fordeler på tre spor."),
    ),
)


@require_safe
@remembered
def index(request: HttpRequest) -> HttpResponse:
    """List the examples."""
    beside = reverse("comparison", args=[tuple(f"eksempel:{one.key}" for one in EXAMPLES)])
    context = {"examples": EXAMPLES, "beside": beside}
    return TemplateResponse(request, "pathways/examples.html", context)


@require_safe
@remembered
def example(request: HttpRequest, key: str) -> HttpResponse:
    """Show one example flow as an answer that belongs to no place."""
    about = next((example for example in EXAMPLES if example.key == key), None)
    answer = find_example(key, on=timezone.localdate()) if about else None
    if about is None or answer is None:
        raise Http404
    context = {
        "shown": lay_out(answer),
        "key": key,
        "title": about.title,
        "summary": about.summary,
    }
    return TemplateResponse(request, "pathways/example.html", context)
