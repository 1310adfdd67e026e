"""The database refuses wrong states: every constraint has a write that violates it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from pathways import actions
from pathways.models import Lead, PageVote, Pathway, Report
from pathways.rules.content import RevisionContent
from regions.models import (
    Border,
    District,
    Event,
    Municipality,
    Outline,
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

from . import world as worlds
from .workflow_violations import CHANGED as WORKFLOW
from .world import NOW, World

Rows = dict[str, models.Model]

EXAMPLE_CONTENT = RevisionContent(requirements=(worlds.requirement(basis="example"),))
LEAD = {"topics": "phone", "about": "Telefon", "state": "not_found", "where": "Regionens side"}
# Rows that a changed column refers to: read by the database, since none exists yet here.
AUDITOR = models.Subquery(User.objects.filter(username="auditor").values("pk"))
MIDTJYLLAND = models.Subquery(Region.objects.filter(slug="midtjylland").values("pk"))
PATHWAY = models.Subquery(Pathway.objects.values("pk"))


@pytest.fixture(scope="module")
def made_once(django_db_setup: None, django_db_blocker: Any) -> Iterator[Rows]:
    """Make the rows for the whole module: every violation is rolled back by itself."""
    with django_db_blocker.unblock(), transaction.atomic():
        rows = make_rows(worlds.build())
        connection.check_constraints()
        with django_db_blocker.block():
            yield rows
        transaction.set_rollback(True)


@pytest.fixture
def rows(made_once: Rows, db: None) -> Rows:
    return made_once


def make_rows(world: World) -> Rows:
    """Return a valid row of every shape that the violations start from."""
    Municipality.objects.filter(pk="0740").update(dagi_id="389100")
    valby = District.objects.get(slug="valby")
    draft = worlds.draft_rules(world)
    routes = RevisionContent(
        routes=(
            worlds.route("de-hvidovre", municipality="0167"),
            worlds.route("de-hvidovre", district="0101:valby"),
            worlds.route("de-hvidovre", postcode="2500"),
        )
    )
    areas = worlds.draft_rules(world, world.old_catchment, routes)
    imaging = worlds.draft_rules(
        world, world.imaging, RevisionContent(imaging=(worlds.examination(),))
    )
    discarded = worlds.draft_rules(world, world.national_rules)
    actions.discard(revision=discarded, seen=0, actor=world.operator, now=NOW)
    published = worlds.publish_rules(world, world.eastern_track)
    commented = worlds.submit_rules(world, world.new_catchment, routes)
    whole = {"revision": commented, "seen": 1, "actor": world.operator, "now": NOW}
    remark = actions.comment(**whole, text="Hvorfor?")
    line_remark = actions.comment(**whole, text="Hvorfor?", line_kind="route", position=1)
    urgent = worlds.draft_rules(world, world.example_track, EXAMPLE_CONTENT)
    actions.publish_in_emergency(
        revision=urgent,
        seen=0,
        actor=world.operator,
        now=NOW,
        effective_from=NOW.date(),
        reason="Det haster.",
    )
    report = {"wrong": "Forældet.", "how_known": "Nyt brev.", "email": "", "on": NOW.date()}
    line = {"revision": published, "line_kind": "step", "position": 1}
    actions.file_report(form_key="line", **line, **report)
    actions.file_report(form_key="page", page="/om/", **report)
    actions.file_report(form_key="settled", page="/om/", **report)
    settled = Report.objects.get(form_key="settled")
    settling = {"state": "answered", "answer": "Rettet.", "actor": world.operator, "now": NOW}
    actions.set_state(report=settled, seen=1, **settling)
    actions.count_vote(page="/om/", question="found", yes=True, on=NOW.date())
    days = {"starts_on": worlds.TODAY, "ends_on": worlds.TOMORROW}
    notice = actions.set_notice(
        unit=world.silkeborg, text="CT er lukket.", actor=world.editor, now=NOW, **days
    )
    leads = {
        "of-unit": {**LEAD, "unit": world.silkeborg},
        "of-region": {**LEAD, "region": Region.objects.get(slug="midtjylland")},
    }
    actions.set_leads(wanted=leads, actor=world.operator, now=NOW)
    by_municipality, by_district, by_postcode = areas.routes.order_by("position")
    return {
        "region": Region.objects.get(slug="midtjylland"),
        "municipality": Municipality.objects.get(pk="0740"),
        "membership": RegionMembership.objects.get(municipality="0740"),
        "district": valby,
        "postcode": Postcode.objects.get(pk="8600"),
        "pair": PostcodePlace.objects.get(postcode="8600"),
        "district_place": PostcodePlace.objects.create(
            postcode_id="2500", municipality_id="0101", district=valby
        ),
        "streets": PostcodeStreets.objects.create(postcode_id="8620", register="\n"),
        "village": Village.objects.create(
            name="Vinderslev", key="vinderslev", postcode_id="8620", municipality_id="0740"
        ),
        "outline": Outline.objects.create(municipality_id="0740", path="M0 0z", x=1, y=2),
        "border": Border.objects.create(first_id="0740", second_id="0791", path="M0 0"),
        "source": Source.objects.get(pk="sst-2022"),
        "addressed": User.objects.create_user("first", email="anna@example.org"),
        "regional_role": RegionRole.objects.get(user=world.editor),
        "national_role": RegionRole.objects.get(user=world.national),
        "event": Event.objects.latest("pk"),
        "unit": world.silkeborg,
        "details": actions.set_unit_details(
            unit=world.silkeborg,
            valid_from=date(2022, 1, 1),
            values={"basis": "stated", "hospital": "Regionshospitalet Silkeborg"},
            sources=("sundhed-dk",),
            actor=world.editor,
            now=NOW,
        ),
        "pathway": Pathway.objects.get(),
        "national_rules": world.national_rules,
        "catchment": world.catchment,
        "track": world.track,
        "imaging": world.imaging,
        "draft": draft,
        "in_review": worlds.submit_rules(world, world.catchment, worlds.CATCHMENT_CONTENT),
        "published": published,
        "discarded": discarded,
        "remark": remark,
        "line_remark": line_remark,
        "urgent": urgent,
        "requirement": draft.requirements.get(),
        "step": draft.steps.get(),
        "route": by_municipality,
        "district_route": by_district,
        "postcode_route": by_postcode,
        "imaging_rule": imaging.imagingrules.get(),
        "report": Report.objects.get(form_key="line"),
        "page_report": Report.objects.get(form_key="page"),
        "settled": settled,
        "vote": PageVote.objects.get(),
        "notice": notice,
        "lead": Lead.objects.get(key="of-unit"),
        "regional_lead": Lead.objects.get(key="of-region"),
    }


# constraint, row to start from, columns that make it wrong. A copy is saved as a second row.
CHANGED: list[tuple[str, str, dict[str, Any]]] = [
    ("region_code_four_digits", "region", {"code": "108"}),
    ("municipality_kind_known", "municipality", {"kind": "city"}),
    ("postcode_kind_known", "postcode", {"kind": "rural"}),
    ("postcode_place_street_share_0_to_1", "pair", {"street_share": 1.5}),
    ("postcode_place_area_share_0_to_1", "pair", {"area_share": -0.1}),
    ("postcode_streets_whole_lines", "streets", {"register": ""}),
    ("postcode_streets_whole_lines", "streets", {"register": "x\n"}),
    ("outline_path_not_blank", "outline", {"path": ""}),
    ("border_path_not_blank", "border", {"path": ""}),
    ("border_lower_code_first", "border", {"second": "0101"}),
    ("border_lower_code_first", "border", {"second": "0740"}),
    ("source_date_partial_iso", "source", {"date": "2022-13"}),
    ("source_date_partial_iso", "source", {"date": "marts"}),
    ("source_kind_known", "source", {"kind": "rumour"}),
    ("source_read_known", "source", {"read": "half"}),
    ("source_rank_known", "source", {"rank": 0}),
    ("source_rank_known", "source", {"rank": 5}),
    ("region_role_known", "regional_role", {"role": "owner"}),
    ("national_editor_has_no_region", "regional_role", {"region": None}),
    ("national_editor_has_no_region", "national_role", {"role": "editor"}),
    ("event_kind_and_subject", "event", {"kind": ""}),
    ("event_kind_and_subject", "event", {"subject": ""}),
    ("unit_kind_known", "unit", {"kind": "ward"}),
    ("only_an_example_unit_lies_nowhere", "unit", {"municipality": None}),
    ("only_an_example_unit_lies_nowhere", "unit", {"is_example": True}),
    ("unitdetails_basis_known", "details", {"basis": "rumour"}),
    ("unitdetails_as_of_is_a_date", "details", {"as_of": "2022-3"}),
    ("unitdetails_location_number_holds", "details", {"location_number": "5790000123457"}),
    ("unitdetails_location_number_holds", "details", {"location_number": "579000012345"}),
    ("unitdetails_location_number_holds", "details", {"location_number": "579000012345X"}),
    ("unitdetails_sor_code_holds", "details", {"sor_code": "1234567890"}),
    ("unitdetails_shak_code_holds", "details", {"shak_code": "66200"}),
    ("unitdetails_shak_code_holds", "details", {"shak_code": "662o"}),
    ("unitdetails_goal_known", "details", {"goal": "HEALTH"}),
    ("notice_says_something", "notice", {"text": ""}),
    ("notice_ends_after_it_starts", "notice", {"ends_on": date(2026, 11, 21)}),
    ("notice_withdrawn_by_and_at_together", "notice", {"withdrawn_at": NOW}),
    ("notice_withdrawn_by_and_at_together", "notice", {"withdrawn_by": models.F("created_by")}),
    ("pathway_way_known", "pathway", {"way": 4}),
    ("ruleset_has_the_owner_of_its_kind", "national_rules", {"pathway": None}),
    ("ruleset_has_the_owner_of_its_kind", "national_rules", {"kind": "imaging"}),
    ("ruleset_has_the_owner_of_its_kind", "catchment", {"service": ""}),
    ("ruleset_has_the_owner_of_its_kind", "catchment", {"track": "MAS"}),
    ("ruleset_has_the_owner_of_its_kind", "track", {"unit": None}),
    ("ruleset_has_the_owner_of_its_kind", "track", {"track": ""}),
    ("ruleset_has_the_owner_of_its_kind", "imaging", {"kind": "all"}),
    ("ruleset_service_known", "catchment", {"service": "laundry"}),
    ("ruleset_track_known", "track", {"track": "FAST"}),
    ("ruleset_confirmed_on_and_by_together", "track", {"confirmed_on": NOW.date()}),
    ("revision_status_known", "draft", {"status": "LIVE"}),
    ("published_means_complete", "published", {"effective_from": None}),
    ("published_means_complete", "published", {"submitted_by": None, "submitted_at": None}),
    ("published_means_complete", "published", {"published_by": None, "published_at": None}),
    ("published_by_someone_else", "published", {"submitted_by": models.F("published_by")}),
    ("in_review_means_submitted", "in_review", {"submitted_by": None, "submitted_at": None}),
    (
        "only_an_approved_revision_has_a_publisher",
        "draft",
        # Not its writer, whom another constraint refuses as well.
        {"published_by": AUDITOR, "published_at": NOW},
    ),
    ("submitted_by_and_at_together", "in_review", {"submitted_at": None}),
    ("published_by_and_at_together", "published", {"published_at": None}),
    *WORKFLOW,
    *(
        (f"{model}_{constraint}", row, changes)
        for model, row in (
            ("requirement", "requirement"),
            ("step", "step"),
            ("route", "route"),
            ("imagingrule", "imaging_rule"),
        )
        for constraint, changes in (
            ("basis_known", {"basis": "rumour"}),
            ("as_of_is_a_date", {"as_of": "2022-3"}),
        )
    ),
    *(
        (f"{model}_status_known", row, {"status": status})
        for model, row in (("requirement", "requirement"), ("imagingrule", "imaging_rule"))
        for status in ("", "rumour")
    ),
    ("requirement_kind_known", "requirement", {"kind": "wish"}),
    ("requirement_has_a_text", "requirement", {"text": ""}),
    ("requirement_code_of_its_kind", "requirement", {"code": "REJECTED"}),
    ("requirement_code_of_its_kind", "requirement", {"kind": "criteria", "code": "CT"}),
    ("requirement_actor_known", "requirement", {"actor": "PATIENT"}),
    ("requirement_told_by_known", "requirement", {"kind": "insufficient", "told_by": "PATIENT"}),
    ("requirement_columns_of_its_kind", "requirement", {"told_by": "UNIT"}),
    ("requirement_columns_of_its_kind", "requirement", {"told_how": "telefonisk"}),
    (
        "requirement_interval_from_known",
        "requirement",
        {"interval_days": 4, "interval_from": "MONDAY"},
    ),
    (
        "requirement_interval_to_known",
        "requirement",
        {"interval_days": 4, "interval_to": "MONDAY"},
    ),
    ("requirement_interval_between_two_events", "requirement", {"interval_days": 4}),
    ("requirement_interval_between_two_events", "requirement", {"interval_to": "ANSWERED"}),
    (
        "requirement_interval_between_two_events",
        "requirement",
        {"interval_days": 4, "interval_from": "ANSWERED", "interval_to": "ANSWERED"},
    ),
    ("requirement_strictness_known", "requirement", {"strictness": "MAYBE"}),
    ("step_actor_known", "step", {"actor": ""}),
    ("step_kind_known", "step", {"kind": "wait"}),
    ("step_repeats_earlier_steps", "step", {"position": 5, "repeats_from": 3, "repeats_to": 2}),
    ("step_repeats_earlier_steps", "step", {"position": 5, "repeats_from": 3, "repeats_to": 5}),
    ("step_repeats_earlier_steps", "step", {"position": 5, "repeats_from": 3}),
    ("step_repeats_earlier_steps", "step", {"position": 5, "repeats_to": 3}),
    ("route_names_one_area", "route", {"municipality": None}),
    ("route_names_one_area", "route", {"postcode": "8600"}),
    ("route_without_unit_is_unknown", "route", {"unit": None}),
    ("route_map_kind_known", "route", {"map_kind": "rumour"}),
    ("imagingrule_has_an_examination", "imaging_rule", {"examination": ""}),
    ("imagingrule_access_known", "imaging_rule", {"access": ""}),
    ("imagingrule_modality_known", "imaging_rule", {"modality": "EKG"}),
    ("imagingrule_main_known", "imaging_rule", {"main": "CT"}),
    ("imagingrule_way_known", "imaging_rule", {"way": 4}),
    *(
        (f"imagingrule_{column}_known", "imaging_rule", {column: "PATIENT"})
        for column in (
            "ordered_by",
            "followed_up_by",
            "patient_informed_by",
            "finding_acted_on_by",
            "modality_changed_by",
        )
    ),
    ("report_on_an_edition_or_a_page", "report", {"page": "/om/"}),
    ("report_on_an_edition_or_a_page", "page_report", {"page": ""}),
    ("report_on_an_edition_or_a_page", "page_report", {"line_kind": "step", "position": 1}),
    ("report_line_kind_and_position_together", "report", {"position": None}),
    ("report_line_kind_and_position_together", "report", {"position": 0}),
    ("report_line_kind_and_position_together", "report", {"line_kind": ""}),
    ("report_line_kind_and_position_together", "report", {"line_kind": "rumour"}),
    ("report_says_what_and_how_known", "report", {"wrong": ""}),
    ("report_says_what_and_how_known", "report", {"how_known": ""}),
    ("report_has_a_form_key", "report", {"form_key": ""}),
    ("report_settled_means_answered_and_nameless", "report", {"state": "answered"}),
    ("report_settled_means_answered_and_nameless", "report", {"state": "lost"}),
    ("report_settled_means_answered_and_nameless", "report", {"answer": "Rettet."}),
    ("report_settled_means_answered_and_nameless", "settled", {"email": "laege@example.dk"}),
    ("report_settled_means_answered_and_nameless", "settled", {"answer": ""}),
    ("report_settled_means_answered_and_nameless", "settled", {"answered_by": None}),
    ("vote_names_a_page", "vote", {"page": ""}),
    ("vote_question_known", "vote", {"question": "mood"}),
    ("lead_state_known", "lead", {"state": "rumour"}),
    ("lead_says_what_and_where", "lead", {"topics": ""}),
    ("lead_says_what_and_where", "lead", {"about": ""}),
    ("lead_says_what_and_where", "lead", {"where": ""}),
    ("lead_has_at_most_one_owner", "lead", {"region": MIDTJYLLAND}),
    ("lead_has_at_most_one_owner", "lead", {"pathway": PATHWAY}),
    ("lead_has_at_most_one_owner", "regional_lead", {"pathway": PATHWAY}),
]
COPIED: list[tuple[str, str, dict[str, Any]]] = [
    ("region_code_unique_when_known", "region", {"name": "Ny", "slug": "ny"}),
    (
        "municipality_code_four_digits",
        "municipality",
        {"code": "74", "name": "Ny", "slug": "ny", "dagi_id": ""},
    ),
    (
        "municipality_dagi_id_unique_when_known",
        "municipality",
        {"code": "0999", "name": "Ny", "slug": "ny"},
    ),
    ("one_region_membership_per_start", "membership", {}),
    ("district_number_unique_in_municipality", "district", {"name": "Ny", "slug": "ny"}),
    ("district_name_unique_in_municipality", "district", {"number": 99, "slug": "ny"}),
    ("district_slug_unique_in_municipality", "district", {"number": 99, "name": "Ny"}),
    ("postcode_four_digits", "postcode", {"code": "860"}),
    ("postcode_municipality_pair_unique", "pair", {}),
    ("postcode_district_unique", "district_place", {}),
    ("one_border_per_pair", "border", {}),
    ("village_unique", "village", {}),
    ("one_account_per_address", "addressed", {"username": "second"}),
    ("region_role_unique", "regional_role", {}),
    ("national_role_unique", "national_role", {}),
    ("one_details_row_per_unit_start", "details", {}),
    ("one_rule_set_per_pathway", "national_rules", {"key": "second"}),
    ("one_rule_set_per_region_matter", "catchment", {"key": "second"}),
    ("one_rule_set_per_unit_matter", "track", {"key": "second"}),
    ("one_revision_per_number", "discarded", {}),
    ("one_open_revision_per_rule_set", "draft", {"number": 99}),
    ("one_published_revision_per_start", "published", {"number": 99}),
    ("one_requirement_per_position", "requirement", {}),
    ("one_step_per_position", "step", {}),
    ("one_route_per_position", "route", {"municipality_id": "0101"}),
    ("one_imagingrule_per_position", "imaging_rule", {}),
    ("one_route_per_municipality", "route", {"position": 99}),
    ("one_route_per_district", "district_route", {"position": 99}),
    ("one_route_per_postcode", "postcode_route", {"position": 99}),
    ("one_count_per_page_and_day", "vote", {}),
]


def change(row: models.Model, values: dict[str, Any]) -> None:
    # The rows of the log refuse `update` in Python; here the database is asked.
    everything = models.QuerySet(type(row)).filter(pk=row.pk)
    everything.update(**values)


def copy(row: models.Model, values: dict[str, Any]) -> None:
    columns = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not isinstance(field, models.AutoField)
    }
    type(row)._base_manager.bulk_create([type(row)(**{**columns, **values})])


def violated(error: IntegrityError) -> str:
    """Return the violated constraint's name, or what SQLite says of a unique one."""
    if connection.vendor == "postgresql":
        return error.__cause__.diag.constraint_name
    said = str(error)
    return said.removeprefix("CHECK constraint failed: ")


@pytest.mark.parametrize(
    ("name", "row", "values"), CHANGED, ids=lambda value: value if isinstance(value, str) else ""
)
def test_database_refuses_a_wrong_row(
    rows: Rows, name: str, row: str, values: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        change(rows[row], values)

    assert violated(refusal.value) == name


@pytest.mark.parametrize(
    ("name", "row", "values"), COPIED, ids=lambda value: value if isinstance(value, str) else ""
)
def test_database_refuses_a_second_row(
    rows: Rows, name: str, row: str, values: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        copy(rows[row], values)

    said = violated(refusal.value)
    assert said == name or (
        connection.vendor == "sqlite"
        and said.startswith(f"UNIQUE constraint failed: {rows[row]._meta.db_table}.")
    )


def declared() -> Iterator[str]:
    for app in ("regions", "units", "pathways"):
        for model in apps.get_app_config(app).get_models():
            yield from (constraint.name for constraint in model._meta.constraints)


def test_every_declared_constraint_is_violated_by_a_test() -> None:
    tested = {name for name, _row, _values in (*CHANGED, *COPIED)}

    assert tested == set(declared())
