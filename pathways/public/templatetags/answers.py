"""Small pieces of text and markup that recur on every page."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from pathways.answers.values import (
    CRITERIA_NOTE,
    CRITERIA_SOURCE,
    LAYER_LABELS,
    PURPOSE,
    TIMES_NOTE,
    TIMES_SOURCE,
    Fact,
    ImagingLine,
    Layer,
    Line,
    RevisionRef,
    SourceRef,
    StepLine,
    Unknown,
)
from pathways.directory.sources import RANKS
from pathways.models import Track
from pathways.public.views.page_model import Row
from pathways.rules.keys import parse_or_none
from regions.models import partial_date_words

from .languages import SOURCE, danish, in_danish

register = template.Library()

_WAYS: dict[str, Promise | str] = {
    "organspecifikt-pakkeforloeb": gettext_lazy("organspecifikt pakkeforløb"),
    "diagnostisk-pakkeforloeb": gettext_lazy("diagnostisk pakkeforløb"),
    "egen-udredning": gettext_lazy("egen udredning"),
}
# What is stated needs no mark; an example has its own frame.
_MARKED = {"inferred": gettext_lazy("udledt"), "unknown": gettext_lazy("uafklaret")}


@register.simple_tag
def purpose() -> Promise | str:
    """Return the fixed purpose text."""
    return PURPOSE


@register.filter
def words(partial_date: str) -> str:
    """Return a partial ISO date in words: "2024-09" -> "september 2024"."""
    return partial_date_words(partial_date)


@register.filter
def genitive(name: str) -> str:
    """Return a name as owner: "Region Sjælland" -> "Region Sjællands", "Region Sjælland’s"."""
    if get_language() != SOURCE:
        return f"{name}’s"
    return f"{name}’" if name.endswith(("s", "x", "z")) else f"{name}s"


@register.filter
def share_words(share: float | None) -> str:
    """Return how common a place is among a postcode's addresses, in words; blank when unknown."""
    if share is None:
        return ""
    if share >= 0.75:
        return _("de fleste adresser")
    if share >= 0.35:
        return _("omkring halvdelen af adresserne")
    if share >= 0.05:
        return _("nogle adresser")
    return _("ganske få adresser")


@register.filter
def sources(fact: Fact) -> SafeString:
    """Return how the fact is known, when not stated, and its sources."""
    links = source_links(fact)
    if fact.basis in _MARKED:
        return format_html('<em class="mark">{}</em> {}', _MARKED[fact.basis], links)
    return links


@register.filter
def source_links(fact: Fact, most: int = 1) -> SafeString:
    """Return the fact's best sources as links: owner, short title, year; of the rest the number.

    What only others than its owner tell is said to be reported.
    """
    ranked = fact.ranked
    parts = [_source(source) for source in ranked[:most]]
    links = format_html_join(", ", "{}", ((part,) for part in parts))
    if rest := ranked[most:]:
        links = format_html(
            '{} <a class="further" href="{}#{}" aria-label="{}">+{}</a>',
            *(links, reverse("sources"), rest[0].key),
            ngettext("%d kilde mere", "%d kilder mere", len(rest)) % len(rest),
            len(rest),
        )
    if fact.is_reported:
        return format_html('<em class="mark">{}</em> {}', _("omtalt i"), links)
    return links


@register.simple_tag
def next_step(
    unknown: Unknown | None, ask: str = "", *, why: bool = False, said: bool = True
) -> SafeString:
    """Return whose ignorance it is, and where the answer probably stands or whom to ask.

    `said=False` leaves the state to the words beside it. What is known has no next step.
    """
    if unknown is None:
        return SafeString("")
    state = format_html('<em class="unknown">{}</em>', unknown.state_label) if said else ""
    lead = unknown.lead
    if lead is None:
        asked = _("spørg %(ask)s") % {"ask": ask} if ask else ""
        parts = [(part,) for part in (state, asked) if part]
        return format_html_join(" · ", "{}", parts)
    words = in_danish(lead.where if lead.where != lead.url else urlsplit(lead.url).netloc)
    if lead.url:
        words = format_html('<a href="{}" rel="noreferrer">{}</a>', lead.url, words)
    if not unknown.is_public:
        words = format_html("{} {}", _("måske her:"), words)
    reason = format_html(" ({})", in_danish(lead.why)) if why and lead.why else ""
    sign = (": " if unknown.is_public else " · ") if said else ""
    return format_html("{}{}{}{}", state, sign, words, reason)


@register.simple_tag
def rule(row: Row, *, actor: bool = True) -> SafeString:
    """Return a rule's words with its terms: who, by when, on what condition, how strictly."""
    return _rule(row, actor, get_language())


@register.simple_tag
def origin(fact: Fact, revision: RevisionRef) -> SafeString:
    """Return layer, basis and sources of a rule: "national · VIVE 2018"."""
    return _origin(fact, revision.layer, get_language())


# The same national and regional rules stand on hundreds of pages. Their markup depends on nothing
# but the values and the language, so it is made once.


@lru_cache(maxsize=4096)
def _rule(row: Row, actor: bool, _language: str | None) -> SafeString:
    line = row.line
    shown: str = in_danish(line.text)
    if line.literal:
        copied = _copyable() if _exact(line) else ""
        words = format_html("<q{}{}>{}</q>", danish(), copied, line.literal)
        shown = words if _exact(line) else format_html("{} {}", words, shown)
    if row.formerly:
        shown = format_html('<span class="formerly">{}</span>', shown)
    elif line.fact.basis == "unknown":
        shown = format_html('<em class="unknown">{}</em>', shown)
    elif line.fact.basis == "inferred":
        shown = format_html('<span class="inferred">{}</span>', shown)
    who = line.actor_label if actor else ""
    strictly = line.strictness_label
    if line.strictness_wording:
        strictly = in_danish(line.untold(strictly))
    deadline, condition = (in_danish(line.untold(x)) for x in (line.deadline, line.condition))
    # The source's own words say the interval already.
    interval = "" if line.deadline else line.interval
    terms = [who, deadline, interval, condition, strictly, *asides(line)]
    if row.formerly:
        terms = [condition]  # who must do what by when is no longer said
    if line.is_evidence and line.fact.year:
        terms.insert(0, line.fact.year)
    terms = [term for term in terms if term]
    if row.tracks:
        terms.insert(0, format_html('<b class="tracks">{}</b>', row.tracks))
    if not terms:
        return format_html("{}", shown)
    joined = format_html_join(" · ", "{}", ((term,) for term in terms))
    return format_html('{} <span class="terms">{}</span>', shown, joined)


@register.filter
def asides(line: Line | ImagingLine | StepLine) -> list[SafeString]:
    """Return what a line says beside its rule, each under its label: "svar: pr. brev"."""
    return [
        format_html("{}: {}", label, in_danish(words) if is_danish else words)
        for label, words, is_danish in line.asides
    ]


def _exact(line: Line) -> bool:
    """Say whether the literal is the whole rule: words to write, and nothing beside them."""
    return line.kind == "header_text" and bool(line.literal)


def _copyable() -> SafeString:
    return format_html(' data-copy="{}" data-copied="{}"', _("kopiér"), _("kopieret"))


@lru_cache(maxsize=4096)
def _origin(fact: Fact, layer: Layer, _language: str | None) -> SafeString:
    label = _("eksempel") if fact.basis == "example" else str(LAYER_LABELS[layer])
    return format_html('<b class="layer">{}</b> {}', label, sources(fact))


def _source(source: SourceRef) -> SafeString:
    words = [source.owner, in_danish(source.short_title), source.year]
    said = format_html_join(", ", "{}", ((word,) for word in words if word))
    return format_html('<a href="{}#{}">{}</a>', reverse("sources"), source.key, said)


@register.simple_tag
def criteria_note() -> SafeString:
    """Return the fixed text beside criteria, with the page of the authority that says it."""
    return _note(CRITERIA_NOTE, CRITERIA_SOURCE)


@register.simple_tag
def times_note() -> SafeString:
    """Return the fixed text beside times, with the page of the authority that says it."""
    return _note(TIMES_NOTE, TIMES_SOURCE)


def _note(text: Promise | str, source: str) -> SafeString:
    link = format_html('<a href="{}#{}">{}</a>', reverse("sources"), source, _("kilde"))
    return format_html("{} {}", text, link)


@register.filter
def layer_label(layer: str) -> str:
    """Return the Danish word of a layer."""
    return str(LAYER_LABELS[layer])


@register.filter
def of_key(held: Mapping[str, Any], key: str) -> Any:
    """Return what a mapping holds under a key, or None."""
    return held.get(key)


@register.filter
def rank_words(rank: int) -> str:
    """Return what a source's rank means: "ejer reglen: myndighed, region eller sygehus"."""
    return str(RANKS[rank])


@register.filter
def sentence(text: str) -> str:
    """Return a reason as a sentence of its own: with a full stop, if it ends without a mark."""
    ended = text.endswith((".", "?", ":"))
    return text if not text or ended else f"{text}."


@register.filter
def subject(revision: RevisionRef) -> str:
    """Return what a revision is about: "MAS", "billeddiagnostik", "diagnostisk pakkeforløb"."""
    key = parse_or_none(revision.rule_set)
    if key is None:  # a name of older days; its revision says the rest
        return ""
    if key.track:
        return key.track if key.track in ("MAS", "MUP") else str(Track(key.track).label)
    if key.pathway:
        return str(_WAYS.get(key.pathway, ""))
    return str(key.kind.label)
