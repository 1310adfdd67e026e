"""Export a region's directory as a file, and import one: its rules become drafts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import editors_only
from editing import access
from editing.exchange import csv_zip, importing, plan_display, xlsx, zip_safety
from editing.exchange import plan as plans
from editing.exchange.exporting import export_book
from editing.exchange.importing import Done, import_plan, require_editor
from editing.exchange.reading import Faulty, FileFault
from editing.exchange.schema import sheets
from editing.exchange.scope import NATIONAL, Scope
from editing.exchange.validation import check
from editing.models import WaitingFile
from pathways import actions, permissions
from pathways.models import RuleSetKind
from pathways.rules.dates import BadDate, parse_date
from regions.models import User

_WRITERS = {"xlsx": (xlsx.write, "xlsx"), "csv": (csv_zip.write, "zip")}
_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "application/zip",
}
_MOST_FAULTS = 500  # shown; a file with more has one cause


def _scope(user: User, slug: str, *, on: date) -> Scope:
    """Return the region, or the nation for its editors; raise Http404 to everybody else."""
    if slug != NATIONAL:
        return Scope(access.region(user, slug, on=on))
    national = permissions.visible_to(user, on=on).filter(kind=RuleSetKind.NATIONAL)
    if not national.exists():
        raise Http404
    return Scope(None)


# Out --------------------------------------------------------------------------------------


@editors_only
@require_safe
def export(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what there is to carry out, or return the file: ?form=xlsx or csv, ?dato=2027-01-01."""
    today = timezone.localdate()
    scope = _scope(request.user, slug, on=today)
    typed = request.GET.get("dato", today.isoformat())
    form = request.GET.get("form", "")
    try:
        on = parse_date(typed)
    except BadDate:
        fault = f"»{typed}« er ikke en dato. Skriv den som 2026-11-01."
        return _export_page(request, scope, today, typed, [fault], status=422)
    if form not in _WRITERS:
        return _export_page(request, scope, on, typed)
    write, ending = _WRITERS[form]
    try:
        data = write(export_book(scope, on=on))
    except xlsx.TooLong:
        fault = "En tekst er længere end en celle i Excel kan rumme. Hent CSV-filerne i stedet."
        return _export_page(request, scope, on, typed, [fault], status=422)
    name = f"udredningsvejviseren-{scope.slug}-{on.isoformat()}.{ending}"
    answer = HttpResponse(data, content_type=_TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _export_page(
    request: HttpRequest,
    scope: Scope,
    on: date,
    typed: str,
    faults: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    book = export_book(scope, on=on)
    context = {
        "scope": scope,
        "typed": typed,
        "on": on,
        "faults": faults,
        "sheets": [(sheet, len(book.rows[sheet.name])) for sheet in sheets()],
        "alive": scope.alive_on(on) == on or scope.region is None,
    }
    return render(request, "editing/export.html", context, status=status)


# In ---------------------------------------------------------------------------------------


@editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def import_file(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for a file, show what it would change (GET); keep it, import it or drop it (POST)."""
    now = timezone.now()
    scope = _scope(request.user, slug, on=timezone.localdate(now))
    require_editor(scope, request.user, now=now)
    if request.method != "POST":
        file = importing.kept(scope=scope, person=request.user, now=now)
        return _preview(request, scope, file, now) if file else _ask(request, scope)
    match request.POST.get("handling"):
        case "send":
            return _sent(request, scope, now)
        case "indlaes":
            return _decided(request, scope, now)
        case "fortryd":
            importing.forget(scope=scope, person=request.user)
            return _back(scope)
    return _ask(
        request, scope, [FileFault("Filen", None, "", "Vælg, hvad der skal ske.")], status=422
    )


def _back(scope: Scope) -> HttpResponse:
    return HttpResponseRedirect(reverse("editing:import", kwargs={"slug": scope.slug}))


def _ask(
    request: HttpRequest, scope: Scope, faults: Sequence[FileFault] = (), status: int = 200
) -> HttpResponse:
    context = {
        "scope": scope,
        "faults": faults[:_MOST_FAULTS],
        "more": max(0, len(faults) - _MOST_FAULTS),
        "largest": zip_safety.LARGEST_FILE // 1024 // 1024,
        "open_drafts": plan_display.open_drafts(request.user, scope, on=timezone.localdate()),
    }
    return render(request, "editing/import.html", context, status=status)


def _sent(request: HttpRequest, scope: Scope, now: datetime) -> HttpResponse:
    """Check a file that was sent; keep it for the preview only when every row holds."""
    file = request.FILES.get("fil")
    if file is None:
        return _ask(request, scope, [FileFault("Filen", None, "", "Vælg en fil.")], status=422)
    if file.size > zip_safety.LARGEST_FILE:
        reason = f"Filen er større end {zip_safety.LARGEST_FILE // 1024 // 1024} MB."
        return _ask(request, scope, [FileFault("Filen", None, "", reason)], status=422)
    data = file.read()
    try:
        check(data, scope)
    except Faulty as error:
        return _ask(request, scope, error.faults, status=422)
    importing.keep(data, name=file.name, scope=scope, person=request.user, now=now)
    return _back(scope)


def _preview(
    request: HttpRequest,
    scope: Scope,
    file: WaitingFile,
    now: datetime,
    *,
    reasons: Sequence[str] = (),
    stale: bool = False,
    status: int = 200,
) -> HttpResponse:
    """Show what the file would change. What it names may have gone since it was sent."""
    try:
        incoming = check(bytes(file.content), scope)
    except Faulty as error:
        return _ask(request, scope, error.faults, status=422)
    plan = plans.make(incoming, scope)
    context: dict[str, Any] = {
        "scope": scope,
        "file": file,
        "plan": plan,
        "shown": plan_display.show(plan, scope, on=timezone.localdate(now)),
        "chosen": {
            "replace": request.POST.getlist("erstat"),
            "details": _details(request),
            "proved": request.POST.getlist("efterset"),
        },
        "reasons": reasons,
        "stale": stale,
    }
    return render(request, "editing/import_preview.html", context, status=status)


def _details(request: HttpRequest) -> list[str]:
    return request.POST.getlist("oplysninger")


def _decided(request: HttpRequest, scope: Scope, now: datetime) -> HttpResponse:
    file = importing.kept(scope=scope, person=request.user, now=now)
    if file is None:
        reason = "Filen venter ikke længere. Send den igen."
        return _ask(request, scope, [FileFault("Filen", None, "", reason)], status=409)
    try:
        incoming = check(bytes(file.content), scope)
        done = import_plan(
            incoming,
            scope,
            seen=request.POST.get("seen", ""),
            replace=request.POST.getlist("erstat"),
            details=_details(request),
            proved=request.POST.getlist("efterset"),
            actor=request.user,
            now=now,
        )
    except Faulty as error:
        return _ask(request, scope, error.faults, status=422)
    except actions.Refused as refusal:
        return _preview(request, scope, file, now, reasons=refusal.reasons, status=422)
    except actions.Stale:
        return _preview(request, scope, file, now, stale=True, status=409)
    importing.forget(scope=scope, person=request.user)
    messages.success(request, _said(done))
    return _back(scope)


def _said(done: Done) -> str:
    if not done:
        return "Filen siger intet nyt. Intet er ændret."
    parts = [
        (len(done.drafts), "kladde er oprettet", "kladder er oprettet"),
        (len(done.units), "enhed er oprettet", "enheder er oprettet"),
        (len(done.details), "række oplysninger er sat", "rækker oplysninger er sat"),
    ]
    counted = [f"{count} {one if count == 1 else many}" for count, one, many in parts if count]
    return f"Indlæst: {', '.join(counted)}."
