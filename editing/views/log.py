"""The event log of the person's regions, on pages and as a CSV file."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

import django_filters
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import editors_only
from editing import event_log
from pathways import permissions
from regions.models import Event, Region, User
from regions.spreadsheets import shield

PAGE = 100
NATION = "nationen"


class LogFilter(django_filters.FilterSet):
    """What of the log to show; every choice is within what the person may see."""

    region = django_filters.ChoiceFilter(method="by_region", label="Region", empty_label="alle")
    art = django_filters.ChoiceFilter(method="by_kind", label="Hvad", empty_label="alt")
    person = django_filters.ModelChoiceFilter(
        field_name="actor", queryset=User.objects.none(), label="Hvem", empty_label="alle"
    )
    fra = django_filters.DateFilter(method="since", label="Fra", widget=None)
    til = django_filters.DateFilter(method="until", label="Til og med")
    emne = django_filters.CharFilter(method="about", label="Emne", max_length=120)

    class Meta:
        model = Event
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, regions: QuerySet[Region], national: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [(region.slug, region.name) for region in regions]
        self.filters["region"].extra["choices"] = choices + (
            [(NATION, "nationen")] if national else []
        )
        kinds = self.queryset.order_by("kind").values_list("kind", flat=True).distinct()
        labels = [(kind, event_log.kind_label(kind)) for kind in kinds]
        self.filters["art"].extra["choices"] = [
            *event_log.LABELS.items(),
            *sorted(labels, key=lambda pair: pair[1]),
        ]
        people = User.objects.filter(pk__in=self.queryset.order_by().values("actor"))
        self.filters["person"].queryset = people.order_by("first_name", "username")
        self.filters["person"].field.label_from_instance = event_log.person

    def by_region(self, events: QuerySet[Event], _name: str, slug: str) -> QuerySet[Event]:
        return events.filter(region=None) if slug == NATION else events.filter(region__slug=slug)

    def by_kind(self, events: QuerySet[Event], _name: str, kind: str) -> QuerySet[Event]:
        if kind in event_log.LABELS:
            return events.filter(kind__startswith=f"{kind}.")
        return events.filter(kind=kind)

    def since(self, events: QuerySet[Event], _name: str, day: Any) -> QuerySet[Event]:
        return events.filter(at__gte=_midnight(day))

    def until(self, events: QuerySet[Event], _name: str, day: Any) -> QuerySet[Event]:
        return events.filter(at__lt=_midnight(day + timedelta(days=1)))

    def about(self, events: QuerySet[Event], _name: str, text: str) -> QuerySet[Event]:
        words = text.strip()
        return events.filter(
            Q(subject__icontains=words)
            | Q(data__rule_set__icontains=words)
            | Q(reason__icontains=words)
        )


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


@editors_only
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show a page of the log, the newest first."""
    found = _filtered(request)
    page = Paginator(found.qs, PAGE).get_page(request.GET.get("side"))
    query = request.GET.copy()
    query.pop("side", None)
    for name in [name for name in query if not query[name].strip()]:
        del query[name]
    context = {
        "form": found.form,
        "page": page,
        "events": event_log.tell(page.object_list, on=timezone.localdate()),
        "query": query.urlencode(),
        "several": len(found.filters["region"].extra["choices"]) > 1,
    }
    status = 422 if found.form.errors else 200
    return render(request, "editing/log.html", context, status=status)


@editors_only
@require_safe
def table(request: HttpRequest) -> StreamingHttpResponse:
    """Return the filtered log as a file for a spreadsheet, row by row as it is read."""
    response = StreamingHttpResponse(
        _lines(_filtered(request).qs), content_type="text/csv; charset=utf-8"
    )
    name = f"log-{timezone.localdate()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _filtered(request: HttpRequest) -> LogFilter:
    today = timezone.localdate()
    regions = permissions.regions_of(request.user, on=today)
    national = request.user.is_superuser or permissions.is_national_editor(request.user)
    allowed = Q(region__in=regions)
    if national:
        allowed |= Q(region=None)
    events = Event.objects.filter(allowed).select_related("actor", "region")
    return LogFilter(request.GET, queryset=events, regions=regions, national=national)


class _Echo:
    """A file that gives back what is written into it."""

    def write(self, text: str) -> str:
        return text


def _lines(events: QuerySet[Event]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff"  # the mark that Excel needs to read æøå
    yield writer.writerow(
        ["tidspunkt", "person", "hændelse", "art", "emne", "region", "begrundelse", "data"]
    )
    on = timezone.localdate()
    for some in _batches(events):
        for told in event_log.tell(some, on=on):
            event = told.event
            cells = [
                timezone.localtime(event.at).isoformat(timespec="seconds"),
                event_log.person(event.actor),
                told.sentence,
                event.kind,
                event.subject,
                event.region.name if event.region else "",
                event.reason,
                json.dumps(event.data, ensure_ascii=False, sort_keys=True),
            ]
            yield writer.writerow(map(shield, cells))


def _batches(events: QuerySet[Event]) -> Iterator[list[Event]]:
    """Yield the events some hundred at a time: names are asked for together, memory stays low."""
    some: list[Event] = []
    for event in events.iterator(chunk_size=500):
        some.append(event)
        if len(some) == 500:
            yield some
            some = []
    yield some
