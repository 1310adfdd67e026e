"""A control character that comes in is taken out, and one that is stored already breaks nothing."""

from __future__ import annotations

from io import BytesIO, StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from editing.exchange import csv_zip, xlsx
from editing.exchange.exporting import export_book
from editing.exchange.scope import Scope
from editing.exchange.validation import check
from mail import outbox
from mail.models import OutgoingMail
from pathways.middleware import cleaned
from pathways.models import Report, Requirement, Revision, RuleSet
from pathways.rules.content import read
from pathways.seed import tables
from pathways.seed.reading import _parsed
from regions.geography.files import File
from regions.models import Region
from regions.plain_text import is_clean
from units.models import UnitDetails

from .world import NOW, TODAY

pytestmark = pytest.mark.django_db

# What PostgreSQL can hold of what XML forbids, with what nobody sees.
UNSEEN = "\x01\x08\x0b\x0c\x0e\x1e\x1f\x7f\x85\u2028\u202e\u200b\ufeff\ufffe\uffff"
KEY = "track:unit:dc-silkeborg:MAS"


@pytest.fixture
def stored(real_data: None) -> Revision:
    """A revision of a unit, and the unit itself, stored before texts were cleaned."""
    revision = RuleSet.objects.get(key=KEY).revisions.in_force(TODAY).get()
    revision.lines = read([revision.pk])[revision.pk]
    Revision.objects.filter(pk=revision.pk).update(change_note=f"CT{UNSEEN}scanning")
    for one in Requirement.objects.filter(revision=revision):
        Requirement.objects.filter(pk=one.pk).update(text=f"{one.text}{UNSEEN}!")
    UnitDetails.objects.filter(unit__key="dc-silkeborg").update(name=f"Silkeborg{UNSEEN}")
    return revision


# What is stored ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "feed",
    [
        "/aendringer/",
        "/aendringer/enhed/dc-silkeborg/",
        "/aendringer/region/midtjylland/",
        "/aendringer/sted/8600/",
        "/en/aendringer/enhed/dc-silkeborg/",
    ],
)
def test_feed_of_what_is_stored_can_be_read(feed: str, client: Client, stored: Revision) -> None:
    said = client.get(f"{feed}atom.xml")

    assert said.status_code == 200
    assert "Silkeborg" in "".join(ElementTree.fromstring(said.content).itertext())
    assert is_clean(said.content.decode())


@pytest.mark.parametrize(
    "page",
    [
        "/sted/8600/",
        "/sted/8620/tjekliste/mas/",
        "/enheder/",
        "/enheder/dc-silkeborg/",
        "/enheder/liste.csv",
        f"/regler/{KEY}/",
        "/kort/",
        "/aendringer/",
        "/kilder/",
    ],
)
def test_page_of_what_is_stored_is_shown(page: str, client: Client, stored: Revision) -> None:
    assert client.get(page).status_code == 200


def test_other_systems_are_answered_about_what_is_stored(client: Client, stored: Revision) -> None:
    said = client.get("/api/v1/lookup", {"postcode": "8600"})

    assert said.json()["answers"]


@pytest.mark.parametrize("form", [xlsx, csv_zip])
def test_files_of_what_is_stored_are_carried_out_and_come_back_clean(
    form: object, stored: Revision
) -> None:
    scope = Scope(Region.objects.get(slug="midtjylland"))

    found = check(form.write(export_book(scope, on=TODAY)), scope)  # type: ignore[attr-defined]

    ours = next(row for row in found.rules if row.key == KEY)
    assert all(is_clean(line.text) for line in ours.content.requirements)
    assert ours.content.requirements[0].text.startswith(stored.lines.requirements[0].text)


def test_letter_about_what_is_stored_can_be_written() -> None:
    outbox.queue(
        key="k", to="a@example.org", subject=f"CT{UNSEEN}", text=f"CT{UNSEEN}scanning", now=NOW
    )

    letter = OutgoingMail.objects.get()
    assert is_clean(letter.text) and "\n" not in letter.subject


def test_letter_is_not_written_to_an_address_with_control_characters() -> None:
    with pytest.raises(ValueError, match="no address"):
        outbox.queue(key="k", to='"a\x0bb"@example.org', subject="E", text="T", now=NOW)


# What comes in ----------------------------------------------------------------------------


def test_report_is_kept_without_what_nobody_sees(
    client: Client, real_data: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pathways.public.form_tokens.read", lambda *_, **__: "n")
    said = {"wrong": f"For\x00kert{UNSEEN}", "how_known": "Af\x0bdelingen", "key": "k"}

    client.post("/stemmer-det-ikke/side/enheder/", said)

    report = Report.objects.get()
    assert report.wrong.startswith("Forkert") and is_clean(report.wrong)
    assert report.how_known == "Af\ndelingen"


def test_fields_are_cleaned_and_passwords_are_not(rf: RequestFactory) -> None:
    seen: list[HttpRequest] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse()

    form = {"text\x00": ["a\x0bb", "c"], "password": "hem\u200bmelig"}
    cleaned(view)(rf.post("/", form))

    assert dict(seen[0].POST.lists()) == {"text": ["a\nb", "c"], "password": ["hem\u200bmelig"]}
    with pytest.raises(AttributeError):
        seen[0].POST["text"] = "changed"


def test_clean_form_is_left_as_django_made_it(rf: RequestFactory) -> None:
    request = rf.post("/", {"text": "æøå 🩺"})
    before = request.POST

    cleaned(lambda _request: HttpResponse())(request)

    assert request.POST is before


def test_program_may_send_a_text_with_control_characters(client: Client, real_data: None) -> None:
    said = client.post(
        "/api/v1/lookup", {"text": "86\x0020 Kjell\u200berup"}, content_type="application/json"
    )

    assert said.json()["answers"]


def test_directory_files_are_read_without_what_nobody_sees(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text('name = "CT\\u000bscanning"\n[[line]]\ntext = "a\\u0000b"\n')
    (tmp_path / "x.csv").write_text("a,b\nc\x01,d\u200be\n", encoding="utf-8")

    _place, toml = _parsed(tmp_path, tmp_path / "x.toml", [])
    rows = [cells for _place, cells in tables._lines(tmp_path, "x.csv", {"a", "b"}, [])]

    assert toml == {"name": "CT\nscanning", "line": [{"text": "ab"}]}
    assert rows == [{"a": "c", "b": "de"}]


def test_geography_files_are_read_without_what_nobody_sees() -> None:
    rows = list(File("x.csv", b"a,b\nc\x01,d\xe2\x80\x8be\n").rows("a", "b"))

    assert [row.cells for row in rows] == [{"a": "c", "b": "de"}]


def test_look_up_from_the_command_line_is_answered(real_data: None) -> None:
    output = StringIO()

    call_command("lookup", "--", "8620\x0bKjellerup", stdout=output)

    assert "Silkeborg" in output.getvalue()


def test_file_of_a_workbook_is_one_that_programs_open(stored: Revision) -> None:
    from openpyxl import load_workbook

    scope = Scope(Region.objects.get(slug="midtjylland"))
    data = xlsx.write(export_book(scope, on=TODAY))

    assert load_workbook(BytesIO(data)).sheetnames
