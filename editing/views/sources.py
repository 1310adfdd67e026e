"""The sources of the rules of the person's regions, and the correction of one."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import editors_only
from editing.unit_details import Change
from pathways import actions, permissions
from pathways.actions import Forbidden
from pathways.actions.sources import COLUMNS, rank_of
from pathways.directory import snapshot as directories
from pathways.directory.citations import citations
from regions.models import Source

_SALT = "editing.sources"


class SourceForm(forms.ModelForm):  # type: ignore[type-arg]
    """A source's columns; its key stays."""

    # What the person was shown, signed: the lock of a row that has no version.
    seen = forms.CharField(widget=forms.HiddenInput)
    # "regionen.dk" is read as https, as it will be from Django 6.
    url = forms.URLField(label="Adresse", max_length=500, required=False, assume_scheme="https")

    class Meta:
        model = Source
        fields = COLUMNS
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "seen_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        }

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name in COLUMNS:
            self.fields[name].label = str(self.fields[name].label).capitalize()
        self.fields["kind"].required = True
        self.fields["rank"].required = False
        self.fields["rank"].help_text = f"{self.fields['rank'].help_text} Tom: som arten."

    def clean(self) -> dict[str, Any]:
        """Let a source without a weight have that of its kind."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("rank") is None and "rank" not in self.errors:
            said["rank"] = rank_of(said.get("kind", ""), copied_by=said.get("copied_by", ""))
        return said


@editors_only
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the sources in use in the person's regions, with what rests on each."""
    today = timezone.localdate()
    directory = directories.current()
    rule_sets = set(permissions.visible_to(request.user, on=today).values_list("key", flat=True))
    units = set(permissions.units_of(request.user, on=today).values_list("key", flat=True))
    everything = "alle" in request.GET
    found = []
    supported = citations(directory, on=today, for_editors=True)
    for source in sorted(Source.objects.all(), key=lambda s: (s.publisher.lower(), s.key)):
        used = supported.get(source.pk, ())
        mine = [one for one in used if one.rule_set in rule_sets or one.unit in units]
        if mine or everything:
            found.append((source, mine, len(used) - len(mine)))
    context = {
        "sources": found,
        "everything": everything,
        "may_correct": permissions.may_correct_sources(request.user),
    }
    return render(request, "editing/sources.html", context)


@editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, key: str) -> HttpResponse:
    """Correct a source: national editors only, since rules of all regions may rest on it."""
    if not permissions.may_correct_sources(request.user):
        raise Forbidden(
            "Det kræver en national redaktør: regler i alle regioner kan hvile på kilden."
        )
    source = Source.objects.filter(pk=key).first()
    if source is None:
        raise Http404
    if request.method != "POST":
        form = SourceForm(initial={**_columns(source), "seen": _sign(source)})
        return _page(request, source, form)
    form = SourceForm(request.POST)
    try:
        seen = signing.loads(request.POST.get("seen", ""), salt=_SALT)
    except signing.BadSignature:
        seen = None
    if not form.is_valid() or seen is None:
        reasons = () if seen else ("Formularen kan ikke læses. Åbn den igen.",)
        return _page(request, source, form, reasons=reasons, status=422)
    said = {name: form.cleaned_data[name] for name in COLUMNS}
    try:
        actions.correct_source(
            source=source, before=seen, **said, actor=request.user, now=timezone.now()
        )
    except actions.Refused as error:
        return _page(request, source, form, reasons=error.reasons, status=422)
    except actions.Stale:
        source.refresh_from_db()
        form.data = form.data.copy()
        form.data["seen"] = _sign(source)
        return _page(request, source, form, conflict=_differing(source, said), status=409)
    messages.success(request, f"Kilden »{source.short}« er rettet.")
    return redirect("editing:sources")


def _columns(source: Source) -> dict[str, Any]:
    """Return a source's columns as its form, its signature and the log hold them."""
    columns = {name: getattr(source, name) for name in COLUMNS}
    columns["seen_on"] = source.seen_on.isoformat() if source.seen_on else None
    return columns


def _sign(source: Source) -> str:
    return signing.dumps(_columns(source), salt=_SALT)


def _differing(source: Source, said: dict[str, Any]) -> list[Change]:
    mine = {**said, "seen_on": said["seen_on"].isoformat() if said["seen_on"] else None}
    return [
        Change(str(Source._meta.get_field(name).verbose_name), str(stored or ""), str(mine[name]))
        for name, stored in _columns(source).items()
        if stored != mine[name]
    ]


def _page(
    request: HttpRequest, source: Source, form: SourceForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    used = citations(directories.current(), on=timezone.localdate(), for_editors=True).get(
        source.pk, ()
    )
    context = {"source": source, "form": form, "used": used, **more}
    return render(request, "editing/source.html", context, status=status)
