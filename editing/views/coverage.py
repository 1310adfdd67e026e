"""The coverage of a region: what is missing, inherited, unknown or disputed, by date."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import editors_only
from editing import access
from editing.dashboard import region_status
from pathways import permissions
from pathways.directory import rule_sets as rule_book
from pathways.directory import snapshot as directories
from pathways.directory.coverage import survey as coverage
from pathways.models import RuleSetKind
from pathways.rules.dates import BadDate, parse_optional_date


@editors_only
@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Show everything on one date, today unless said, and what comes and goes later."""
    today = timezone.localdate()
    directory = directories.current()
    problem, may_open = "", False
    try:
        on = parse_optional_date(request.GET.get("dato", "")) or today
    except BadDate as error:
        on, problem = today, str(error)
    if slug == region_status.NATIONAL:
        visible = permissions.visible_to(request.user, on=today)
        if not visible.filter(kind=RuleSetKind.NATIONAL).exists():
            raise Http404
        name, region, first = "Nationale beskrivelser", None, on
    else:
        found = access.region(request.user, slug, on=today)
        name, region = found.name, found.slug
        may_open = permissions.may_edit_region(request.user, found, on=today)
        first = region_status.first_day(directory, found, on=on)
    context = {"slug": slug, "name": name, "on": first, "asked": on, "today": today}
    context |= {"problem": problem, "may_open": may_open}
    if first is not None:
        rule_sets = rule_book.published(directory, on=first)
        refs = {ref.key: ref for ref in rule_sets}
        survey = coverage.survey(directory, rule_sets, region=region, on=first)
        context["sections"] = region_status.sections(survey, refs)
        context["later"] = _later(directory, survey, refs, region)
    status = 400 if problem else 200
    return render(request, "editing/coverage.html", context, status=status)


def _later(
    directory: directories.Directory,
    survey: coverage.Survey,
    refs: dict[str, rule_book.RuleSetRef],
    region: str | None,
) -> list[dict[str, object]]:
    """Return for each later date what is said first then, and what no longer is."""
    found: list[dict[str, object]] = []
    before = survey
    for after in region_status.later_surveys(directory, refs.values(), region, on=survey.on):
        fresh = coverage.Survey(
            after.region, after.on, tuple(p for p in after.points if p not in before.points)
        )
        gone = coverage.Survey(
            after.region, after.on, tuple(p for p in before.points if p not in after.points)
        )
        found.append(
            {
                "on": after.on,
                "ended": region is not None and after.region is None,
                "fresh": region_status.sections(fresh, refs),
                "gone": region_status.sections(gone, refs),
            }
        )
        before = after
    return found
