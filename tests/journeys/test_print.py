"""The sheets on paper: how many, nothing cut off, every letter right, the code readable."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import zxingcpp
from playwright.sync_api import Page, expect

from tests.served import ROOT

pytestmark = pytest.mark.browser

A4 = (595.3, 841.9)  # points
MARGIN = 28  # points; 10 mm, the narrowest that the sheets have
EXAMPLES = ("ct-foer-henvisning", "kraeft-ja-nej", "ingen-henvisningskrav")
FULLEST = "/sted/hvidovre-kommune/tjekliste/mas/"

Printer = Callable[[str], Path]


@pytest.fixture
def printed(page: Page, tmp_path: Path) -> Printer:
    """Return a function that opens an address in the test's window and prints it to a file."""
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is missing (on Debian: apt install poppler-utils)")

    def to_pdf(path: str) -> Path:
        response = page.goto(path)
        assert response is not None and response.status == 200, path
        page.pdf(path=tmp_path / "paper.pdf", prefer_css_page_size=True)
        return tmp_path / "paper.pdf"

    return to_pdf


def run(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def sheets(pdf: Path) -> int:
    return int(re.search(r"Pages:\s+(\d+)", run("pdfinfo", pdf))[1])


def words(pdf: Path) -> list[tuple[float, float, float, float, str]]:
    """Return every word with its place in points: left, top, right, bottom."""
    pattern = r'<word xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*?)</word>'
    found = re.findall(pattern, run("pdftotext", "-bbox", pdf, "-"))
    return [(*map(float, box), word) for *box, word in found]


def place_of_each_unit() -> dict[str, str]:
    """Return one place for every diagnostic unit, read from the files that the site loads."""
    folder = ROOT / "fixtures"
    with (folder / "geography/municipalities.csv").open() as file:
        slugs = {row["code"]: row["slug"] for row in csv.DictReader(file)}
    places: dict[str, str] = {}
    with (folder / "directory/catchments.csv").open() as file:
        for row in csv.DictReader(file):
            if row["service"] == "diagnostic" and row["area_type"] == "municipality":
                places.setdefault(row["unit"] or "none", f"{slugs[row['area']]}-kommune")
    return places


PLACES = place_of_each_unit()


def test_fullest_sheet_leaves_room_for_a_longer_name(printed: Printer) -> None:
    pdf = printed(FULLEST)

    lowest = max(bottom for _, _, _, bottom, _ in words(pdf))

    # Two lines: an address of the site that is longer than the tests', and one more remark.
    assert lowest < A4[1] - MARGIN - 18


def test_every_diagnostic_unit_has_a_place_here() -> None:
    with (ROOT / "fixtures/directory/units.csv").open() as file:
        units = {row["key"] for row in csv.DictReader(file) if row["kind"] == "diagnostic"}

    assert set(PLACES) - {"none"} == units


# How many sheets --------------------------------------------------------------------------


def test_checklist_of_every_unit_is_one_sheet(printed: Printer) -> None:
    many = {
        unit: sheets(printed(f"/sted/{place}/tjekliste/mas/")) for unit, place in PLACES.items()
    }

    assert {unit: number for unit, number in many.items() if number != 1} == {}


@pytest.mark.parametrize("key", EXAMPLES)
def test_checklist_with_every_field_filled_is_at_most_two_sheets(
    printed: Printer, key: str
) -> None:
    pdf = printed(f"/eksempler/{key}/tjekliste/")

    assert sheets(pdf) <= 2


@pytest.mark.parametrize(
    ("place", "most"), [("silkeborg", 1), ("broenderslev", 1), ("hvidovre", 1), ("vejle", 2)]
)
def test_imaging_of_a_place_is_one_sheet_or_two(printed: Printer, place: str, most: int) -> None:
    pdf = printed(f"/sted/{place}-kommune/billeddiagnostik/")

    assert sheets(pdf) <= most


# What is on them --------------------------------------------------------------------------

EVERY_KIND = [
    FULLEST,
    "/sted/vejle-kommune/tjekliste/mas/",
    "/sted/bornholm-kommune/tjekliste/mup/",
    "/sted/vejle-kommune/billeddiagnostik/",
    "/sted/hvidovre-kommune/billeddiagnostik/",
    "/eksempler/ct-foer-henvisning/tjekliste/",
]


@pytest.mark.parametrize("path", EVERY_KIND)
def test_sheet_is_printed_whole_and_its_code_leads_to_it(
    printed: Printer, page: Page, site: str, tmp_path: Path, path: str
) -> None:
    pdf = printed(path)
    headings = {without_spaces(text) for text in page.locator("h2, h3").all_inner_texts()}
    page.emulate_media(media="print")
    page.evaluate("document.querySelectorAll('.unseen').forEach(e => e.remove())")
    seen = page.locator(".sheet").inner_text() + page.locator("textarea").first.input_value()
    assert headings

    found = words(pdf)
    assert len(found) > 150
    faults = [
        f"off the paper: {word}"
        for left, top, right, bottom, word in found
        if left < MARGIN or top < MARGIN or right > A4[0] - MARGIN or bottom > A4[1] - MARGIN
    ]
    on_paper = without_spaces(run("pdftotext", "-raw", pdf, "-"))
    assert {"æ", "ø", "å"} <= set(on_paper)
    faults += [
        f"not printed: {word}"
        for word in re.findall(r"\w+", seen)
        # A word that was broken at the end of a line is whole without the spaces.
        if word.replace("_", "") and word.replace("_", "") not in on_paper
    ]
    pages = run("pdftotext", "-layout", pdf, "-").rstrip("\f").split("\f")
    last_lines = {without_spaces(text.rstrip().rpartition("\n")[2]) for text in pages}
    faults += [f"left at the foot of a sheet: {text}" for text in headings & last_lines]
    run("pdftoppm", "-r", "150", "-gray", pdf, tmp_path / "sheet")
    read = [code.text for image in sorted(tmp_path.glob("*.pgm")) for code in codes_in(image)]
    faults += [] if read == [f"{site}{path}"] else [f"codes: {read}"]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("path", EVERY_KIND)
def test_no_text_runs_over_its_box(page: Page, path: str) -> None:
    page.goto(path)
    page.set_viewport_size({"width": 794, "height": 1123})  # A4, and its text between the margins
    page.evaluate("document.body.style.width = '688px'")

    page.emulate_media(media="print")
    over = page.evaluate(
        """() => [...document.querySelectorAll(".sheet *:not(svg *)")]
            .filter(e => e.clientWidth && getComputedStyle(e).position !== "absolute")
            .filter(e => e.scrollWidth > e.clientWidth + 1 ||
                (e.tagName === "TEXTAREA" && e.scrollHeight > e.clientHeight + 1))
            .map(e => `${e.tagName} ${e.className} ${e.textContent.slice(0, 40)}`)"""
    )

    assert over == []


def without_spaces(text: str) -> str:
    return re.sub(r"\s", "", text)


def codes_in(image: Path) -> list[zxingcpp.Barcode]:
    """Return the square codes on a grey picture, as pdftoppm writes it.

    Lines of a table beside each other may be read as a bar code, and are none.
    """
    kind, size, depth, pixels = image.read_bytes().split(b"\n", 3)
    assert (kind, depth) == (b"P5", b"255")
    width, height = map(int, size.split())
    image_of_bytes = memoryview(pixels).cast("B", shape=[height, width])
    return zxingcpp.read_barcodes(image_of_bytes, formats=zxingcpp.BarcodeFormat.QRCode)


def test_paper_bears_dates_revisions_and_purpose_but_nothing_to_click(printed: Printer) -> None:
    pdf = printed(FULLEST)

    text = re.sub(r"\s+", " ", run("pdftotext", "-raw", pdf, "-"))
    assert re.search(r"udgave \d+ \(nr\. \d+\), optaget november 2026", text)
    assert re.search(r"Udskrevet \d+\. \w+ \d{4}\.", text)
    assert "Den tager ikke stilling til den enkelte patient." in text
    assert "Forløbstider er vejledende" in text
    for button in ("Udskriv ", "kopiér", "Slå op"):
        assert button not in text


def test_what_is_folded_on_the_screen_is_printed(printed: Printer, page: Page) -> None:
    pdf = printed("/sted/8620/")

    folded = page.locator(".ways details .rule").all_text_contents()
    on_paper = without_spaces(run("pdftotext", "-raw", pdf, "-"))
    said = re.findall(r"\w+", " ".join(folded))
    assert len(said) > 4
    assert [word for word in said if word not in on_paper] == []


def test_sheet_is_black_on_white_in_a_dark_browser_too(page: Page) -> None:
    page.emulate_media(media="print", color_scheme="dark")

    page.goto(FULLEST)
    colours = page.evaluate(
        """() => [...document.querySelectorAll(".sheet *")]
            .filter(e => e.innerText && e.checkVisibility())
            .map(e => getComputedStyle(e).color)"""
    )

    assert set(colours) <= {"rgb(0, 0, 0)", "rgb(34, 34, 34)"}
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


# The text to copy -------------------------------------------------------------------------


def test_field_is_chosen_whole_when_it_is_entered(page: Page) -> None:
    page.goto("/eksempler/ct-foer-henvisning/tjekliste/")

    page.locator("textarea").click()
    chosen = page.locator("textarea").evaluate(
        "e => e.value.substring(e.selectionStart, e.selectionEnd)"
    )

    assert chosen.startswith("Diagnostisk pakkeforløb\nMistanke om: ___")


def test_copy_button_puts_the_text_on_the_clipboard(page: Page, site: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
    page.clock.install()
    page.goto("/eksempler/ct-foer-henvisning/")
    page.clock.pause_at("2100-01-01")  # what the button says is gone after two seconds

    page.locator("summary", has_text="Henvisningstekst").first.click()
    page.locator(".referral-text button").first.click()

    expect(page.locator(".referral-text button").first).to_have_text("kopieret")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("textarea").first.input_value()


def test_sheet_works_without_scripts(page: Page) -> None:
    page.route("**/*.js", lambda route: route.abort())

    page.goto("/eksempler/ct-foer-henvisning/tjekliste/")

    assert page.locator("textarea").input_value().startswith("Diagnostisk pakkeforløb")
    assert page.locator("button", has_text="Udskriv").count() == 0
