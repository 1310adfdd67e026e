"""What a reader is told of a revision itself: withdrawn, temporary, urgent, or overdue."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from django.test import Client

from pathways import actions
from pathways.answers.lookup import find_place
from pathways.directory import snapshot as directories
from pathways.directory.resolution import find
from pathways.models import Revision, RuleSet
from pathways.rules.content import RevisionContent, read
from regions.lookup import gazetteer
from regions.models import User

from .world import COPENHAGEN, NOW, TODAY

LAST_DAY = date(2026, 12, 12)
REASON = "Sporet er lukket."
WITHDRAWN = RevisionContent(withdrawal=REASON)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_data")]


KEY = "track:unit:dc-silkeborg:MAS"
THEN = datetime(2026, 12, 1, 12, 0, tzinfo=COPENHAGEN)


@pytest.fixture
def loaded() -> RuleSet:
    """The MAS track of a real unit."""
    return RuleSet.objects.get(key=KEY)


def page(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def people() -> tuple[User, User]:
    one, other = (User.objects.create_superuser(name) for name in ("en", "to"))
    return one, other


def changed(rule_set: RuleSet, actor: User) -> Revision:
    before = rule_set.revisions.in_force(TODAY).get()
    content = read([before.pk])[before.pk]
    rows = (replace(content.requirements[0], text="Ring først."), *content.requirements[1:])
    return actions.start_draft(
        rule_set=rule_set, actor=actor, now=NOW, content=replace(content, requirements=rows)
    )


def test_overdue_rules_say_so_at_their_source_line(loaded: RuleSet, client: Client) -> None:
    one, _ = people()
    actions.confirm(rule_set=loaded, actor=one, now=NOW, next_review=date(2026, 12, 1))
    late = "Skulle være gennemgået 1. december 2026; er ikke bekræftet siden 22. november 2026"

    before = [f"/sted/8600-silkeborg/{day}/" for day in (TODAY, date(2026, 12, 1))]
    after = [
        "/sted/8600-silkeborg/2026-12-02/",
        "/sted/8600-silkeborg/tjekliste/mas/2026-12-02/",
        f"/regler/{KEY}/2026-12-02/",
    ]

    assert [late in page(client, address) for address in (*before, *after)] == [
        *(False, False),
        *(True, True, True),
    ]


def test_emergency_is_told_until_it_is_confirmed(loaded: RuleSet, client: Client) -> None:
    one, other = people()
    revision = changed(loaded, one)
    actions.publish_in_emergency(
        revision=revision,
        seen=0,
        actor=one,
        now=NOW,
        effective_from=TODAY,
        reason="Skanneren er i stykker",
    )
    told = (
        "Udgivet som hasteændring af én person 22. november 2026: Skanneren er i stykker. "
        "Endnu ikke bekræftet af en anden."
    )
    addresses = [
        f"/sted/8600-silkeborg/{TODAY}/",
        f"/regler/{KEY}/{TODAY}/",
        f"/regler/{KEY}/3/",
        f"/enheder/dc-silkeborg/{TODAY}/",
    ]

    assert [address for address in addresses if told not in page(client, address)] == []
    actions.countersign(revision=revision, actor=other, now=THEN)

    assert not any("Endnu ikke bekræftet" in page(client, address) for address in addresses)
    assert "som hasteændring; bekræftet af en anden 1. december 2026" in page(client, addresses[2])


def test_temporary_change_is_told_while_it_lasts(loaded: RuleSet, client: Client) -> None:
    one, other = people()
    revision = changed(loaded, one)
    actions.submit(revision=revision, seen=0, actor=one, now=NOW)
    actions.publish(
        revision=revision, seen=1, actor=other, now=NOW, effective_from=TODAY, until=LAST_DAY
    )
    told = "midlertidigt til og med 12. december 2026"

    assert told in page(client, f"/sted/8600-silkeborg/{TODAY}/")
    assert told in page(client, f"/regler/{KEY}/{TODAY}/")
    assert told not in page(client, "/sted/8600-silkeborg/2026-12-13/")
    assert "de tidligere regler gælder igen" in page(client, "/aendringer/enhed/dc-silkeborg/")


def test_page_of_a_revision_names_role_and_date_and_no_person(
    loaded: RuleSet, client: Client
) -> None:
    one, _ = people()
    reviewer = User.objects.create_user("inge.hansen", first_name="Inge", last_name="Hansen")
    region = loaded.unit.municipality.memberships.latest("valid_from").region
    actions.grant_role(user=reviewer, region=region, role="reviewer", actor=one, now=NOW)
    revision = changed(loaded, one)
    actions.submit(revision=revision, seen=0, actor=one, now=NOW)
    actions.publish(revision=revision, seen=1, actor=reviewer, now=NOW, effective_from=TODAY)

    shown = page(client, f"/regler/{KEY}/3/")

    assert "udgivet af godkender i Region Midtjylland, 22. november 2026" in shown
    assert "Hansen" not in shown
    assert "inge.hansen" not in shown
    assert "læst ind fra vejviserens filer" in page(client, f"/regler/{KEY}/1/")


# Withdrawn ------------------------------------------------------------------------------------


def withdraw(key: str, *, start: date = TODAY) -> Revision:
    """Publish a withdrawal of a loaded rule set by two people."""
    one, other = (User.objects.create_superuser(f"{name} {key}") for name in ("en", "to"))
    draft = actions.start_draft(
        rule_set=RuleSet.objects.get(key=key), actor=one, now=NOW, content=WITHDRAWN
    )
    actions.submit(revision=draft, seen=0, actor=one, now=NOW)
    return actions.publish(revision=draft, seen=1, actor=other, now=NOW, effective_from=start)


TOLD = "har trukket reglerne for MAS tilbage fra 22. november 2026: Sporet er lukket."


def test_answer_says_that_a_unit_has_withdrawn_its_rules(client: Client) -> None:
    withdraw("track:unit:dc-silkeborg:MAS")

    answer = page(client, f"/sted/8600-silkeborg/{TODAY}/")
    sheet = page(client, f"/sted/8600-silkeborg/tjekliste/mas/{TODAY}/")

    assert TOLD in answer
    assert TOLD in sheet
    assert TOLD not in page(client, "/sted/8600-silkeborg/2026-11-21/")


def test_withdrawn_catchment_leaves_the_unit_unknown_and_says_whom_to_ask(client: Client) -> None:
    withdraw("catchment:midtjylland:diagnostic")

    answer = find_place("8600-silkeborg", on=TODAY).answers[0]

    assert [track.unit for track in answer.tracks] == [None, None]
    assert answer.ask == "Region Midtjylland"
    assert [revision.withdrawal for revision in answer.marked] == [REASON]
    assert "reglerne for optageområder tilbage" in page(client, f"/sted/8600-silkeborg/{TODAY}/")


def test_withdrawal_of_a_new_region_never_falls_back_on_the_region_before_it() -> None:
    opened = RuleSet.objects.get(key="catchment:hovedstaden:diagnostic")
    after = date(2027, 2, 1)
    place = next(p for p in gazetteer(1).municipalities.values() if p.municipality_code == "0167")
    inherited = find(directories.current(), place, on=after)
    assert inherited.inherited_from == opened.region.name
    withdraw(opened.key, start=date(2027, 1, 15))

    finding = find(directories.current(), place, on=after)

    assert (finding.route, finding.unit) == (None, None)
    assert finding.key != inherited.key


@pytest.mark.parametrize(
    "address",
    [
        f"/enheder/dc-silkeborg/{TODAY}/",
        f"/regler/track:unit:dc-silkeborg:MAS/{TODAY}/",
        "/regler/track:unit:dc-silkeborg:MAS/3/",
    ],
)
def test_pages_of_unit_and_rules_say_that_they_are_withdrawn(client: Client, address: str) -> None:
    withdraw("track:unit:dc-silkeborg:MAS")

    shown = page(client, address)

    assert "Reglerne er trukket tilbage fra 22. november 2026: Sporet er lukket." in shown


def test_difference_and_news_say_that_the_rules_are_withdrawn(client: Client) -> None:
    withdraw("track:unit:dc-silkeborg:MAS")

    compared = page(client, "/regler/track:unit:dc-silkeborg:MAS/2..3/")

    assert "Reglerne er trukket tilbage" in compared
    assert "Sporet er lukket." in compared
    assert "reglerne er trukket tilbage" in page(client, "/aendringer/enhed/dc-silkeborg/")
