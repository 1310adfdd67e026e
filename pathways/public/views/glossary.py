"""The words of the field, each with its own address."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from pathways.public import glossary

from ..page_cache import remembered


@require_safe
@remembered
def index(request: HttpRequest) -> HttpResponse:
    """List every term with its explanation and where that comes from."""
    context = {
        "terms": [(one, [glossary.term(key) for key in one.see]) for one in glossary.terms()],
        "source": glossary.SOURCE,
    }
    return TemplateResponse(request, "pathways/glossary.html", context)
