"""Draw the life of a revision as docs/states.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation

from pathways.actions import TRANSITIONS
from pathways.models import Status

PAGE = Path("docs", "states.md")
_HEAD = """# The life of a revision

Drawn from `TRANSITIONS` in `pathways/actions/transitions.py` by `manage.py draw_states`; not to be
edited here. Every arrow is an action. `start_draft` opens a revision, `save_draft` changes a draft
and leaves its state, as `comment` leaves a revision in review and `countersign` a published one.
`supersede` is done by publishing to the revision that held the same start, and `bring_back` after a
temporary change: a revision that copies what holds again.

"""


def page() -> str:
    """Return the text of the page: the diagram, and what each state is called in Danish."""
    arrows = ["    [*] --> DRAFT: start_draft", "    DRAFT --> DRAFT: save_draft"]
    arrows += ["    [*] --> PUBLISHED: bring_back"]
    arrows += [
        f"    {before} --> {after}: {action}"
        for action, (befores, after) in TRANSITIONS.items()
        for before in befores
    ]
    left = {before for befores, _after in TRANSITIONS.values() for before in befores}
    arrows += [f"    {status} --> [*]" for status in Status if status not in left]
    with translation.override("da"):
        names = [f"| {status} | {status.label} |" for status in Status]
    diagram = ["```mermaid", "stateDiagram-v2", *arrows, "```"]
    table = ["| state | Danish |", "|---|---|", *names]
    return _HEAD + "\n".join([*diagram, "", *table]) + "\n"


class Command(BaseCommand):
    """Write the page, or with --check say whether it is up to date."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail if outdated")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / PAGE
        if not check:
            path.write_text(page(), encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != page():
            self.stderr.write(f"{PAGE} is outdated: run manage.py draw_states")
            raise SystemExit(1)
