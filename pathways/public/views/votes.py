"""The one question at the foot of a page: counted per page and day, and nothing else."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from pathways.actions import count_vote
from pathways.models import PageVote

from ..page_cache import remembered
from ..rate_limit import may_send
from . import page_addresses

MOST_AN_HOUR = 200

_ANSWERS = {"ja": True, "nej": False}


# A form token would need a cookie; a forged vote is one more in a count, and the limit holds.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@remembered
def vote(request: HttpRequest, page: str) -> HttpResponse:
    """Count a vote (POST) and lead to the thanks, which a reader may load again (GET)."""
    if not page_addresses.exists(request, page):
        raise Http404
    if request.method != "POST":
        return _show(request, page)
    answer = _ANSWERS.get(request.POST.get("svar", ""))
    question = request.POST.get("spoergsmaal", "")
    if answer is None or question not in PageVote.Question.values:
        return _show(
            request, page, notice=_("Svaret kan ikke læses. Svar ja eller nej."), status=400
        )
    if not may_send(request, what="vote", most=MOST_AN_HOUR):
        notice = _("Der er svaret mange gange herfra den sidste time. Svaret er ikke talt med.")
        response = _show(request, page, notice=notice, status=429)
        response["Retry-After"] = "3600"
        return response
    counted = f"/{page_addresses.undated(page)}"
    count_vote(page=counted, question=question, yes=answer, on=timezone.localdate())
    if answer and question == PageVote.Question.UNIT_KNOWN:
        # Who knows what was not found is asked for it at once.
        return HttpResponseRedirect(reverse("report_page", kwargs={"page": page}), status=303)
    return HttpResponseRedirect(reverse("vote", kwargs={"page": page}), status=303)


def _show(request: HttpRequest, page: str, *, notice: str = "", status: int = 200) -> HttpResponse:
    searched = page == page_addresses.LOOK_UP
    context = {
        "notice": notice,
        "back": page_addresses.address("" if searched else page),
        "searched": searched,
        "report": "" if searched else reverse("report_page", kwargs={"page": page}),
    }
    return TemplateResponse(request, "pathways/vote.html", context, status=status)
