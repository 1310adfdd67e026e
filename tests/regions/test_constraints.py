"""Every constraint of the geography, violated on the database that the tests run on."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction

from regions.models import (
    District,
    Event,
    Municipality,
    Postcode,
    PostcodePlace,
    PostcodeStreets,
    Region,
    RegionMembership,
    RegionRole,
    Source,
    User,
    Village,
)

pytestmark = pytest.mark.django_db

JANUARY = date(2026, 1, 1)


@pytest.fixture(autouse=True)
def world(db: None) -> None:
    """One of everything, so that a second of the same can be refused."""
    region = Region.objects.create(code="1082", name="Midt", slug="midt", valid_from=JANUARY)
    silkeborg = Municipality.objects.create(
        code="0740", name="Silkeborg", slug="silkeborg", dagi_id="1"
    )
    Municipality.objects.create(code="0791", name="Viborg", slug="viborg")
    RegionMembership.objects.create(municipality=silkeborg, region=region, valid_from=JANUARY)
    nord = District.objects.create(municipality=silkeborg, number=1, name="Nord", slug="nord")
    postcode = Postcode.objects.create(code="8600", name="Silkeborg", kind="geographic")
    PostcodePlace.objects.create(postcode=postcode, municipality=silkeborg)
    PostcodePlace.objects.create(postcode=postcode, municipality=silkeborg, district=nord)
    Postcode.objects.create(code="8620", name="Kjellerup", kind="geographic")
    Village.objects.create(**village())
    user = User.objects.create_user("anna", "en@example.org")
    RegionRole.objects.create(user=user, region=region, role="editor")
    RegionRole.objects.create(user=user, role="national_editor")
    Source.objects.create(key="vive2018", publisher="VIVE", date="2018")


def village(**values: Any) -> dict[str, Any]:
    return {
        "postcode_id": "8600",
        "name": "Virklund",
        "key": "virklund",
        "municipality_id": "0740",
        **values,
    }


def streets(register: str) -> dict[str, Any]:
    return {"postcode_id": "8620", "register": register}


def region(**values: Any) -> dict[str, Any]:
    return {"code": "1", "name": "Ny", "slug": "ny", "valid_from": JANUARY, **values}


def municipality(**values: Any) -> dict[str, Any]:
    return {"code": "0999", "name": "Ny", "slug": "ny", **values}


def district(**values: Any) -> dict[str, Any]:
    return {"municipality_id": "0740", "number": 2, "name": "Syd", "slug": "syd", **values}


def place(**values: Any) -> dict[str, Any]:
    return {"postcode_id": "8600", "municipality_id": "0791", **values}


REFUSED: list[tuple[str, type[models.Model], dict[str, Any]]] = [
    ("region_code_unique_when_known", Region, region(code="1082")),
    ("region_code_four_digits", Region, region(code="108")),
    ("region_code_four_digits", Region, region(code="10a2")),
    ("regions_region.name", Region, region(code="", name="Midt")),
    ("regions_region.slug", Region, region(code="", slug="midt")),
    ("municipality_code_four_digits", Municipality, municipality(code="740")),
    ("municipality_kind_known", Municipality, municipality(kind="island")),
    ("municipality_dagi_id_unique_when_known", Municipality, municipality(dagi_id="1")),
    (
        "one_region_membership_per_start",
        RegionMembership,
        {"municipality_id": "0740", "valid_from": JANUARY},
    ),
    ("district_number_unique_in_municipality", District, district(number=1)),
    ("district_name_unique_in_municipality", District, district(name="Nord")),
    ("district_slug_unique_in_municipality", District, district(slug="nord")),
    ("postcode_four_digits", Postcode, {"code": "86", "name": "x", "kind": "geographic"}),
    ("postcode_kind_known", Postcode, {"code": "8601", "name": "x", "kind": "other"}),
    ("postcode_municipality_pair_unique", PostcodePlace, place(municipality_id="0740")),
    ("postcode_district_unique", PostcodePlace, place(municipality_id="0740", district="nord")),
    ("postcode_place_street_share_0_to_1", PostcodePlace, place(street_share=1.01)),
    ("postcode_place_street_share_0_to_1", PostcodePlace, place(street_share=-0.01)),
    ("postcode_place_area_share_0_to_1", PostcodePlace, place(area_share=1.01)),
    ("postcode_place_area_share_0_to_1", PostcodePlace, place(area_share=-0.01)),
    ("postcode_streets_whole_lines", PostcodeStreets, streets("")),
    ("postcode_streets_whole_lines", PostcodeStreets, streets("v\tVestergade\t\n")),
    ("postcode_streets_whole_lines", PostcodeStreets, streets("\nv\tVestergade\t")),
    ("village_unique", Village, village(key="v")),
    ("region_role_known", RegionRole, {"role": "chief", "region": "midt"}),
    ("national_editor_has_no_region", RegionRole, {"role": "national_editor", "region": "midt"}),
    ("national_editor_has_no_region", RegionRole, {"role": "editor"}),
    ("region_role_unique", RegionRole, {"role": "editor", "region": "midt"}),
    ("national_role_unique", RegionRole, {"role": "national_editor"}),
    ("one_account_per_address", User, {"username": "anden", "email": "en@example.org"}),
    ("source_date_partial_iso", Source, {"key": "x", "publisher": "x", "date": "2018-13"}),
    ("source_date_partial_iso", Source, {"key": "x", "publisher": "x", "date": "ca. 2018"}),
    ("source_kind_known", Source, {"key": "x", "publisher": "x", "kind": "rumour"}),
    ("source_read_known", Source, {"key": "x", "publisher": "x", "read": "half"}),
    ("source_rank_known", Source, {"key": "x", "publisher": "x", "rank": 0}),
    ("source_rank_known", Source, {"key": "x", "publisher": "x", "rank": 5}),
    ("event_kind_and_subject", Event, {"kind": "", "subject": "x"}),
    ("event_kind_and_subject", Event, {"kind": "x", "subject": ""}),
]


@pytest.mark.parametrize(("constraint", "model", "values"), REFUSED)
def test_database_refuses(
    constraint: str, model: type[models.Model], values: dict[str, Any]
) -> None:
    values = dict(values)
    if values.get("region") or model is RegionMembership:
        values["region"] = Region.objects.get(slug="midt")
    if values.get("district"):
        values["district"] = District.objects.get(slug="nord")
    if model is RegionRole:
        values["user"] = User.objects.get(username="anna")
    if model is Event:
        values |= {"actor": User.objects.get(username="anna"), "at": "2026-01-01T00:00Z"}

    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        model._default_manager.create(**values)

    assert _names(constraint, str(refusal.value))


def _names(constraint: str, message: str) -> bool:
    """Return whether the message is of this constraint; SQLite names columns when unique."""
    if constraint in message or constraint.replace(".", "_") in message:
        return True
    unique = "." in constraint or "unique" in constraint or constraint.startswith("one_")
    return unique and message.startswith("UNIQUE constraint failed: ")


def test_every_constraint_of_the_app_is_named_by_a_test() -> None:
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))

    declared = {
        constraint.name
        for model in apps.get_app_config("regions").get_models()
        for constraint in model._meta.constraints
    }

    assert {name for name in declared if name not in tests} == set()


def test_two_regions_may_wait_for_their_code() -> None:
    Region.objects.create(code="", name="Øst", slug="oest", valid_from=JANUARY)
    Region.objects.create(code="", name="Vest", slug="vest", valid_from=JANUARY)

    assert Region.objects.filter(code="").count() == 2
