"""The other language of a page, and which of its words stay Danish in both."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_info, override
from django.utils.translation.trans_real import get_language_from_path

register = template.Library()

SOURCE = settings.LANGUAGE_CODE


def same_page(path: str, language: str) -> str:
    """Return the path of the same page in another language, from either of the two.

    >>> same_page("/sted/8600/", "en")
    '/en/sted/8600/'
    >>> same_page("/en/sted/8600/", "da")
    '/sted/8600/'
    """
    now = get_language_from_path(path)
    bare = path[len(now) + 1 :] if now else path
    return bare if language == SOURCE else f"/{language}{bare}"


@register.simple_tag
def danish() -> SafeString:
    """Return the attribute of an element whose words are Danish on every page: a rule's text."""
    return mark_safe("" if get_language() == SOURCE else f' lang="{SOURCE}"')


@register.filter("danish")
def in_danish(text: object) -> SafeString:
    """Return words of a rule, marked as Danish on a page in another language."""
    if not text or get_language() == SOURCE:
        return conditional_escape(text or "")
    return format_html('<span lang="{}">{}</span>', SOURCE, text)


@register.simple_tag(takes_context=True)
def language_link(context: dict[str, Any]) -> SafeString:
    """Return a link to the same page in the other language.

    What was typed is forgotten, so the page of a POST, like a refused request that has no page,
    leads to the front page instead; a place that was found leads to its own.
    """
    here = get_language()
    code = next(code for code, _ in settings.LANGUAGES if code != here)
    request = context.get("request")
    # The address of a page that is not there is nobody's, and is not repeated.
    if "exception" not in context and _is_page(request):
        address = same_page(request.path, code)
        # Filters of a list belong to the page. Nothing else does: it may be a mistaken address.
        if context.get("query"):
            address += f"?{context['query']}"
    else:
        place_id = getattr(context.get("result"), "place_id", None)
        with override(code):
            address = reverse("place", args=[place_id]) if place_id else reverse("front")
    name = get_language_info(code)["name_local"].capitalize()
    return format_html(
        '<a class="language" href="{}" hreflang="{}" lang="{}" title="{}">'
        '<span aria-hidden="true">{}</span><span class="unseen">{}</span></a>',
        *(address, code, code, name, code.upper(), name),
    )


@register.simple_tag(takes_context=True)
def alternates(context: dict[str, Any]) -> SafeString:
    """Return the links that tell where the page stands in each language; none without a page."""
    request = context.get("request")
    if "exception" in context or not _is_page(request) or request.META.get("QUERY_STRING"):
        return mark_safe("")
    pages = [(code, same_page(request.path, code)) for code, _ in settings.LANGUAGES]
    pages.append(("x-default", same_page(request.path, SOURCE)))
    return format_html_join("", '<link rel="alternate" hreflang="{}" href="{}">\n', pages)


def _is_page(request: HttpRequest | None) -> bool:
    """Say whether there is something at the address; a look-up leaves nothing behind."""
    if request is None or request.method not in ("GET", "HEAD") or not request.resolver_match:
        return False
    return request.resolver_match.url_name != "look_up"
