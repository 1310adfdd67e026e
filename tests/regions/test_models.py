from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError

from regions.models import (
    Event,
    Municipality,
    Region,
    RegionMembership,
    Source,
    SystemAccount,
    User,
    partial_date_words,
    system_user,
)
from regions.models.sources import validate_partial_date

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "name", "kind", "label"),
    [
        ("0183", "Ishøj", "municipality", "Ishøj Kommune"),
        ("0101", "København", "municipality", "Københavns Kommune"),
        ("0400", "Bornholm", "municipality", "Bornholms Regionskommune"),
        ("0411", "Christiansø", "outside", "Christiansø"),
    ],
)
def test_municipality_is_called_by_its_label(code: str, name: str, kind: str, label: str) -> None:
    assert Municipality(code=code, name=name, kind=kind).label == label


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ""),
        ("2018", "2018"),
        ("2024-09", "september 2024"),
        ("2020-10-01", "1. oktober 2020"),
    ],
)
def test_partial_date_is_said_in_words(text: str, said: str) -> None:
    assert partial_date_words(text) == said


@pytest.mark.parametrize("text", ["", "2018", "2024-09", "2024-02-29"])
def test_partial_date_is_accepted(text: str) -> None:
    validate_partial_date(text)


@pytest.mark.parametrize(
    "text", ["18", "2018-", "2018-13", "2018-1", "2023-02-29", "2018-01-01-01", "ikke vist", "-"]
)
def test_partial_date_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        validate_partial_date(text)


def test_source_whose_owner_nobody_knows_says_so() -> None:
    source = Source(key="x", publisher="", copied_by="in-jet.eu", date="2018")

    assert source.short == "ejer ukendt 2018"


@pytest.mark.parametrize(
    ("day", "short"), [("2018", "VIVE 2018"), ("2020-10-01", "VIVE 2020"), ("", "VIVE (uden dato)")]
)
def test_source_is_named_by_publisher_and_year(day: str, short: str) -> None:
    assert Source(key="x", publisher="VIVE", date=day).short == short


# Memberships in force


@pytest.fixture
def moving(midtjylland: Region) -> Municipality:
    """Return a municipality that changes region on 2027-01-01."""
    east = Region.objects.create(name="Region Øst", slug="oest", valid_from=date(2027, 1, 1))
    area = Municipality.objects.create(code="0336", name="Stevns", slug="stevns")
    for region, start in ((midtjylland, date(2007, 1, 1)), (east, date(2027, 1, 1))):
        RegionMembership.objects.create(municipality=area, region=region, valid_from=start)
    return area


@pytest.mark.parametrize(
    ("on", "regions"),
    [
        (date(2006, 12, 31), []),
        (date(2007, 1, 1), ["midtjylland"]),
        (date(2026, 12, 31), ["midtjylland"]),
        (date(2027, 1, 1), ["oest"]),
    ],
)
def test_membership_holds_from_its_start_until_the_next(
    moving: Municipality, on: date, regions: list[str]
) -> None:
    found = RegionMembership.objects.in_force(on).filter(municipality=moving)

    assert list(found.values_list("region__slug", flat=True)) == regions


def test_filter_never_hides_the_row_that_took_over(
    moving: Municipality, midtjylland: Region
) -> None:
    old = RegionMembership.objects.filter(region=midtjylland)

    assert not old.in_force(date(2027, 1, 1)).exists()


def test_next_start_is_that_of_the_row_that_takes_over(moving: Municipality) -> None:
    found = RegionMembership.objects.with_next_start().order_by("valid_from")

    assert [row.next_start for row in found] == [date(2027, 1, 1), None]


def test_another_municipality_is_no_rival(moving: Municipality, midtjylland: Region) -> None:
    other = Municipality.objects.create(code="0740", name="Silkeborg", slug="silkeborg")
    RegionMembership.objects.create(
        municipality=other, region=midtjylland, valid_from=date(2007, 1, 1)
    )

    found = RegionMembership.objects.in_force(date(2027, 1, 1))

    assert {row.municipality_id for row in found} == {"0336", "0740"}


# Events


def _event(actor: User, *, changes_answers: bool = False) -> Event:
    return Event.objects.create(
        at=NOW, actor=actor, kind="test", subject="x", changes_answers=changes_answers
    )


def test_directory_version_counts_only_events_that_change_answers(operator: User) -> None:
    _event(operator)
    _event(operator, changes_answers=True)
    _event(operator, changes_answers=True)

    assert Event.objects.directory_version() == 2


def test_directory_version_moves_when_a_lower_id_commits_late(operator: User) -> None:
    late = Event(pk=900, at=NOW, actor=operator, kind="late", subject="x", changes_answers=True)
    Event.objects.create(
        pk=901, at=NOW, actor=operator, kind="early", subject="x", changes_answers=True
    )
    before = Event.objects.directory_version()

    late.save(force_insert=True)

    assert Event.objects.directory_version() == before + 1


def test_event_is_never_saved_again(operator: User) -> None:
    event = _event(operator)
    event.reason = "efterrationaliseret"

    with pytest.raises(TypeError):
        event.save()

    event.refresh_from_db()
    assert event.reason == ""


def test_event_is_never_deleted(operator: User) -> None:
    event = _event(operator)

    with pytest.raises(TypeError):
        event.delete()
    with pytest.raises(TypeError):
        Event.objects.all().delete()

    assert Event.objects.filter(pk=event.pk).exists()


def test_events_are_never_changed_together(operator: User) -> None:
    event = _event(operator)

    with pytest.raises(TypeError):
        Event.objects.update(reason="x")

    event.refresh_from_db()
    assert event.reason == ""


def test_user_with_events_stays(operator: User) -> None:
    _event(operator)

    with pytest.raises(ProtectedError):
        operator.delete()


@pytest.mark.django_db
@pytest.mark.parametrize("account", SystemAccount)
def test_system_user_is_one_and_cannot_log_in(account: SystemAccount) -> None:
    first, second = system_user(account), system_user(account)

    assert first == second
    assert not first.is_active
    assert not first.has_usable_password()
