"""Putting a revision in force: approved by another, in an emergency by one, for a while, or still.

Decisions 0085 to 0089 say why: four eyes, emergencies, temporary changes, withdrawals, reviews.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from regions.models import Event, User

from .. import permissions
from ..models import Revision, RuleSet, Significance, Status
from ..rules import content as contents
from ..rules import schedule
from ..rules.schedule import Across
from ..rules.validation import outlived, shortcomings
from .base import Forbidden, Refused, day_of, record
from .scheduling import cancel
from .transitions import (
    Stale,
    move,
    publish_copy,
    record_event,
    record_step,
    refuse_long,
    refuse_patients,
    require_editor,
    require_reviewer,
)


class Crosses(Refused):
    """A scheduled revision would undo the publication, and nobody has said what becomes of it."""


@transaction.atomic
def publish(
    *,
    revision: Revision,
    seen: int,
    actor: User,
    now: datetime,
    effective_from: date,
    start_wording: str = "",
    change_note: str | None = None,
    significance: str | None = None,
    until: date | None = None,
    next_review: date | None = None,
    across: Across | None = None,
    outlook: str | None = None,
) -> Revision:
    """Approve the revision; it holds from `effective_from` until the next one starts.

    A revision already published for the same start is superseded. Only the loader, which carries
    over rules that hold already, may name a start in the past. With `until`, its last day, the
    revision is a temporary change: a second revision brings back what would have held the day
    after. `change_note` and `significance` correct what was said at submission; None leaves it.

    Where a scheduled revision would take over and undo the change, `across` says what becomes of
    it: it gives way, or takes the change along. Without a word the publication is refused, as it
    is where both have changed the same line. `outlook` is the seal of the revisions that the
    reviewer has read the difference from; another makes it Stale.
    """
    rule_set = revision.rule_set
    require_reviewer(actor, rule_set, now)
    if wrote(actor, revision):
        raise Refused(
            [_("En anden end den, der har skrevet eller indsendt udgaven, skal udgive den.")]
        )
    if effective_from < day_of(now) and not actor.is_superuser:
        raise Refused([_("En udgave kan gælde fra i dag eller senere.")])
    if across == "leave" and not actor.is_superuser:
        raise Forbidden(_("Kun indlæsning af filer udgiver uden om planlagte udgaver."))
    return _put_in_force(
        "publish",
        Event.Kind.REVISION_PUBLISHED,
        revision=revision,
        seen=seen,
        actor=actor,
        now=now,
        effective_from=effective_from,
        until=until,
        next_review=next_review,
        across=across,
        outlook=outlook,
        start_wording=start_wording,
        change_note=change_note,
        significance=significance,
    )


@transaction.atomic
def publish_in_emergency(
    *,
    revision: Revision,
    seen: int,
    actor: User,
    now: datetime,
    effective_from: date,
    reason: str,
    change_note: str | None = None,
    significance: str | None = None,
    until: date | None = None,
    across: Across | None = None,
    outlook: str | None = None,
) -> Revision:
    """Put a draft in force alone, also one's own; marked until a second person has confirmed it.

    A right of region administrators. What may not wait for a colleague needs a reason, which
    stands on the public page. `across` and `outlook` are those of `publish`.
    """
    rule_set = revision.rule_set
    if not permissions.may_publish_in_emergency(actor, rule_set, on=day_of(now)):
        raise Forbidden(
            _("Det kræver rollen regionsadministrator i den region, som regelsættet hører til.")
        )
    if not reason.strip():
        raise Refused([_("Skriv, hvorfor ændringen ikke kan vente på en kollega.")])
    if effective_from < day_of(now):
        raise Refused([_("En udgave kan gælde fra i dag eller senere.")])
    return _put_in_force(
        "publish_in_emergency",
        Event.Kind.REVISION_PUBLISHED_IN_EMERGENCY,
        revision=revision,
        seen=seen,
        actor=actor,
        now=now,
        effective_from=effective_from,
        until=until,
        across=across,
        outlook=outlook,
        change_note=change_note,
        significance=significance,
        emergency_reason=reason.strip(),
    )


@transaction.atomic
def countersign(*, revision: Revision, actor: User, now: datetime) -> Revision:
    """Confirm what one person published in an emergency; what it brings back is confirmed too."""
    require_reviewer(actor, revision.rule_set, now)
    unsigned = Revision.objects.filter(status=Status.PUBLISHED, countersigned_by=None)
    unsigned = unsigned.exclude(emergency_reason="")
    publisher = Revision.objects.values_list("published_by", flat=True).get(pk=revision.pk)
    if publisher == actor.pk:
        raise Refused([_("En anden end den, der udgav hasteændringen, skal bekræfte den.")])
    changes = {"countersigned_by": actor, "countersigned_at": now}
    confirmed = unsigned.filter(pk=revision.pk)
    if not confirmed.update(lock_version=F("lock_version") + 1, **changes):
        raise Refused([_("Udgaven er ingen hasteændring, der venter på at blive bekræftet.")])
    unsigned.filter(returns_after=revision.pk).update(lock_version=F("lock_version") + 1, **changes)
    record_step(
        Event.Kind.REVISION_COUNTERSIGNED, revision, actor=actor, now=now, changes_answers=True
    )
    return revision


@transaction.atomic
def confirm(*, rule_set: RuleSet, actor: User, now: datetime, next_review: date) -> RuleSet:
    """Say that the revision in force is still right, without a new one."""
    require_editor(actor, rule_set, now)
    today = day_of(now)
    if next_review <= today:
        raise Refused([_("Næste gennemgang skal ligge efter i dag.")])
    held = rule_set.revisions.in_force(today).first()
    if held is None:
        raise Refused([_("Ingen udgave er i kraft i dag, så der er intet at bekræfte.")])
    if held.withdrawal:
        raise Refused([_("Reglerne er trukket tilbage, så der er intet at bekræfte.")])
    if held.awaits_countersignature:
        raise Refused([_("Hasteændringen skal først bekræftes af en anden.")])
    RuleSet.objects.filter(pk=rule_set.pk).update(
        confirmed_on=today, confirmed_by=actor, confirmed_edition=held, next_review=next_review
    )
    record(
        Event.Kind.RULE_SET_CONFIRMED,
        f"rule_set:{rule_set.key}",
        actor=actor,
        now=now,
        region=permissions.region_of(rule_set, on=today),
        changes_answers=True,
        next_review=next_review.isoformat(),
    )
    rule_set.refresh_from_db()
    return rule_set


# How it is put in force -------------------------------------------------------------------


def wrote(actor: User, revision: Revision) -> bool:
    """Say whether the person opened, saved or submitted the revision."""
    own = Q(created_by=actor) | Q(written_by=actor) | Q(submitted_by=actor)
    if Revision.objects.filter(own, pk=revision.pk).exists():
        return True
    # The row knows the last writer; the log knows those before.
    saved = Event.objects.filter(subject=f"revision:{revision.pk}", kind=Event.Kind.REVISION_SAVED)
    return saved.filter(actor=actor).exists()


def _put_in_force(
    action: str,
    kind: Event.Kind,
    *,
    revision: Revision,
    seen: int,
    actor: User,
    now: datetime,
    effective_from: date,
    until: date | None = None,
    next_review: date | None = None,
    across: Across | None = None,
    outlook: str | None = None,
    change_note: str | None = None,
    significance: str | None = None,
    emergency_reason: str = "",
    start_wording: str = "",
) -> Revision:
    rule_set = revision.rule_set
    refuse_patients(change_note, emergency_reason, start_wording)
    refuse_long(
        change_note=change_note, emergency_reason=emergency_reason, start_wording=start_wording
    )
    found = schedule.outlook(rule_set, effective_from)
    if outlook is not None and outlook != found.seal:
        raise Stale
    before = found.held
    content = contents.read([revision.pk])[revision.pk]
    weight = Significance(significance or _said_of(revision))
    _refuse_what_cannot_follow(before, content, weight)
    crossed = _crossed(found, content, across, until=until)
    returning = _returning(rule_set, effective_from, until) if until else None
    changes: dict[str, Any] = {
        "published_by": actor,
        "published_at": now,
        "effective_from": effective_from,
        "start_wording": start_wording,
        "significance": weight,
        "corrects": before if weight == Significance.MINOR else None,
        "temporary_until": until or _ends_with(found, across),
        "emergency_reason": emergency_reason,
    }
    if change_note is not None:
        changes["change_note"] = change_note.strip()
    if emergency_reason:  # a draft has no submitter yet; a revision in review keeps its own
        changes["submitted_by"] = Coalesce("submitted_by", actor.pk)
        changes["submitted_at"] = Coalesce("submitted_at", now)
    _supersede(rule_set, effective_from, actor=actor, now=now)
    move(action, revision=revision, seen=seen, **changes)
    # What was handed in without a line was let in then; nobody has been able to change it since.
    handed_in = action == "publish"
    if reasons := shortcomings(rule_set, content, from_date=effective_from, may_be_empty=handed_in):
        raise Refused(reasons)
    if effective_from >= day_of(now) and (reasons := outlived(content)):
        raise Refused(reasons)
    lasting = weight == Significance.MAJOR and until is None
    _set_review(rule_set, effective_from, next_review, lasting=lasting, now=now)
    said = {
        "role": str(permissions.role_in(actor, rule_set, on=day_of(now))),
        "significance": str(weight),
        "until": until.isoformat() if until else None,
    }
    record_event(
        kind,
        revision,
        actor=actor,
        now=now,
        changes_answers=True,
        reason=emergency_reason,
        effective_from=effective_from.isoformat(),
        **said,
    )
    for crossing in crossed:
        if across == "replace":
            reason = _("Udgave %(number)s gælder i stedet.") % {"number": revision.number}
            cancel(crossing.revision, actor=actor, now=now, reason=reason)
        else:
            _carry(crossing, revision.pk, now=now)
    if returning is not None and until is not None:
        _bring_back(returning, until + timedelta(days=1), after=revision.pk, now=now)
    revision.refresh_from_db()
    return revision


def _said_of(revision: Revision) -> str:
    """Return what was said at submission; the caller's object may be older than the row."""
    return Revision.objects.values_list("significance", flat=True).get(pk=revision.pk)


def _refuse_what_cannot_follow(
    before: Revision | None, content: contents.RevisionContent, weight: Significance
) -> None:
    reasons = []
    if content.withdrawal and (before is None or before.withdrawal):
        reasons.append(_("Ingen regler er i kraft på datoen, så der er intet at trække tilbage."))
    if weight == Significance.MINOR:
        if before is None:
            reasons.append(_("Der er ingen udgave at rette: den første er en væsentlig ændring."))
        elif content.withdrawal or before.withdrawal:
            reasons.append(_("At trække regler tilbage eller lade dem gælde igen er væsentligt."))
    if reasons:
        raise Refused(reasons)


def _returning(rule_set: RuleSet, start: date, until: date) -> Revision | None:
    """Return the revision to bring back after a temporary change; None where one starts anyway.

    Raises Refused when the period is none, or when nothing would hold after it.
    """
    if until < start:
        raise Refused([_("Den sidste dag ligger før den første.")])
    later = rule_set.revisions.published().filter(effective_from__gt=start)
    inside = later.filter(effective_from__lte=until).order_by("effective_from").first()
    if inside is not None:
        said = {"number": inside.number, "day": _in_words(inside.effective_from)}
        raise Refused([_("Udgave %(number)s begynder %(day)s, midt i perioden.") % said])
    if later.filter(effective_from=until + timedelta(days=1)).exists():
        return None
    held: Revision | None = rule_set.revisions.in_force(until + timedelta(days=1)).first()
    if held is None:
        raise Refused([_("Ingen udgave ville gælde efter perioden, så der er intet at vende til.")])
    if held.awaits_countersignature:
        # Else the copy would be approved by people who have only looked at the change.
        raise Refused([_("Den hasteændring, der skal gælde igen bagefter, er ikke bekræftet.")])
    return held


def _crossed(
    found: schedule.Outlook,
    content: contents.RevisionContent,
    across: Across | None,
    *,
    until: date | None,
) -> tuple[schedule.Crossing, ...]:
    """Return the scheduled revisions that something becomes of; raise Crosses if none is said.

    A scheduled withdrawal that takes the change along stands as it is: it has no line to change.
    """
    every = schedule.crossings(found, content, until=until)
    if across == "leave" or all(crossing.settled for crossing in every):
        return ()
    if across is None:
        raise Crosses(
            _(
                "Udgave %(number)s er planlagt fra %(day)s og ville ophæve ændringen. "
                "Erstat den, begynd efter den, eller før ændringen med ind i den."
            )
            % {"number": crossing.revision.number, "day": _in_words(crossing.start)}
            for crossing in every
            if not crossing.settled
        )
    if unsigned := [one.revision for one in every if one.revision.awaits_countersignature]:
        raise Refused(
            _("Hasteændringen, udgave %(number)s, skal først bekræftes af en anden.")
            % {"number": revision.number}
            for revision in unsigned
        )
    if across == "replace":
        return every
    if clashing := [one for one in every if not one.settled and not one.may_carry]:
        raise Crosses(
            _(
                "Ændringen kan ikke føres med ind i udgave %(number)s: begge har ændret de samme "
                "linjer. Send udgaven tilbage til redaktørerne."
            )
            % {"number": crossing.revision.number}
            if crossing.carried is not None
            else _(
                "En tilbagetrækning kan ikke føres med ind i udgave %(number)s. "
                "Erstat den, eller begynd efter den."
            )
            % {"number": crossing.revision.number}
            for crossing in clashing
        )
    return tuple(one for one in every if not one.settled and not one.content.withdrawal)


def _ends_with(found: schedule.Outlook, across: Across | None) -> date | None:
    """Return the last day of a temporary change that the revision is published in the middle of.

    What takes over from it is made anew, with the change in it, and does not tell any more.
    """
    if across != "carry" or not found.later:
        return None
    return schedule.last_day_before_return(found.later[0])


def _carry(crossing: schedule.Crossing, after: int, *, now: datetime) -> None:
    """Publish a scheduled revision anew with a change in it, by those who made the change."""
    change = Revision.objects.select_related("rule_set").get(pk=after)
    held, rule_set, actor = crossing.revision, change.rule_set, change.published_by
    assert actor is not None and crossing.carried is not None
    content = crossing.carried.content
    if reasons := shortcomings(rule_set, content, from_date=crossing.start):
        said = {"number": held.number}
        raise Refused(
            _("Udgave %(number)s med ændringen: %(reason)s") % {**said, "reason": reason}
            for reason in reasons
        )
    _supersede(rule_set, crossing.start, actor=actor, now=now)
    minor = held.significance == change.significance == Significance.MINOR
    columns = {
        "start_wording": held.start_wording,
        "change_note": held.change_note,
        "significance": Significance.MINOR if minor else Significance.MAJOR,
        "corrects": held if minor else None,
    }
    _follow(
        Event.Kind.REVISION_CARRIED,
        change,
        held,
        content,
        start=crossing.start,
        now=now,
        columns=columns,
        instead_of=held.number,
    )


def _bring_back(held: Revision, start: date, *, after: int, now: datetime) -> None:
    """Publish a copy of a revision from the day after a temporary change, by the same people."""
    change = Revision.objects.select_related("rule_set").get(pk=after)
    content = contents.read([held.pk])[held.pk]
    # What held without a line may hold so again: nobody has changed it meanwhile.
    if reasons := shortcomings(change.rule_set, content, from_date=start, may_be_empty=True):
        day = _in_words(start)
        raise Refused(
            _("Det, der skal gælde igen fra %(day)s: %(reason)s") % {"day": day, "reason": reason}
            for reason in reasons
        )
    columns = {"returns_after": change}
    _follow(
        Event.Kind.REVISION_BROUGHT_BACK,
        change,
        held,
        content,
        start=start,
        now=now,
        columns=columns,
    )


def _follow(
    kind: Event.Kind,
    change: Revision,
    held: Revision,
    content: contents.RevisionContent,
    *,
    start: date,
    now: datetime,
    columns: dict[str, Any],
    **said: Any,
) -> None:
    """Publish a revision that a change makes necessary, by the people who made the change.

    What is temporary is so still, and an emergency is one here too.
    """
    assert change.published_by and change.submitted_by and change.submitted_at
    publish_copy(
        kind,
        held,
        content,
        start=start,
        written_by=change.submitted_by,
        submitted_at=change.submitted_at,
        actor=change.published_by,
        now=now,
        columns={
            **columns,
            "temporary_until": held.temporary_until,
            "emergency_reason": change.emergency_reason,
        },
        reason=change.emergency_reason,
        after=change.number,
        **said,
    )


def _set_review(
    rule_set: RuleSet,
    start: date,
    next_review: date | None,
    *,
    lasting: bool,
    now: datetime,
) -> None:
    """Set the day of the next review; take away one that a lasting new revision has overtaken."""
    if next_review is not None:
        if next_review <= max(start, day_of(now)):
            raise Refused([_("Næste gennemgang skal ligge efter udgavens første dag.")])
    elif not lasting or rule_set.next_review is None or rule_set.next_review > start:
        return
    RuleSet.objects.filter(pk=rule_set.pk).update(next_review=next_review)


def _in_words(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


def _supersede(rule_set: RuleSet, start: date, *, actor: User, now: datetime) -> None:
    for earlier in rule_set.revisions.published().filter(effective_from=start):
        move("supersede", revision=earlier, seen=earlier.lock_version)
        record_event(Event.Kind.REVISION_SUPERSEDED, earlier, actor=actor, now=now)
