"""Say that something is wrong: a form about one line, one revision, or one page.

Readers have no cookie, so a form carries a signed key of its own (form_keys); what arrives without
one is shown again and nothing is lost. The page is made anew each time, for that key.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from pathways import permissions
from pathways.actions import file_report
from pathways.answers.lookup import find_place
from pathways.directory import snapshot as directories
from pathways.models import LineKind
from pathways.public import feedback, form_tokens
from pathways.public.forms import ReportForm
from regions.models import Region, RegionMembership

from ..rate_limit import may_send
from . import page_addresses

MOST_AN_HOUR = 20

_FIELDS = ("wrong", "how_known", "email")


@dataclass(frozen=True, slots=True)
class _About:
    """What the form is about: what an action needs to know, and what the page shows."""

    target: dict[str, Any]  # arguments of file_report
    back: str  # address of the page that shows it
    region: Region | None
    shown: dict[str, Any] = field(default_factory=dict)


# Django's form token would need a cookie. Nobody is logged in here whose rights a foreign page
# could borrow; what a program could do is held back by the key, the trap and the limit.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def revision_or_line(
    request: HttpRequest, revision: int, line: tuple[LineKind, int] | None = None
) -> HttpResponse:
    """Take a report of a published revision, or of one line of it."""
    on = timezone.localdate()
    kind, position = line or ("", 0)
    subject = feedback.subject(revision, kind=kind, position=position, on=on)
    if subject is None:
        raise Http404
    about = _About(
        target={
            "revision": subject.revision,
            "line_kind": kind,
            "position": position or None,
        },
        back=reverse("edition", args=[subject.rule_set.key, subject.head.number]),
        region=permissions.region_of(subject.revision.rule_set, on=on),
        shown={"subject": subject},
    )
    return _answer(request, about)


@csrf_exempt  # as above
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, page: str) -> HttpResponse:
    """Take a report of a page that shows no single revision."""
    if page == page_addresses.LOOK_UP or not page_addresses.exists(request, page):
        raise Http404
    about = _About(
        target={"page": f"/{page}"}, back=page_addresses.address(page), region=_region(page)
    )
    return _answer(request, about)


def _answer(request: HttpRequest, about: _About) -> HttpResponse:
    if request.method != "POST":
        return _show(request, about, ReportForm())
    form = ReportForm(request.POST)
    if request.POST.get("website"):
        return _thank(request, about)  # a program: it need not know that nothing was kept
    if not form.is_valid():
        return _show(request, about, form, status=400)
    now = timezone.now()
    try:
        key = form_tokens.read(form.cleaned_data["key"], now=now)
    except form_tokens.BadKey:
        notice = _("Formularen var for gammel eller blev sendt for hurtigt. Send den igen.")
        return _show(request, about, form, notice=notice, status=400)
    if not may_send(request, what="report", most=MOST_AN_HOUR):
        notice = _("Der er sendt mange meldinger herfra den sidste time. Prøv igen om en time.")
        response = _show(request, about, form, notice=notice, status=429)
        response["Retry-After"] = "3600"
        return response
    said = {name: form.cleaned_data[name] for name in _FIELDS}
    file_report(form_key=key, on=timezone.localdate(), region=about.region, **said, **about.target)
    return _thank(request, about)


def _show(
    request: HttpRequest,
    about: _About,
    form: ReportForm,
    *,
    notice: str = "",
    status: int = 200,
) -> HttpResponse:
    target = dict(about.target)
    if revision := target.pop("revision", None):
        target["revision"] = revision.pk
    tally, answers = feedback.answers(**target)
    context = {
        **_common(about),
        "form": form,
        "notice": notice,
        "key": form_tokens.issue(now=timezone.now()),
        "tally": tally,
        "answers": answers,
    }
    return TemplateResponse(request, "pathways/report.html", context, status=status)


def _thank(request: HttpRequest, about: _About) -> HttpResponse:
    """Say that the report has arrived. Sent once more from here it is the same report."""
    return TemplateResponse(request, "pathways/report_received.html", _common(about))


def _common(about: _About) -> dict[str, Any]:
    return {
        **about.shown,
        "page": about.target.get("page", ""),
        "back": about.back,
        "region": about.region,
    }


def _region(page: str) -> Region | None:
    """Return who answers for a page: the region of its place or unit, None for the nation."""
    on = timezone.localdate()
    found = page_addresses.match(page)
    given = found.kwargs if found else {}
    code = ""
    if place_id := given.get("place_id"):
        result = find_place(place_id, on=given.get("on") or on)
        code = result.answers[0].places[0].municipality_code if result and result.answers else ""
    elif found and found.url_name == "unit":
        unit = directories.current().units.get(given["key"])
        code = unit.municipality if unit else ""
    return RegionMembership.objects.region_of(code, on=on) if code else None
