"""The diagram in the docs shows the transitions that the actions make."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from pathways.actions import TRANSITIONS
from pathways.management.commands import draw_states
from pathways.models import Status


def test_diagram_in_the_docs_is_up_to_date(settings: Any) -> None:
    written = (Path(settings.BASE_DIR) / draw_states.PAGE).read_text(encoding="utf-8")

    assert written == draw_states.page()


@pytest.mark.parametrize("action", TRANSITIONS)
def test_every_transition_has_its_arrow(action: str) -> None:
    befores, after = TRANSITIONS[action]

    page = draw_states.page()

    for before in befores:
        assert f"    {before.value} --> {after.value}: {action}\n" in page


def test_states_that_nothing_leaves_are_the_end() -> None:
    page = draw_states.page()

    ends = [status for status in Status if f"{status.value} --> [*]" in page]

    assert ends == [Status.SUPERSEDED, Status.DISCARDED, Status.RETRACTED]


def test_outdated_diagram_is_found_and_drawn_anew(tmp_path: Path, settings: Any) -> None:
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()

    with pytest.raises(SystemExit):
        call_command("draw_states", "--check")
    call_command("draw_states")
    call_command("draw_states", "--check")

    assert (tmp_path / draw_states.PAGE).read_text(encoding="utf-8") == draw_states.page()
