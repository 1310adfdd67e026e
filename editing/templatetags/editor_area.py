"""Mark the link of the menu that leads to the page shown."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag(takes_context=True)
def here(context: dict[str, Any], room: str, *inside: str) -> SafeString:
    """Return what marks a menu's link when the page is that room, or lies inside it.

    `room` and `inside` are names of addresses; a name that ends in "_" stands for all that begin
    with it.
    """
    match = getattr(context.get("request"), "resolver_match", None)
    name = match.view_name if match else ""
    if name == room:
        return mark_safe(' aria-current="page"')
    within = any(name.startswith(one) if one.endswith("_") else name == one for one in inside)
    return mark_safe(' aria-current="true"' if within else "")
