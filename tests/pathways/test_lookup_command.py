"""The look-up on the command line: for people, for programs, and line by line."""

from __future__ import annotations

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from pathways.answers.values import PURPOSE
from regions.cpr import cpr_refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_data")]

ON = "2026-11-22"


def run(*arguments: str, **options: Any) -> str:
    output = StringIO()
    call_command("lookup", *arguments, on=options.pop("on", ON), stdout=output, **options)
    return output.getvalue()


def batch(tmp_path: Path, content: bytes) -> list[dict[str, Any]]:
    """Return the replies to a file's lines, read as a program reads them."""
    file = tmp_path / "steder.txt"
    file.write_bytes(content)
    said = run(batch=str(file), json=True)
    assert said.endswith("\n") or not said
    return [json.loads(line) for line in said.splitlines()]


def test_what_was_left_out_is_said_before_the_answer() -> None:
    said = run("Findesikkevej 4, 8620")

    assert said.index("Vejen findes ikke i vejregistret") < said.index("MAS: ")
    assert "Findesikke" not in said


def test_cpr_number_is_refused_alone_and_in_a_file(tmp_path: Path) -> None:
    alone = run("010203-1234, 8620")
    (first, second) = batch(tmp_path, "8620\n010203–1234 8620\n".encode())

    assert cpr_refusal() in alone
    assert (first["outcome"], second["outcome"]) == ("answer", "not_found")
    assert second["message"] == cpr_refusal()


# For people --------------------------------------------------------------------------------


def test_answer_names_place_unit_rules_and_purpose() -> None:
    said = run("8620")

    assert "8620 Kjellerup" in said
    assert "Region Midtjylland" in said
    assert "MAS: " in said
    assert "står sandsynligvis her – ikke læst endnu: " in said
    assert "offentlige kilder" not in said
    assert "Billeddiagnostik:" in said
    assert said.rstrip().endswith(str(PURPOSE))


def test_question_lists_its_options_with_their_addresses() -> None:
    said = run("2640")

    assert "Spørgsmål:" in said
    assert "/sted/2640-hoeje-taastrup/" in said


def test_text_that_names_no_place_gets_the_reason() -> None:
    said = run("ingen steder overhovedet")

    assert "Billeddiagnostik" not in said
    assert len(said.splitlines()) >= 3


# What is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"text": "8600", "batch": "x"}])
def test_one_of_text_and_file_must_be_given(options: dict[str, str]) -> None:
    with pytest.raises(CommandError, match="enten en tekst eller"):
        run(*filter(None, [options.get("text")]), batch=options.get("batch"))


def test_batch_without_json_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="--json"):
        run(batch=str(tmp_path / "steder.txt"))


def test_file_that_is_not_there_is_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Filen kan ikke læses"):
        run(batch=str(tmp_path / "findes-ikke"), json=True)


# Line by line ------------------------------------------------------------------------------


def test_blank_lines_get_a_reply_each_so_that_lines_keep_step(tmp_path: Path) -> None:
    replies = batch(tmp_path, b"8620\n\n2640\n   \n3700")

    assert [reply["outcome"] for reply in replies] == [
        "answer",
        "not_found",
        "question",
        "not_found",
        "answer",
    ]


@pytest.mark.parametrize(
    ("content", "outcomes"),
    [
        (b"", []),
        (b"\n", ["not_found"]),
        (b"8620", ["answer"]),
        (b"8620\n", ["answer"]),
        (b"8620\r\n3700\r\n", ["answer", "answer"]),
        (b"\xef\xbb\xbf8620\n", ["answer"]),
    ],
)
def test_ends_of_lines_and_files_count_as_a_reader_counts_them(
    tmp_path: Path, content: bytes, outcomes: list[str]
) -> None:
    assert [reply["outcome"] for reply in batch(tmp_path, content)] == outcomes


@pytest.mark.parametrize(
    "line",
    [
        b"\xff\xfe\x00",
        b"\xe5rhus",  # Latin-1
        b"86\x0000",
        b"8620\x0b8620",
        b"8620\x1c8620",
        "8600\u20288620".encode(),
        "8600\x858620".encode(),
        b"x" * 10_000,
    ],
)
def test_bad_line_gets_one_reply_and_stops_nothing(tmp_path: Path, line: bytes) -> None:
    replies = batch(tmp_path, b"8620\n" + line + b"\n3700\n")

    assert len(replies) == 3
    assert (replies[0]["place"], replies[2]["place"]) == ("8620", "3700")


def test_json_of_one_text_is_whole() -> None:
    reply = json.loads(run("8620", json=True))

    assert (reply["outcome"], reply["on"], reply["place"]) == ("answer", ON, "8620")


def test_program_ends_with_a_failure_and_one_line_when_refused() -> None:
    finished = subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", "lookup"],
        capture_output=True,
        text=True,
        env={"DEBUG": "1", "PATH": ""},
        cwd=Path(__file__).parent.parent.parent,
        check=False,
    )

    assert finished.returncode != 0
    assert finished.stdout == ""
    assert finished.stderr.strip().splitlines() == [
        "CommandError: Angiv enten en tekst eller --batch FIL."
    ]
