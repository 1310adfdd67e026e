"""The pages Eksport and Import: who gets what, and what becomes of a file between two of them."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from editing.exchange import zip_safety
from editing.models import WaitingFile
from pathways.models import Revision, Status
from regions.models import Event, User
from tests.pathways import world as worlds
from tests.pathways.world import NOW, TODAY, World
from units.models import UnitDetails

from .exchanged import publish_all, workbook

SignedIn = Callable[[User], Client]
EXPORT = "/redaktion/region/midtjylland/eksport/"
IMPORT = "/redaktion/region/midtjylland/import/"
NEW_TEXT = ("Krav", 2, "text", "CT inden for en uge.")


@pytest.fixture
def published(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    # The page's day is the day of the small world.
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    publish_all(world)
    worlds.actions.set_unit_details(
        unit=world.silkeborg,
        valid_from=worlds.LONG_AGO,
        values={"name": "Diagnostisk Center", "basis": "stated"},
        sources=("sundhed-dk",),
        actor=world.editor,
        now=NOW,
    )
    return world


@pytest.fixture
def editor(published: World, signed_in: SignedIn) -> Client:
    return signed_in(published.editor)


def send(client: Client, data: bytes, name: str = "midt.xlsx") -> Any:
    return client.post(IMPORT, {"handling": "send", "fil": SimpleUploadedFile(name, data)})


def decide(client: Client, **more: Any) -> Any:
    """Take the file in as somebody who has looked in the sources of what it changes."""
    plan = client.get(IMPORT).context.get("plan")
    seen = plan.fingerprint if plan else "x"
    looked = (
        [*(rules.key for rules in plan.rules), *(d.choice for d in plan.details)] if plan else []
    )
    form = {"handling": "indlaes", "seen": seen, "efterset": looked}
    return client.post(IMPORT, {**form, **more})


def test_changed_fact_without_a_new_source_is_asked_about(editor: Client) -> None:
    send(editor, workbook(NEW_TEXT))

    page = editor.get(IMPORT).text
    refused = decide(editor, efterset=[])
    taken = decide(editor)

    assert 'name="efterset"' in page
    assert refused.status_code == 422
    assert "har kilden til det, der stod før" in refused.text
    assert taken.status_code == 302


# Out ----------------------------------------------------------------------------------------


def test_export_page_says_what_the_file_will_hold(editor: Client) -> None:
    page = editor.get(EXPORT)

    assert page.status_code == 200
    assert {sheet.name: rows for sheet, rows in page.context["sheets"]}["Områder"] == 2


@pytest.mark.parametrize(("form", "ending"), [("xlsx", "xlsx"), ("csv", "zip")])
def test_file_is_sent_under_the_regions_name_and_date(
    editor: Client, form: str, ending: str
) -> None:
    answer = editor.get(EXPORT, {"form": form, "dato": "2027-01-01"})

    assert answer.status_code == 200
    assert answer["Content-Disposition"] == (
        f'attachment; filename="udredningsvejviseren-midtjylland-2027-01-01.{ending}"'
    )
    assert answer.content.startswith(b"PK")


def test_workbook_has_frozen_headings_lists_and_codes_as_text(editor: Client) -> None:
    data = editor.get(EXPORT, {"form": "xlsx"}).content

    book = load_workbook(io.BytesIO(data))

    assert book.sheetnames[0] == "Læs mig"
    sheet = book["Områder"]
    assert sheet.freeze_panes == "B2"
    assert sheet["D2"].value == "0740"
    assert sheet["D2"].data_type == "s"
    assert {rule.type for rule in sheet.data_validations.dataValidation} == {"list"}
    assert book["Lister"].sheet_state == "hidden"


def test_date_that_is_none_is_shown_again_with_the_reason(editor: Client) -> None:
    page = editor.get(EXPORT, {"form": "xlsx", "dato": "i går"})

    assert page.status_code == 422
    assert "»i går« er ikke en dato" in page.content.decode()


def test_text_too_long_for_a_cell_leads_to_the_csv_files(published: World, editor: Client) -> None:
    long = worlds.RevisionContent(requirements=(worlds.requirement(text="x" * 40_000),))
    worlds.publish_rules(published, content=long, effective_from=TODAY)

    page = editor.get(EXPORT, {"form": "xlsx"})

    assert page.status_code == 422
    assert "Hent CSV-filerne i stedet" in page.content.decode()
    assert editor.get(EXPORT, {"form": "csv"}).status_code == 200


@pytest.mark.parametrize(
    ("persona", "address", "status"),
    [
        ("reviewer", EXPORT, 200),
        ("reviewer", IMPORT, 403),
        ("editor", IMPORT, 200),
        ("neighbour", EXPORT, 404),
        ("neighbour", IMPORT, 404),
        ("national", EXPORT, 404),
        ("editor", "/redaktion/nationalt/eksport/", 404),
        ("editor", "/redaktion/nationalt/import/", 404),
        ("national", "/redaktion/nationalt/eksport/", 200),
        ("national", "/redaktion/nationalt/import/", 200),
        ("operator", "/redaktion/nationalt/import/", 200),
        ("editor", "/redaktion/region/nowhere/eksport/", 404),
        ("easterner", "/redaktion/region/oestdanmark/import/", 200),
    ],
)
def test_who_sees_which_page(
    published: World, signed_in: SignedIn, persona: str, address: str, status: int
) -> None:
    answer = signed_in(published.people()[persona]).get(address)

    assert answer.status_code == status


@pytest.mark.parametrize("address", [EXPORT, IMPORT])
def test_who_is_not_signed_in_is_sent_to_log_in(client: Client, db: None, address: str) -> None:
    answer = client.get(address)

    assert answer.status_code == 302
    assert "login" in answer["Location"]


@pytest.mark.parametrize(("address", "method"), [(EXPORT, "post"), (IMPORT, "put")])
def test_other_methods_are_refused(editor: Client, address: str, method: str) -> None:
    assert getattr(editor, method)(address).status_code == 405


def test_colleague_without_the_right_is_told_which(published: World, signed_in: SignedIn) -> None:
    answer = signed_in(published.reviewer).get(IMPORT)

    assert "Det kræver rollen redaktør" in answer.content.decode()


# In -----------------------------------------------------------------------------------------


def test_file_is_previewed_and_then_taken_in(published: World, editor: Client) -> None:
    sent = send(editor, workbook(NEW_TEXT, ("Oplysninger", 2, "phone", "12 34 56 78")))
    preview = editor.get(IMPORT)
    unwritten = Revision.objects.filter(status=Status.DRAFT).exists()
    choice = f"dc-silkeborg {worlds.LONG_AGO}"

    decided = decide(editor, oplysninger=choice)

    assert (sent.status_code, decided.status_code) == (302, 302)
    assert "CT inden for en uge." in preview.content.decode()
    assert not unwritten
    assert Revision.objects.filter(status=Status.DRAFT).get().rule_set == published.track
    assert UnitDetails.objects.get().phone == "12 34 56 78"
    assert not WaitingFile.objects.exists()
    page = editor.get(IMPORT).content.decode()
    assert "Indlæst: 1 kladde er oprettet, 1 række oplysninger er sat." in page


def test_unticked_details_stay_as_they_are(editor: Client) -> None:
    send(editor, workbook(("Oplysninger", 2, "phone", "12 34 56 78")))

    decide(editor)

    assert UnitDetails.objects.get().phone == ""
    assert "Filen siger intet nyt." in editor.get(IMPORT).content.decode()


def test_faulty_file_is_not_kept_and_every_fault_is_shown(editor: Client) -> None:
    page = send(editor, workbook(("Krav", 2, "basis", "oplist"), ("Krav", 2, "sources", "")))

    assert page.status_code == 422
    assert [fault.column for fault in page.context["faults"]] == ["Grundlag", "Kilder"]
    assert not WaitingFile.objects.exists()


def test_what_is_no_file_is_refused(editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    without = editor.post(IMPORT, {"handling": "send"})
    nonsense = editor.post(IMPORT, {"handling": "?"})
    monkeypatch.setattr(zip_safety, "LARGEST_FILE", 10)
    large = send(editor, b"x" * 11)

    assert (without.status_code, nonsense.status_code, large.status_code) == (422, 422, 422)
    assert "Vælg en fil." in without.content.decode()
    assert "større end" in large.content.decode()


def test_open_draft_is_replaced_only_when_ticked(published: World, editor: Client) -> None:
    other = worlds.RevisionContent(requirements=(worlds.requirement("Noget tredje."),))
    draft = worlds.draft_rules(published, content=other)
    send(editor, workbook(NEW_TEXT))
    preview = editor.get(IMPORT).content.decode()

    decide(editor, erstat=published.track.key)

    draft.refresh_from_db()
    assert "siger noget andet end filen" in preview
    assert draft.lock_version == 1


def test_change_since_the_preview_is_shown_before_anything_is_written(
    published: World, editor: Client
) -> None:
    send(editor, workbook(NEW_TEXT, ("Oplysninger", 2, "phone", "12 34 56 78")))
    seen = editor.get(IMPORT).context["plan"].fingerprint
    worlds.draft_rules(published)
    before = Event.objects.count()
    choice = f"dc-silkeborg {worlds.LONG_AGO}"

    answer = editor.post(
        IMPORT,
        {"handling": "indlaes", "seen": seen, "oplysninger": choice, "efterset": [choice, "track"]},
    )

    assert answer.status_code == 409
    assert "Noget er ændret, siden siden blev vist" in answer.content.decode()
    assert f'value="{choice}" checked' in answer.content.decode()
    assert Event.objects.count() == before
    assert WaitingFile.objects.exists()


def test_refusal_keeps_the_file_and_what_was_ticked(
    editor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(editor, workbook(NEW_TEXT))

    def refuse(**_given: Any) -> None:
        raise worlds.actions.Refused(["Det går ikke."])

    monkeypatch.setattr(worlds.actions, "start_draft", refuse)

    answer = decide(editor)

    assert answer.status_code == 422
    assert "track: Det går ikke." in answer.content.decode()
    assert WaitingFile.objects.exists()


def test_file_that_is_dropped_is_gone(editor: Client) -> None:
    send(editor, workbook(NEW_TEXT))

    answer = editor.post(IMPORT, {"handling": "fortryd"})

    assert answer.status_code == 302
    assert not WaitingFile.objects.exists()
    assert decide(editor).status_code == 409


def test_file_waits_a_day_for_its_sender_alone(
    published: World, signed_in: SignedIn, editor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(editor, workbook(NEW_TEXT))
    colleague = signed_in(published.administrator)

    before = ["plan" in client.get(IMPORT).context for client in (editor, colleague)]
    later: datetime = NOW + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    # The session has ended as well.
    after = "plan" in signed_in(published.editor).get(IMPORT).context
    send(signed_in(published.administrator), workbook(NEW_TEXT))

    assert before == [True, False]
    assert not after
    assert [file.person for file in WaitingFile.objects.all()] == [published.administrator]


def test_second_file_takes_the_place_of_the_first(editor: Client) -> None:
    send(editor, workbook(NEW_TEXT), "foerste.xlsx")

    send(editor, workbook(NEW_TEXT), "anden.xlsx")

    assert [file.name for file in WaitingFile.objects.all()] == ["anden.xlsx"]


def test_database_refuses_two_waiting_files_and_one_of_nobodys_rules(published: World) -> None:
    row = {"person": published.editor, "name": "a", "content": b"", "sent_at": NOW}
    WaitingFile.objects.create(scope="midtjylland", **row)

    for scope in ("midtjylland", ""):
        with pytest.raises(IntegrityError), transaction.atomic():
            WaitingFile.objects.create(scope=scope, **row)


def test_scheduled_revision_is_named_beside_the_difference(
    editor: Client, published: World
) -> None:
    coming = TODAY + timedelta(days=20)
    later = worlds.RevisionContent(requirements=(worlds.requirement("Fra december."),))
    worlds.publish_rules(published, content=later, effective_from=coming)

    send(editor, workbook(NEW_TEXT))

    assert "Udgave 2 er planlagt fra" in editor.get(IMPORT).text
