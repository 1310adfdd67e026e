"""One scenario for every table of rights: the small world with a revision in each state.

It is made once for a module of tests. What a test does to it is taken back after the test.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.client import ClientHandler

from accounts.actions import invite
from accounts.models import Invitation
from pathways import actions
from pathways.models import Lead, Report, Revision, RuleSetKind, Track
from pathways.rules.content import RevisionContent
from regions.models import Region
from tests.conftest import forget
from tests.editing.sessions import sign_in
from tests.pathways import world as worlds
from tests.pathways.test_reports import file as file_report
from tests.pathways.world import NOW, TODAY, TOMORROW, World
from units.models import Notice

# The columns of every table. `half` is the editor with a password and no second factor;
# `nobody` has not signed in; the others stand in tests/pathways/world.py.
PERSONAS = (
    "operator",
    "editor",
    "reviewer",
    "administrator",
    "neighbour",
    "easterner",
    "national",
    "outsider",
    "half",
    "nobody",
)

_HANDLER = ClientHandler(enforce_csrf_checks=False)  # reads the static files once, not per client
SECRET = "HEMMELIG KLADDETEKST"  # in drafts, reviews and notes to colleagues
IMAGING = RevisionContent(imaging=(worlds.examination(SECRET),))
COMING = date(2027, 6, 1)  # a row of the unit's details begins


@dataclass
class Scenario:
    """What the tables' addresses and forms are about."""

    world: World
    draft: Revision  # track 2, by the editor, after a published track 1
    in_review: Revision  # imaging 1, by the editor
    unsigned: Revision  # track-mup 1, by the administrator alone
    catchment: Revision  # catchment 1, a draft by the editor
    national: Revision  # national-rules 1, a draft
    eastern: Revision  # eastern-track 1, a draft by the easterner
    notice: Notice  # on dc-silkeborg
    report: Report  # of track 1
    lead: Lead  # of dc-silkeborg
    invitation: Invitation  # to Region Midtjylland
    sessions: dict[str, str]  # by persona, empty for who has none

    def address(self, pattern: str) -> str:
        """Return an address of a table with the numbers of this scenario."""
        return pattern.format(
            notice=self.notice.pk,
            report=self.report.pk,
            lead=self.lead.key,
            invitation=self.invitation.pk,
        )


def secret() -> RevisionContent:
    """Return what no reader may see yet."""
    steps = (worlds.step(f"{SECRET}, trin."),)
    return RevisionContent(requirements=(worlds.requirement(f"{SECRET}, krav."),), steps=steps)


def build() -> Scenario:
    """Make the scenario, through actions."""
    world = worlds.build()
    published = worlds.publish_rules(world)
    worlds.publish_rules(
        world, world.old_catchment, RevisionContent(routes=_routes("0101", "0167", unit=""))
    )
    midtjylland = Region.objects.get(slug="midtjylland")
    mup = actions.open_rule_set(
        key="track-mup",
        kind=RuleSetKind.TRACK,
        unit=world.silkeborg,
        track=Track.MUP,
        actor=world.editor,
        now=NOW,
    )
    unsigned = _drafted(mup, worlds.TRACK_CONTENT, world.administrator)
    unsigned = actions.publish_in_emergency(
        revision=unsigned,
        seen=unsigned.lock_version,
        actor=world.administrator,
        now=NOW,
        effective_from=TODAY,
        reason="CT er i stykker.",
    )
    in_review = _drafted(world.imaging, IMAGING, world.editor)
    in_review = actions.submit(
        revision=in_review, seen=in_review.lock_version, actor=world.editor, now=NOW
    )
    for start in (worlds.LONG_AGO, COMING):
        actions.set_unit_details(
            unit=world.silkeborg,
            valid_from=start,
            values={"basis": "stated", "hospital": "Regionshospitalet Silkeborg", "note": SECRET},
            sources=("sundhed-dk",),
            actor=world.editor,
            now=NOW,
        )
    notice = actions.set_notice(
        unit=world.silkeborg,
        text="CT er lukket.",
        starts_on=TODAY,
        ends_on=TOMORROW,
        actor=world.editor,
        now=NOW,
    )
    role = {"region": midtjylland, "role": "editor", "actor": world.administrator}
    catchment = RevisionContent(routes=_routes("0740", "0791"))
    return Scenario(
        world=world,
        draft=_drafted(world.track, secret(), world.editor),
        in_review=in_review,
        unsigned=unsigned,
        catchment=_drafted(world.catchment, catchment, world.editor),
        national=_drafted(world.national_rules, secret(), world.operator),
        eastern=_drafted(world.eastern_track, secret(), world.easterner),
        notice=notice,
        report=file_report(revision=published),
        lead=Lead.objects.create(
            key="silkeborg-telefon",
            unit=world.silkeborg,
            topics="phone",
            about="telefon",
            state="public_not_read",
            where="regionens side",
        ),
        invitation=invite(address="ny@example.org", now=NOW, **role)[0],
        sessions={name: _session(world, name) for name in PERSONAS},
    )


def _routes(*codes: str, **more: Any) -> tuple[Any, ...]:
    return tuple(worlds.route(municipality=code, **more) for code in codes)


def _drafted(rule_set: Any, content: RevisionContent, actor: Any) -> Revision:
    return actions.start_draft(rule_set=rule_set, actor=actor, now=NOW, content=content)


def _session(world: World, persona: str) -> str:
    cookie = enter(world, persona).cookies.get(settings.SESSION_COOKIE_NAME)
    return cookie.value if cookie else ""


# Doors ------------------------------------------------------------------------------------


def enter(world: World, persona: str) -> Client:
    """Return a new browser of a persona, as login leaves it."""
    client = Client()
    if persona == "half":
        client.force_login(world.editor, backend="django.contrib.auth.backends.ModelBackend")
    elif persona != "nobody":
        client = sign_in(getattr(world, persona))
    client.handler = _HANDLER
    return client


def client_for(scenario: Scenario, persona: str) -> Client:
    """Return a browser in which the persona has logged in already."""
    client = Client()
    client.handler = _HANDLER
    if key := scenario.sessions[persona]:
        client.cookies[settings.SESSION_COOKIE_NAME] = key
    return client


def ended(persona: str, answer: HttpResponse) -> str:
    """Return the status of an answer; say where to, when it does not lead where it should."""
    status = str(answer.status_code)
    to = answer.get("Location", "")
    way_in = {"half": "/redaktion/konto/faktor/", "nobody": "/login/"}.get(persona)
    if status != "302" or not answer.wsgi_request.path.startswith("/redaktion/"):
        return status
    if answer.wsgi_request.path.startswith("/redaktion/konto/"):
        return status
    if way_in is None:
        return f"302 {to}" if "/konto/" in to else status
    return status if way_in in to else f"302 {to}"


# What stands ------------------------------------------------------------------------------


@contextmanager
def writes() -> Iterator[list[str]]:
    """Yield what is written inside, statement by statement; a session may be touched."""
    done: list[str] = []

    def watch(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith(("INSERT", "UPDATE", "DELETE")) and '"django_session"' not in sql:
            done.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        yield done


@contextmanager
def taken_back() -> Iterator[list[str]]:
    """Yield what is written inside; take it back, and what the process remembers of it."""
    with transaction.atomic(), writes() as done:
        yield done
        transaction.set_rollback(True)
    if done:
        forget("pathways.directory.snapshot", "pathways.public.page_cache")
