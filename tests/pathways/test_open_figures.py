"""The figures on /om/ are the audit's, region by region, and cost a reader nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from pathways.answers.audit import UNDATED, figures
from pathways.answers.open_figures import Table, open_figures
from pathways.directory import snapshot as directories
from pathways.directory.snapshot import Directory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_data")]

ON = date(2026, 11, 28)
MERGER = date(2027, 1, 1)


def numbers(table: Table, name: str) -> list[int]:
    return [number for _head, number in dict(table.rows)[name]]


@pytest.mark.parametrize("on", [ON, MERGER])
def test_every_region_has_the_figures_of_the_audit(on: date) -> None:
    directory = directories.current()
    found = figures(directory, on)

    rules, missing, leads, maps = open_figures(directory, on=on)

    for one, name in [(group, group.name) for group in found.groups[1:]] + [(found.total, "i alt")]:
        assert numbers(rules, name) == [one.rules, one.by_age[UNDATED], one.press_only]
        assert numbers(missing, name) == [one.answers, *one.unknown.values()]
        assert numbers(leads, name) == list(one.leads.values())
        kinds = [one.areas[kind] for kind, areas in found.total.areas.items() if areas and kind]
        assert numbers(maps, name) == [*kinds, one.conflicts]
    assert numbers(rules, "national")[0] == found.groups[0].rules
    assert ("Region Østdanmark" in dict(rules.rows)) == (on == MERGER)


def test_empty_directory_has_no_figures() -> None:
    empty = Directory(version=0, histories={}, units={}, memberships={}, sources={}, changes=())

    assert open_figures(empty, on=ON) == ()


def test_page_shows_the_figures_of_today(client: Client) -> None:
    page = client.get("/om/").content.decode()

    assert "Åbne tal" in page
    for table in open_figures(directories.current(), on=timezone.localdate()):
        assert table.title in page
        for name, row in table.rows:
            cells = "".join(f'<td data-label="{head}">{number}</td>' for head, number in row)
            assert f'<th scope="row">{name[0].upper()}{name[1:]}</th>{cells}' in page


def test_second_reader_of_the_figures_is_served_from_memory(
    client: Client, django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = client.get("/om/").content
    # It is not counted again.
    monkeypatch.setattr("pathways.public.views.static_pages.open_figures", None)

    with django_assert_max_num_queries(1):
        second = client.get("/om/").content

    assert first == second
