"""The dashboard: the person's tasks, and the status of their regions."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import editors_only
from editing.dashboard import region_status, tasks
from pathways.directory import snapshot as directories


@editors_only
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show what waits for the person, and then each of their regions."""
    today = timezone.localdate()
    directory = directories.current()
    context = {
        "tasks": tasks.tasks_for(request.user, directory, on=today),
        "boards": region_status.boards(request.user, directory, on=today),
        "today": today,
    }
    return render(request, "editing/dashboard.html", context)
