"""Whoever does whatever in whatever order: what must always be true of revisions stays true."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from pathways import actions
from pathways.actions import Forbidden, Refused, Stale
from pathways.directory import snapshot as directories
from pathways.models import APPROVED, OPEN, Revision, RuleSet, Status
from pathways.rules.content import RevisionContent, read
from pathways.rules.validation import shortcomings
from regions.models import Event

from . import world as worlds
from .workflow_cases import WITHDRAWN
from .world import NOW, TODAY, World, requirement

# Those who may something in the region, and some who may not.
PERSONAS = ("editor", "reviewer", "administrator", "operator", "auditor") * 2
PERSONAS += ("neighbour", "outsider")
KINDS = {
    "start_draft": {"revision.drafted"},
    "save_draft": {"revision.saved"},
    "submit": {"revision.submitted"},
    "comment": {"revision.commented"},
    "send_back": {"revision.sent_back"},
    "discard": {"revision.discarded"},
    "publish": {"revision.published"},
    "publish_in_emergency": {"revision.published_in_emergency"},
    "countersign": {"revision.countersigned"},
    "confirm": {"rule_set.confirmed"},
}
ALONG = {"revision.superseded", "revision.brought_back"}  # come with a publication
OTHER_CONTENT = RevisionContent(requirements=(requirement("Røntgen af thorax."),))
EMPTY, MISPLACED = RevisionContent(), RevisionContent(routes=(worlds.route(),))
DAYS = tuple(TODAY + timedelta(days=day) for day in range(-1, 9))

people = st.sampled_from(PERSONAS)
rule_sets = st.sampled_from(("track", "track", "eastern_track"))
contents = st.sampled_from(
    (*(worlds.TRACK_CONTENT, OTHER_CONTENT) * 3, WITHDRAWN, EMPTY, MISPLACED)
)
days = st.sampled_from(DAYS)
# Mostly the version that stands, sometimes one that does not.
behind = st.sampled_from((0, 0, 0, 0, 1))
weights = st.sampled_from((None, None, "MAJOR", "MINOR"))


class Editing(RuleBasedStateMachine):
    """Random people do random things to two rule sets; nothing else is asserted of what they do.

    What may fail may fail: then nothing may have happened.
    """

    world: World  # built once; what is done in it is rolled back

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        directories.forget()
        self.frozen: dict[int, RevisionContent] = {}
        self.version = Event.objects.directory_version()
        self.checked = 0  # the newest event when everything was last looked at

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)
        directories.forget()

    # Steps -----------------------------------------------------------------------------------

    def do(self, name: str, persona: str, **arguments: Any) -> None:
        """Try the action; assert its one event, or that it has left no trace."""
        newest = Event.objects.latest("pk").pk
        rows = list(Revision.objects.order_by("pk").values())
        action: Callable[..., Any] = getattr(actions, name)
        try:
            action(actor=self.world.people()[persona], now=NOW, **arguments)
        except (Forbidden, Refused, Stale):
            assert not Event.objects.filter(pk__gt=newest).exists()
            assert list(Revision.objects.order_by("pk").values()) == rows
        else:
            kinds = list(
                Event.objects.filter(pk__gt=newest).order_by("pk").values_list("kind", flat=True)
            )
            assert len([kind for kind in kinds if kind in KINDS[name]]) == 1
            assert set(kinds) - KINDS[name] <= (ALONG if name.startswith("publish") else set())

    def newest(self, name: str, *statuses: Status) -> Revision | None:
        """Return the newest revision of the rule set, of those in a state where there is one."""
        found = self.world.rule_sets()[name].revisions.order_by("number")
        return found.filter(status__in=statuses).last() or found.last()

    @rule(persona=people, name=rule_sets, content=contents)
    def start(self, persona: str, name: str, content: RevisionContent) -> None:
        self.do("start_draft", persona, rule_set=self.world.rule_sets()[name], content=content)

    @rule(persona=people, name=rule_sets)
    def copy(self, persona: str, name: str) -> None:
        based_on = self.newest(name, *APPROVED)
        rule_set = self.world.rule_sets()[name]
        self.do("start_draft", persona, rule_set=rule_set, based_on=based_on)

    @rule(persona=people, name=rule_sets, content=contents, behind=behind)
    def save(self, persona: str, name: str, content: RevisionContent, behind: int) -> None:
        if revision := self.newest(name, Status.DRAFT):
            seen = revision.lock_version - behind
            self.do("save_draft", persona, revision=revision, seen=seen, content=content)

    @rule(persona=people, name=rule_sets, behind=behind, weight=weights)
    def submit(self, persona: str, name: str, behind: int, weight: str | None) -> None:
        if revision := self.newest(name, Status.DRAFT):
            seen = revision.lock_version - behind
            self.do("submit", persona, revision=revision, seen=seen, significance=weight)

    @rule(persona=people, name=rule_sets)
    def comment(self, persona: str, name: str) -> None:
        if revision := self.newest(name, Status.IN_REVIEW):
            seen = revision.lock_version
            self.do("comment", persona, revision=revision, seen=seen, text="Hvorfor?")

    @rule(persona=people, name=rule_sets, behind=behind)
    def send_back(self, persona: str, name: str, behind: int) -> None:
        if revision := self.newest(name, Status.IN_REVIEW):
            seen = revision.lock_version - behind
            self.do("send_back", persona, revision=revision, seen=seen, reason="Se kilden.")

    @rule(persona=people, name=rule_sets)
    def discard(self, persona: str, name: str) -> None:
        if revision := self.newest(name, *OPEN):
            self.do("discard", persona, revision=revision, seen=revision.lock_version)

    @rule(
        persona=people,
        name=rule_sets,
        behind=behind,
        start=days,
        until=st.none() | days,
        weight=weights,
        review=st.none() | days,
    )
    def publish(
        self,
        persona: str,
        name: str,
        behind: int,
        start: date,
        until: date | None,
        weight: str | None,
        review: date | None,
    ) -> None:
        if revision := self.newest(name, Status.IN_REVIEW):
            self.do(
                "publish",
                persona,
                revision=revision,
                seen=revision.lock_version - behind,
                effective_from=start,
                until=until,
                significance=weight,
                next_review=review,
            )

    @rule(persona=people, name=rule_sets, start=days, until=st.none() | days)
    def publish_alone(self, persona: str, name: str, start: date, until: date | None) -> None:
        if revision := self.newest(name, *OPEN):
            self.do(
                "publish_in_emergency",
                persona,
                revision=revision,
                seen=revision.lock_version,
                effective_from=start,
                until=until,
                reason="Det haster.",
            )

    @rule(persona=people, name=rule_sets)
    def countersign(self, persona: str, name: str) -> None:
        if revision := self.newest(name, Status.PUBLISHED):
            self.do("countersign", persona, revision=revision)

    @rule(persona=people, name=rule_sets, review=days)
    def confirm(self, persona: str, name: str, review: date) -> None:
        rule_set = self.world.rule_sets()[name]
        self.do("confirm", persona, rule_set=rule_set, next_review=review)

    # Whole ways at once, so that the odd steps are also tried from far along them.

    @rule(name=rule_sets, content=contents, start=days, until=st.none() | days)
    def ordinary_way(
        self, name: str, content: RevisionContent, start: date, until: date | None
    ) -> None:
        self.discard("operator", name)
        self.start("operator", name, content)
        self.submit("operator", name, 0, None)
        self.publish("auditor", name, 0, start, until, None, None)

    @rule(persona=people, content=contents, days=st.lists(days, min_size=2, max_size=2))
    def temporary_way(self, persona: str, content: RevisionContent, days: list[date]) -> None:
        self.ordinary_way("track", content, *sorted(days))
        self.confirm(persona, "track", max(days))

    @rule(persona=people, content=contents, start=days)
    def way_back(self, persona: str, content: RevisionContent, start: date) -> None:
        self.discard("operator", "track")
        self.start("editor", "track", content)
        self.submit("editor", "track", 0, None)
        self.comment(persona, "track")
        self.send_back("reviewer", "track", 0)
        self.save(persona, "track", content, 0)

    @rule(persona=people, content=contents, start=days, until=st.none() | days)
    def urgent_way(
        self, persona: str, content: RevisionContent, start: date, until: date | None
    ) -> None:
        self.discard("operator", "track")
        self.start("administrator", "track", content)
        self.publish_alone("administrator", "track", start, until)
        self.countersign(persona, "track")

    # What is always true ---------------------------------------------------------------------

    @invariant()
    def everything_holds(self) -> None:
        """Look at it all after every action that did something: the others changed no row."""
        newest = Event.objects.latest("pk").pk
        if newest == self.checked:
            return
        self.checked = newest
        self.at_most_one_revision_is_open()
        self.what_is_in_review_or_approved_never_changes()
        self.every_published_revision_is_complete()
        self.nobody_publishes_what_they_wrote_but_in_an_emergency()
        self.in_force_is_a_step_function_that_the_directory_knows()
        self.temporary_changes_end()
        self.version_only_grows()
        self.constraints_hold()

    def at_most_one_revision_is_open(self) -> None:
        for rule_set in RuleSet.objects.all():
            assert rule_set.revisions.filter(status__in=OPEN).count() <= 1

    def what_is_in_review_or_approved_never_changes(self) -> None:
        settled = Revision.objects.exclude(status=Status.DRAFT)
        now = read(list(settled.values_list("pk", flat=True)))
        for pk, content in self.frozen.items():
            assert now.get(pk, content) == content
        self.frozen = now

    def every_published_revision_is_complete(self) -> None:
        published = list(Revision.objects.published().select_related("rule_set"))
        said = read([revision.pk for revision in published])
        for revision in published:
            content, start = said[revision.pk], revision.effective_from
            assert not shortcomings(revision.rule_set, content, from_date=start)

    def nobody_publishes_what_they_wrote_but_in_an_emergency(self) -> None:
        for revision in Revision.objects.filter(status__in=APPROVED):
            wrote = {revision.created_by_id, revision.written_by_id, revision.submitted_by_id}
            subject = f"revision:{revision.pk}"
            saved = Event.objects.filter(subject=subject, kind="revision.saved")
            wrote |= set(saved.values_list("actor_id", flat=True))
            assert revision.emergency_reason or revision.published_by_id not in wrote
            assert revision.countersigned_by_id != revision.published_by_id

    def in_force_is_a_step_function_that_the_directory_knows(self) -> None:
        directory = directories.current()
        for name in ("track", "eastern_track"):
            rule_set = self.world.rule_sets()[name]
            starts = set(rule_set.revisions.published().values_list("effective_from", flat=True))
            before: Revision | None = None
            for day in DAYS:
                held = list(rule_set.revisions.in_force(day))
                assert len(held) <= 1
                now = held[0] if held else None
                assert now == before or day in starts or day == DAYS[0]
                assert before is None or now is not None  # rules end only by saying so
                known = directory.revision(rule_set.key, day)
                assert (known and known.pk) == (now and now.pk)
                before = now

    def temporary_changes_end(self) -> None:
        for change in Revision.objects.published().exclude(temporary_until=None):
            after = change.temporary_until + timedelta(days=1)
            later = change.rule_set.revisions.published().filter(effective_from=after)
            assert later.exists()

    def version_only_grows(self) -> None:
        version = Event.objects.directory_version()
        assert version >= self.version
        self.version = version

    def constraints_hold(self) -> None:
        connection.check_constraints()


Editing.TestCase.settings = settings(
    max_examples=10,
    stateful_step_count=25,
    deadline=None,
    # A failure is told as it was found: to shorten it takes minutes.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.django_db
def test_nothing_that_anybody_does_breaks_the_rules_of_revisions() -> None:
    Editing.world = worlds.build()
    worlds.publish_rules(Editing.world)  # so that there is something to change for a while

    Editing.TestCase().runTest()
