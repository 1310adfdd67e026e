"""What the hourly command forgets."""

from __future__ import annotations

from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone

from editing.exchange.importing import LONGEST_WAIT
from editing.models import WaitingFile
from tests.pathways.world import World


def test_file_that_waited_too_long_is_forgotten_and_a_younger_one_is_not(world: World) -> None:
    now = timezone.now()
    for person, age in ((world.editor, LONGEST_WAIT), (world.neighbour, timedelta(hours=1))):
        WaitingFile.objects.create(
            person=person,
            scope="midtjylland",
            name="regler.xlsx",
            content=b"PK",
            sent_at=now - age,
        )

    call_command("tidy")

    assert [waiting.person for waiting in WaitingFile.objects.all()] == [world.neighbour]
