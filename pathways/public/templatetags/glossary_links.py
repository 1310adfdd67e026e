"""The words of the field, linked where a text first uses them.

`{% filter terms %}…{% endfilter %}` around the text of a page links each word once, to a short
explanation at the end of the block. A link and a target need no script, no pointer and no
hovering: the style sheet shows the explanation at the foot of the window while it is the target.
"""

from __future__ import annotations

import re

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from pathways.public import glossary
from pathways.public.glossary import Term
from regions.spelling import danish_order

from .languages import danish

register = template.Library()

_TAG = re.compile(r"<(/?)([a-z0-9]+)([^>]*)>")
_EMPTY = {"area", "br", "col", "hr", "img", "input", "link", "meta", "path", "rect", "use", "wbr"}
# Text and nothing else: a browser shows a tag in these as it is written, and a doctor copies it.
_TEXT_ONLY = {
    "iframe",
    "noembed",
    "noframes",
    "option",
    "plaintext",
    "pre",
    "samp",
    "script",
    "style",
    "textarea",
    "title",
    "xmp",
}
# What is clicked, quoted or a heading stays as it is; so do labels and the page's own sentences.
_LEFT = _TEXT_ONLY | {"a", "b", "button", "cite", "code", "dt", "form", "kbd", "label", "legend"}
_LEFT |= {"h1", "h2", "h3", "h4", "h5", "h6", "q", "select", "summary", "svg", "th", "time"}
_LEFT_CLASSES = re.compile(
    r'class="[^"]*\b(?:fixed|layer|nothing|origin|receiver|shares|tracks|unknowns)\b'
)


@register.filter(is_safe=True)
def terms(html: str) -> SafeString:
    """Return the page's HTML with every term linked once and the explanations at the end."""
    found: dict[str, Term] = {}
    made: list[str] = []
    open_tags: list[bool] = []  # for every open element, whether its text stays as it is
    end = 0
    for tag in _TAG.finditer(html):
        made.append(_piece(html[end : tag.start()], open_tags, found))
        made.append(tag.group())
        end = tag.end()
        _follow(*tag.groups(), open_tags=open_tags)
    made.append(_piece(html[end:], open_tags, found))
    # Every piece of text was escaped when the page was rendered; what is added is made safe here.
    return mark_safe("".join(made) + _explanations(found))


def _piece(text: str, open_tags: list[bool], found: dict[str, Term]) -> str:
    """Return the text between two tags, linked where it may be."""
    if not text or text.isspace() or True in open_tags:
        return text
    return _linked(text, found)


def _follow(slash: str, name: str, rest: str, *, open_tags: list[bool]) -> None:
    """Keep track of which elements are open; pages are well formed, a test sees to that."""
    if name in _EMPTY or rest.endswith("/"):
        return
    if slash:
        if open_tags:
            open_tags.pop()
    else:
        left = name in _LEFT or ("class=" in rest and _LEFT_CLASSES.search(rest) is not None)
        open_tags.append(left)


def _linked(text: str, found: dict[str, Term]) -> str:
    parts: list[str] = []
    end = 0
    for use in glossary.uses(text):
        if use.term.key in found:
            continue
        found[use.term.key] = use.term
        parts += [text[end : use.start], _link(use.term, text[use.start : use.end])]
        end = use.end
    return "".join(parts) + text[end:]


def _link(term: Term, words: str) -> str:
    link = '<a class="term" id="fra-{0}" href="#ord-{0}">{1}</a>'
    return format_html(link, term.key, mark_safe(words))


def _explanations(found: dict[str, Term]) -> SafeString:
    if not found:
        return mark_safe("")
    page = reverse("glossary")
    listed = sorted(found.values(), key=lambda term: danish_order(term.name))
    rows = format_html_join(
        "\n",
        '<div id="ord-{0}"><dt{5}><a href="{1}#{0}">{2}</a></dt>'
        '<dd><span{5}>{3}</span> <a class="back" href="#fra-{0}">{4}</a></dd></div>',
        ((t.key, page, t.name, t.short, _("tilbage til teksten"), danish()) for t in listed),
    )
    return format_html(
        '\n<section class="words" aria-labelledby="ord"><h2 id="ord">{}</h2>\n'
        "<dl>\n{}\n</dl></section>\n",
        _("Ord på siden"),
        rows,
    )
