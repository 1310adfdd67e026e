"""What waits for me, and how does my region stand?"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.access import editors_only


@editors_only
def show(request: HttpRequest) -> HttpResponse:
    """Show the person's regions and what waits there."""
    return render(request, "editing/dashboard.html")
