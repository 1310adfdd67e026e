"""Open a rule set that a region or one of its units lacks; its first draft is started next."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import editors_only
from editing import access
from editing.dashboard import missing_rule_sets, region_status
from pathways import actions
from pathways.directory import snapshot as directories
from regions.models import Region


@editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what is missing (GET); open one rule set, or go to it where it is open (POST)."""
    now = timezone.now()
    today = timezone.localdate(now)
    region = access.region_to_edit(request.user, slug, on=today)
    if request.method != "POST":
        return _page(request, region)
    asked = request.POST.get("regelsaet", "")
    matter = missing_rule_sets.find(region, directories.current(), asked, on=today)
    if matter is None:
        raise Http404
    try:
        rule_set = missing_rule_sets.open_rule_set(matter, actor=request.user, now=now)
    except actions.Refused as refused:
        return _page(request, region, reasons=refused.reasons, status=422)
    return redirect("editing:rule_set", key=rule_set.key)


def _page(
    request: HttpRequest, region: Region, *, reasons: Sequence[str] = (), status: int = 200
) -> HttpResponse:
    today = timezone.localdate()
    directory = directories.current()
    context = {
        "region": region,
        "owners": missing_rule_sets.of(region, directory, on=today),
        "takes_over": region_status.takes_over(directory, region.slug),
        "reasons": reasons,
    }
    return render(request, "editing/open_rule_set.html", context, status=status)
