"""A draft is shown exactly as it will stand, and looking at it changes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from editing.review.preview import concerned, preview
from pathways import actions
from pathways.directory.snapshot import current
from pathways.models import Revision, RuleSet
from pathways.rules import content as contents
from pathways.rules.content import ImagingRow, RevisionContent
from regions.models import User

from .sessions import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_data")]

MAS = "track:unit:dc-silkeborg:MAS"
CATCHMENT = "catchment:midtjylland:diagnostic"
IMAGING = "imaging:region:nordjylland"
EMPTY_IMAGING = "imaging:region:midtjylland"
NATIONAL = "national:diagnostisk-pakkeforloeb"
PLACE = "silkeborg-kommune"
MERGER = date(2027, 1, 1)


def _first_rule_reworded(content: RevisionContent) -> RevisionContent:
    first, *others = content.requirements
    return replace(
        content, requirements=(replace(first, text=f"{first.text} Nyt & <andet>."), *others)
    )


def _silkeborg_to_another_unit(content: RevisionContent) -> RevisionContent:
    other = next(r for r in content.routes if "silkeborg" not in r.unit and r.unit)
    return replace(
        content,
        routes=tuple(
            replace(r, unit=other.unit, hospital=other.hospital) if r.municipality == "0740" else r
            for r in content.routes
        ),
    )


def _first_examination_renamed(content: RevisionContent) -> RevisionContent:
    first, *others = content.imaging
    return replace(content, imaging=(replace(first, conditions="Kun efter aftale."), *others))


def _an_examination_is_found(content: RevisionContent) -> RevisionContent:
    assert not content.imaging  # nothing is known to hold: decision 111
    found = ImagingRow(
        examination="CT af urinveje",
        modality="CT",
        access="DIRECT",
        area_basis="1082",
        department="regionen",
        status="current_undated",
        basis="stated",
        sources=("rm-7",),
    )
    return replace(content, imaging=(found,))


DRAFTS: dict[str, Callable[[RevisionContent], RevisionContent]] = {
    MAS: _first_rule_reworded,
    CATCHMENT: _silkeborg_to_another_unit,
    IMAGING: _first_examination_renamed,
    EMPTY_IMAGING: _an_examination_is_found,
    NATIONAL: _first_rule_reworded,
}
# Where the draft can be seen; Silkeborg for the others.
PLACES = {IMAGING: "aalborg-kommune"}


@pytest.fixture
def writer() -> User:
    return User.objects.create_superuser("skribent")


@pytest.fixture
def colleague() -> User:
    return User.objects.create_superuser("kollega")


def draft(
    writer: User, key: str, change: Callable[[RevisionContent], RevisionContent] | None = None
) -> Revision:
    """Start a draft from what is in force, changed as this kind of rule set is."""
    rule_set = RuleSet.objects.get(key=key)
    base = rule_set.revisions.in_force(timezone.localdate()).get()
    content = (change or DRAFTS[key])(contents.read([base.pk])[base.pk])
    return actions.start_draft(
        rule_set=rule_set, actor=writer, now=timezone.now(), content=content, based_on=base
    )


def publish(revision: Revision, writer: User, colleague: User, start: date) -> None:
    actions.submit(
        revision=revision,
        seen=revision.lock_version,
        actor=writer,
        now=timezone.now(),
        change_note="Rettet.",
        significance="MAJOR",
    )
    actions.publish(
        revision=revision,
        seen=revision.lock_version,
        actor=colleague,
        now=timezone.now(),
        effective_from=start,
    )


def address(revision: Revision, place: str = PLACE, on: date | None = None) -> str:
    at = f"{place}/" if place else ""
    day = f"{on}/" if on else ""
    return f"/redaktion/regelsaet/{revision.rule_set.key}/{revision.number}/vis/{at}{day}"


def framed(html: str) -> str:
    """Return the readers' page inside the frame."""
    return re.search(r'<article class="picture"[^>]*>(.*)</article>\s*</div>', html, re.S)[1]


def read(html: str) -> str:
    """Return what a reader reads: without addresses, and without the date form and the doubts,
    which a page has only when it is published.
    """
    html = re.sub(r"<details><summary>anden dato</summary>.*?</details>", "", html, flags=re.S)
    html = re.sub(r'<a href="[^"]*">vis i dag</a>', "", html)
    html = re.sub(r'<a class="doubt".*?</a>(?: <b class="tally">.*?</b>)?', "", html)
    html = re.sub(r'<a href="/stemmer-det-ikke[^"]*">Stemmer det ikke\?</a>', "", html)
    html = re.sub(r' href="[^"]*"', "", html)
    return re.sub(r"\s+", " ", html).strip()


def public(place: str, on: date) -> str:
    html = Client().get(f"/sted/{place}/{on}/").content.decode()
    return re.search(r"<main[^>]*>(.*)</main>", html, re.S)[1]


@pytest.mark.parametrize("ahead", [0, 10, 200])
@pytest.mark.parametrize("key", DRAFTS)
def test_preview_is_the_page_that_is_later_published(
    key: str, ahead: int, writer: User, colleague: User
) -> None:
    start = timezone.localdate() + timedelta(days=ahead)
    place = PLACES.get(key, PLACE)
    revision = draft(writer, key)
    before = public(place, start)
    actions.submit(
        revision=revision,
        seen=0,
        actor=writer,
        now=timezone.now(),
        change_note="Rettet.",
        significance="MAJOR",
    )

    shown = framed(sign_in(writer).get(address(revision, place, start)).content.decode())
    actions.publish(
        revision=revision,
        seen=revision.lock_version,
        actor=colleague,
        now=timezone.now(),
        effective_from=start,
    )
    after = public(place, start)

    assert read(shown) == read(after)
    assert read(shown) != read(before)


def test_withdrawal_is_previewed_as_it_will_be_published(writer: User, colleague: User) -> None:
    today = timezone.localdate()
    withdrawn = RevisionContent(withdrawal="Sporet er nedlagt.")
    revision = draft(writer, CATCHMENT, lambda content: withdrawn)

    shown = framed(sign_in(writer).get(address(revision)).content.decode())
    publish(revision, writer, colleague, today)

    assert "Sporet er nedlagt." in shown
    # What is changed was first said when it was submitted.
    assert read(shown) == read(public(PLACE, today)).replace(": Rettet.", "")


def test_small_correction_keeps_what_was_confirmed(writer: User, colleague: User) -> None:
    today = timezone.localdate()
    actions.confirm(
        rule_set=RuleSet.objects.get(key=MAS),
        actor=colleague,
        now=timezone.now(),
        next_review=today + timedelta(days=365),
    )
    revision = draft(writer, MAS)
    actions.submit(
        revision=revision,
        seen=0,
        actor=writer,
        now=timezone.now(),
        change_note="Et ord er rettet.",
        significance="MINOR",
    )

    shown = framed(sign_in(writer).get(address(revision)).content.decode())
    actions.publish(
        revision=revision,
        seen=revision.lock_version,
        actor=colleague,
        now=timezone.now(),
        effective_from=today,
    )

    assert read(shown) == read(public(PLACE, today))


def test_page_until_the_draft_begins_announces_it(writer: User, colleague: User) -> None:
    today = timezone.localdate()
    start = today + timedelta(days=20)
    revision = draft(writer, MAS)

    answer = sign_in(writer).get(address(revision), {"fra": start.isoformat()})
    shown = framed(answer.content.decode())
    publish(revision, writer, colleague, start)

    assert read(shown) == read(public(PLACE, today))
    assert "Nyt &amp; &lt;andet&gt;." not in shown


def test_looking_at_a_draft_changes_nothing_that_is_held(writer: User) -> None:
    reader = Client()
    before = reader.get(f"/sted/{PLACE}/").content
    directory = current()
    histories, answers = dict(directory.histories), dict(directory.answers)
    revision = draft(writer, CATCHMENT)

    sign_in(writer).get(address(revision))

    assert current() is directory
    assert directory.histories == histories
    assert directory.answers == answers
    assert revision.pk not in directory._routes
    assert reader.get(f"/sted/{PLACE}/").content == before


def test_next_preview_shows_what_was_saved_meanwhile(writer: User) -> None:
    revision = draft(writer, CATCHMENT)
    client = sign_in(writer)
    first = framed(client.get(address(revision)).content.decode())

    base = contents.read([revision.based_on_id])[revision.based_on_id]
    actions.save_draft(revision=revision, seen=0, actor=writer, now=timezone.now(), content=base)
    second = framed(client.get(address(revision)).content.decode())

    assert "Diagnostisk Center, Regionshospitalet Silkeborg" not in first
    assert "Diagnostisk Center, Regionshospitalet Silkeborg" in second


def test_frame_says_that_the_page_is_no_rule(writer: User) -> None:
    revision = draft(writer, MAS)

    html = sign_in(writer).get(address(revision)).content.decode()

    assert "Forhåndsvisning af kladde – ikke udgivet" in html


def test_difference_stands_beside_the_page(writer: User) -> None:
    revision = draft(writer, MAS)

    html = sign_in(writer).get(address(revision)).content.decode()

    assert f"Forskel fra udgave {revision.based_on.number}, der gælder" in html
    assert html.index("Nyt &amp; &lt;andet&gt;.") < html.index('class="picture"')


def test_draft_on_an_older_revision_is_compared_with_both(writer: User, colleague: User) -> None:
    rule_set = RuleSet.objects.get(key=MAS)
    older = rule_set.revisions.in_force(timezone.localdate()).get()
    newer = draft(writer, MAS)
    publish(newer, writer, colleague, timezone.localdate())
    again = actions.start_draft(rule_set=rule_set, actor=writer, now=timezone.now(), based_on=older)

    html = sign_in(writer).get(address(again, place="")).content.decode()

    assert f"Forskel fra udgave {older.number}, som den bygger på" in html
    assert "De to udgaver siger det samme." in html
    assert f"Forskel fra udgave {newer.number}, der gælder" in html


def test_links_to_places_and_to_the_draft_lead_to_previews(writer: User) -> None:
    revision = draft(writer, MAS)
    day = date(2026, 12, 30)

    shown = framed(sign_in(writer).get(address(revision, on=day)).content.decode())

    assert f'href="/regler/{MAS}/{revision.number}/' not in shown
    assert 'href="/sted/silkeborg-kommune/"' not in shown
    assert f'href="{address(revision, place="", on=day)}"' in shown


def test_place_that_must_be_asked_about_is_asked_about(writer: User) -> None:
    revision = draft(writer, MAS)

    html = sign_in(writer).get(address(revision, place="8600")).content.decode()

    assert "<h1>Hvilken kommune bor patienten i?</h1>" in html
    assert f'href="{address(revision, place="8600-skanderborg")}"' in html


def test_day_before_every_region_is_said_to_have_no_page(writer: User) -> None:
    revision = draft(writer, MAS)

    page = address(revision, on=date(1990, 1, 1))
    html = sign_in(writer).get(page).content.decode()

    assert "kender ingen regioner før" in html


@pytest.mark.parametrize("key", DRAFTS)
def test_preview_asks_the_database_little(
    key: str, writer: User, django_assert_max_num_queries: Any
) -> None:
    revision = draft(writer, key)
    client = sign_in(writer)
    pages = [address(revision, place) for place in ("", PLACES.get(key, PLACE))]
    client.get(pages[0])  # the directory is read

    for page in pages:
        with django_assert_max_num_queries(30):
            client.get(page)


# What a catchment does to the coverage ----------------------------------------------------


def test_review_of_a_catchment_says_what_it_leaves_uncovered(writer: User) -> None:
    def without_lemvig(content: RevisionContent) -> RevisionContent:
        routes = tuple(r for r in content.routes if r.municipality != "0665")
        return replace(content, routes=routes)

    revision = draft(writer, CATCHMENT, without_lemvig)
    page = f"/redaktion/regelsaet/{revision.rule_set.key}/{revision.number}/godkend/"

    html = sign_in(writer).get(page).content.decode()

    effects = html[html.index("Det sker med dækningen") :]
    assert re.search(r"Ikke dækket, og intet er sagt.*?Lemvig", effects, re.S)
    assert "Lemvig er ikke dækket." in html


# Places -----------------------------------------------------------------------------------


def _places(revision: Revision, on: date) -> dict[str, bool]:
    shown = preview(revision, directory=current(), start=on, now=timezone.now())
    return {one.place_id: one.changes for one in concerned(shown, on=on)}


def test_unit_s_draft_concerns_its_catchment(writer: User) -> None:
    revision = draft(writer, MAS)

    found = _places(revision, timezone.localdate())

    assert found["silkeborg-kommune"] is True
    assert "horsens-kommune" not in found


def test_catchment_s_draft_concerns_its_region_and_marks_what_it_moves(writer: User) -> None:
    revision = draft(writer, CATCHMENT)

    found = _places(revision, timezone.localdate())

    assert len(found) == 19
    assert [place for place, changes in found.items() if changes] == ["silkeborg-kommune"]


def test_national_draft_concerns_the_whole_country(writer: User) -> None:
    revision = draft(writer, NATIONAL)

    found = _places(revision, timezone.localdate())

    assert {"silkeborg-kommune", "koebenhavn-valby", "bornholm-kommune"} <= set(found)


def test_draft_of_a_region_that_ends_concerns_its_heir_until_that_has_its_own(
    writer: User,
) -> None:
    revision = draft(writer, "catchment:hovedstaden:diagnostic", lambda content: content)

    assert "hvidovre-kommune" in _places(revision, MERGER)
