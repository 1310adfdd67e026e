"""A revision's content as fields and back: nothing is lost, whatever the revision says."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from django.http import QueryDict

from editing.drafts.formset import SECTIONS, Page
from editing.drafts.source_list import SourceList
from pathways.models import Revision, RuleSetKind
from pathways.rules import content as contents
from pathways.rules.content import ImagingRow, RequirementRow, RevisionContent
from tests.editing.browser import post_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_data")]


def sent(page: Page) -> QueryDict:
    """Return the page as a browser sends it: line ends and all."""
    data = QueryDict(mutable=True)
    for name, value in post_of(page).items():
        values = value if isinstance(value, list) else [value]
        data.setlist(name, [text.replace("\n", "\r\n") for text in values])
    return data


def test_every_revision_of_the_directory_is_the_same_after_the_form() -> None:
    kinds = dict(
        Revision.objects.exclude(rule_set__kind=RuleSetKind.CATCHMENT).values_list(
            "pk", "rule_set__kind"
        )
    )
    sources = SourceList()

    before = contents.read(kinds)
    after: dict[int, RevisionContent] = {}
    for pk, content in before.items():
        page = Page.of_post(kinds[pk], sent(Page.of_content(kinds[pk], content, sources)), sources)
        assert page.check(), page.faults()
        after[pk] = page.content()

    assert after == before
    assert {name for c in before.values() for name in contents.SECTIONS if getattr(c, name)} == {
        name for names in SECTIONS.values() for name in names
    }


FILLED = ImagingRow(
    examination="MR columna",
    modality="MRI",
    main="MR",
    part="columna",
    way=3,
    area_basis="1081 0813",
    department="Radiologisk afdeling",
    access="DIRECT",
    access_wording="henvisning fra egen læge",
    conditions="Kun efter kriterier.",
    warning="Gælder ikke børn.",
    drop_in="nej",
    expected_wait="to uger",
    wait_days=14,
    recipient="Røntgen",
    ordered_by="GP",
    followed_up_by="GP",
    patient_informed_by="GP",
    finding_acted_on_by="GP",
    answer="pr. brev til egen læge",
    answer_next_step="ny henvisning til CT",
    modality_changed_by="IMAGING",
    locator="s. 54",
    status="evidence",
    basis="reported",
    sources=("vive-2018",),
    as_of="2018",
)


@pytest.mark.parametrize("way", [1, 2, 3, None])
def test_every_field_of_an_imaging_line_is_the_same_after_the_form(way: int | None) -> None:
    sources = SourceList()
    content = RevisionContent(
        imaging=(replace(FILLED, way=way, sources=(sources.options[0].key,)),)
    )
    page = Page.of_content(RuleSetKind.IMAGING, content, sources)

    page = Page.of_post(RuleSetKind.IMAGING, sent(page), sources)

    assert page.check(), page.faults()
    assert page.content() == content
    assert all(value not in ("", None) for value in vars_of(FILLED).values())


REJECTED = RequirementRow(
    kind="insufficient",
    text="Afvises",
    code="REJECTED",
    interval_days=2,
    interval_from="REFERRAL_RECEIVED",
    interval_to="ANSWERED",
    told_by="UNIT",
    told_how="telefonisk",
    locator="afsnit 4.2.1",
    basis="stated",
    sources=("vive-2018",),
)


def page_of(row: RequirementRow) -> Page:
    sources = SourceList()
    content = RevisionContent(requirements=(replace(row, sources=(sources.options[0].key,)),))
    return Page.of_post(
        RuleSetKind.TRACK, sent(Page.of_content(RuleSetKind.TRACK, content, sources)), sources
    )


def test_interval_rejection_and_locator_are_the_same_after_the_form() -> None:
    page = page_of(REJECTED)

    assert page.check(), page.faults()
    (row,) = page.content().requirements
    assert replace(row, sources=REJECTED.sources) == REJECTED


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"kind": "process", "code": ""}, "text", "Hører ikke til linjens art."),
        ({"interval_days": None}, "interval_days", "Skriv, hvor mange dage fristen er på."),
        (
            {"interval_from": "", "interval_to": ""},
            "interval_to",
            "Vælg, hvad fristen går fra eller til.",
        ),
        ({"interval_to": "REFERRAL_RECEIVED"}, "interval_to", "Fristen går fra og til det samme."),
    ],
)
def test_what_does_not_go_together_is_said_at_its_field(
    changes: dict[str, object], field: str, words: str
) -> None:
    page = page_of(replace(REJECTED, **changes))

    assert not page.check()
    (entry,) = page.entries()
    assert entry.form is not None
    assert words in entry.form.errors[field]


def test_rejection_is_asked_about_in_lines_on_rejection_only() -> None:
    rejected, other = (page_of(replace(REJECTED, **c)) for c in ({}, {"kind": "goal", "code": ""}))

    shown = []
    for page in (rejected, other):
        (entry,) = page.entries()
        assert entry.form is not None
        shown.append({field.name for field in entry.form.rare_fields})
    assert shown[0] - shown[1] == {"told_by", "told_how"}


def vars_of(row: ImagingRow) -> dict[str, object]:
    return {field.name: getattr(row, field.name) for field in fields(row)}


def test_withdrawal_is_the_same_after_the_form() -> None:
    content = RevisionContent(withdrawal="Afdelingen er lukket.")
    page = Page.of_content(RuleSetKind.TRACK, content, SourceList())

    page = Page.of_post(RuleSetKind.TRACK, sent(page), SourceList())

    assert page.check()
    assert page.content() == content
