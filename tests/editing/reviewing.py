"""What the forms of the review page send, and the words that it shows."""

from __future__ import annotations

import re

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from pathways.models import Revision


def fields(handling: str, seen: int, **more: object) -> dict[str, object]:
    """Return what the form of a decision sends."""
    today = timezone.localdate()
    terms = {"effective_from": today, "change_note": "Rettet.", "significance": "MAJOR"}
    name, values = {
        "udgiv": ("publish", terms),
        "hast": ("emergency", {**terms, "reason": "Afdelingen er lukket."}),
        "send-tilbage": ("send_back", {"reason": "Kilden mangler."}),
        "kommenter": ("comment", {"text": "Hvorfra?", "line": ""}),
        "bekraeft": ("", {}),
        "foreslaa": ("rescheduling", {"reason": "Ombygningen er udsat."}),
        "gennemfoer": ("rescheduling", {}),
        "behold": ("rescheduling", {}),
    }[handling]
    sent = {f"{name}-{key}": value for key, value in {"seen": seen, **values, **more}.items()}
    return {"handling": handling, **sent}


def decide(client: Client, revision: Revision, handling: str, **more: object) -> HttpResponse:
    page = f"/redaktion/regelsaet/track/{revision.number}/godkend/"
    return client.post(page, fields(handling, revision.lock_version, **more))


def read(html: str) -> str:
    """Return the words of the page's main part."""
    main = re.search(r"<main[^>]*>(.*)</main>", html, re.S)[1]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))
