"""The look-up for other systems: a text by POST, or a postcode in the address.

An address never stands in a URL, so GET takes a postcode and nothing else. Errors are
{"error": code, "message": Danish sentence} with status 400, 405 or 415.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from pathways.answers import lookup
from pathways.rules.dates import BadDate, parse_date
from regions.cpr import cpr_refusal, holds_cpr
from regions.plain_text import clean

from . import serializers

MOST_BYTES = 4096


class BadRequest(Exception):
    """The request cannot be read; `code` is for programs, the text for people."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        self.code, self.status = code, status
        super().__init__(message)


# The look-up changes nothing, and other systems have no cookie to show.
@csrf_exempt
def lookup_view(request: HttpRequest) -> JsonResponse:
    """Answer GET ?postcode=8600[&on=2026-11-22] and POST {"text": …, "on": …}."""
    try:
        if request.method in ("GET", "HEAD"):
            text, on = _from_query(request)
        elif request.method == "POST":
            text, on = _from_body(request)
        else:
            raise BadRequest("method_not_allowed", _("Brug GET eller POST."), 405)
    except BadRequest as error:
        response = _json({"error": error.code, "message": str(error)}, status=error.status)
        if error.status == 405:
            response["Allow"] = "GET, HEAD, POST"
        return response
    except BadDate as error:
        return _json({"error": "bad_date", "message": str(error)}, status=400)
    return _json(serializers.result(lookup.find(text, on=on)))


def _json(body: dict[str, Any], *, status: int = 200) -> JsonResponse:
    response = JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "no-store"
    return response


def _from_query(request: HttpRequest) -> tuple[str, date]:
    if any(holds_cpr(value) for _key, values in request.GET.lists() for value in values):
        raise BadRequest("cpr", cpr_refusal())
    postcode = request.GET.get("postcode", "").strip()
    if set(request.GET) - {"postcode", "on"}:
        raise BadRequest(
            "only_postcode_in_url",
            _("Kun postcode og on må stå i adressen. Send vejnavn og husnummer med POST."),
        )
    if not (postcode.isascii() and postcode.isdigit() and len(postcode) in (3, 4)):
        raise BadRequest(
            "not_a_postcode",
            _("Angiv et postnummer på fire cifre. Send andre adresser med POST."),
        )
    return postcode, _on(request.GET.get("on"))


def _from_body(request: HttpRequest) -> tuple[str, date]:
    if request.content_type != "application/json":
        raise BadRequest("not_json", _("Send application/json."), 415)
    try:
        if len(request.body) > MOST_BYTES:
            raise BadRequest("too_long", _("Teksten er for lang."))
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        # The cause holds what was sent, which may be an address: it goes no further.
        raise BadRequest("not_json", _("Indholdet er ikke gyldig JSON.")) from None
    if not isinstance(body, dict) or not isinstance(body.get("text"), str):
        raise BadRequest("no_text", _("Angiv patientens adresse eller postnummer i text."))
    on = body.get("on")
    if on is not None and not isinstance(on, str):
        raise BadDate
    return clean(body["text"]), _on(on)


def _on(text: str | None) -> date:
    return parse_date(text) if text else timezone.localdate()
