"""What is carried out comes back the same: the whole loaded directory, as workbook and as CSV."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from editing.exchange import csv_zip, xlsx
from editing.exchange.exporting import export_book, in_force
from editing.exchange.scope import Scope
from editing.exchange.validation import check
from pathways.rules import content
from regions.models import Region
from regions.plain_text import clean

from .exchanged import zipped

pytestmark = pytest.mark.usefixtures("real_data", "db")

ON = date(2026, 11, 22)
MERGED = date(2027, 1, 1)
WRITERS = {"xlsx": xlsx.write, "csv": csv_zip.write}


def scopes() -> Iterator[Scope]:
    """Return every region and the nation."""
    yield from map(Scope, Region.objects.all())
    yield Scope(None)


@pytest.mark.parametrize("on", [ON, MERGED], ids=str)
@pytest.mark.parametrize("form", WRITERS)
def test_every_region_comes_back_the_same(form: str, on: date) -> None:
    for scope in scopes():
        book = export_book(scope, on=on)

        found = check(WRITERS[form](book), scope)

        rule_sets = list(scope.rule_sets(on=on))
        revisions = in_force(rule_sets, on=on)
        held = content.read([revision.pk for revision in revisions.values()])
        assert {row.key: row.content for row in found.rules} == {
            rule_set.key: held[revisions[rule_set.pk].pk]
            if rule_set.pk in revisions
            else content.RevisionContent()
            for rule_set in rule_sets
        }
        assert [
            {"unit": row.unit, "valid_from": row.valid_from, "sources": row.sources, **row.values}
            for row in found.details
        ] == book.rows["Oplysninger"]


@pytest.mark.parametrize("form", WRITERS)
def test_equal_directories_are_equal_bytes(form: str) -> None:
    scope = Scope(Region.objects.get(slug="syddanmark"))

    made = {WRITERS[form](export_book(scope, on=ON)) for _ in range(2)}

    assert len(made) == 1


# Nasty texts ------------------------------------------------------------------------------

CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
NASTY = (
    *("=1+1", '=HYPERLINK("http://x")', "+45 12 34 56 78", "-1", "@SUM(A1)", "'=1", "''", "#N/A"),
    *("_x000D_", "a\r\nb\rc\n", "\ttab", " for og bag ", '";"', "a;b,c", "æøåÆØÅ", "🩺👩‍⚕️", "TRUE"),
    *(
        "0045",
        "1E5",
        "2026-11-01",
        "5790000180967",
        "\ufffe\uffff\x0b\x1f",
        "x" * 5000,
        "­",
        "\u2028",
    ),
)
TEXTS = st.sampled_from(NASTY) | st.text(CHARACTERS, max_size=40)
SHORT = TEXTS.map(lambda text: text[:100])


@pytest.mark.parametrize("form", WRITERS)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_nasty_texts_come_back_with_all_that_can_be_seen(form: str, data: st.DataObject) -> None:
    scope = Scope(Region.objects.get(slug="nordjylland"))
    book = export_book(scope, on=ON)
    sections = {"Krav": ("text", "literal", "deadline"), "Oplysninger": ("name", "note")}
    sections |= {"Undersøgelser": ("conditions", "access_wording")}
    for sheet, names in sections.items():
        for number, row in enumerate(book.rows[sheet][:4]):
            # Lines of one revision differ, whatever the texts.
            drawn = {name: data.draw(SHORT) for name in names}
            row |= drawn | ({"text": f"{number}{drawn['text']}"} if sheet == "Krav" else {})

    found = check(WRITERS[form](book), scope)

    lines = {
        (row.key, position): line
        for row in found.rules
        for position, line in enumerate(row.content.requirements, start=1)
    }
    for row in book.rows["Krav"][:4]:
        line = lines[row["rule_set"], row["position"]]
        assert (line.text, line.literal, line.deadline) == (
            clean(row["text"]),
            clean(row["literal"]),
            clean(row["deadline"]),
        )
    for row, details in zip(book.rows["Oplysninger"][:4], found.details, strict=False):
        assert (details.values["name"], details.values["note"]) == (
            clean(row["name"]),
            clean(row["note"]),
        )


def test_workbook_saved_with_shared_texts_is_read_the_same() -> None:
    # As Excel itself saves: every text once, in a part of its own, escapes and all.
    scope = Scope(Region.objects.get(slug="nordjylland"))
    book = export_book(scope, on=ON)
    book.rows["Krav"][0]["text"] = "a _x000D_ b\r\n c"
    data = with_shared_texts(xlsx.write(book))

    found = check(data, scope)

    texts = {line.text for row in found.rules for line in row.content.requirements}
    assert "a _x000D_ b\r\n c" in texts


def with_shared_texts(data: bytes) -> bytes:
    """Move every inline text of a workbook into its shared strings."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    shared: list[str] = []

    def move(found: re.Match[str]) -> str:
        shared.append(found[2])
        return f'{found[1]} t="s"><v>{len(shared) - 1}</v></c>'

    cell = re.compile(r'(<c r="[A-Z0-9]+"(?: s="[0-9]+")?) t="inlineStr"><is>(.*?)</is></c>', re.S)
    for name, part in parts.items():
        if name.startswith("xl/worksheets/"):
            parts[name] = cell.sub(move, part.decode()).encode()
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    items = "".join(f"<si>{item}</si>" for item in shared)
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{main}">{items}</sst>'.encode()
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
    types = parts["[Content_Types].xml"].decode()
    parts["[Content_Types].xml"] = types.replace("</Types>", override).encode()
    return zipped(parts)
