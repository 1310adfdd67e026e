"""The addresses of rules: permanent, readable, and nothing beside what was published."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pathways.directory import snapshot as directories
from pathways.models import RuleSet

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_data")]

IMAGING = "imaging:region:syddanmark"


def test_every_rule_set_and_every_revision_has_a_page(client: Client) -> None:
    directory = directories.current()

    wrong = [
        path
        for key, history in directory.histories.items()
        for path in (
            reverse("rule_set", args=[key]),
            *(reverse("edition", args=[key, revision.number]) for revision in history.revisions),
        )
        if client.get(path).status_code != 200
    ]
    assert wrong == []


def test_rule_set_is_named_by_its_key_in_the_address() -> None:
    path = reverse("rule_set", args=["track:unit:dc-silkeborg:MAS"])

    assert path == "/regler/track:unit:dc-silkeborg:MAS/"


def test_list_links_every_rule_set_and_keeps_examples_apart(client: Client) -> None:
    page = client.get("/regler/").content.decode()

    apart = page[page.index('id="eksempler"') :]
    for key, example in RuleSet.objects.values_list("key", "unit__is_example"):
        link = f'href="/regler/{key}/"'
        assert (link in page, link in apart) == (True, bool(example))


@pytest.mark.parametrize(
    "path",
    [
        "/regler/track:unit:atlantis:MAS/",
        "/regler/track:unit:atlantis:MAS/1/",
        f"/regler/{IMAGING}/0/",
        f"/regler/{IMAGING}/5/",
        f"/regler/{IMAGING}/99999999999999999999999/",
        f"/regler/{IMAGING}/-1/",
        f"/regler/{IMAGING}/1..9/",
        f"/regler/{IMAGING}/1..2..3/",
        # A revision of another rule set: that one has no third.
        "/regler/national:diagnostisk-pakkeforloeb/1..3/",
        f"/regler/{IMAGING}/2026-02-30/",
        "/regler/2026-02-30/",
        "/regler/track:unit:dc-silkeborg:mas/",
        "/regler/../enheder/atlantis/",
    ],
)
def test_address_of_nothing_is_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_comparison_has_one_address(client: Client) -> None:
    response = client.get(f"/regler/{IMAGING}/1/2/")

    assert response.status_code == 301
    assert response["Location"] == f"/regler/{IMAGING}/1..2/"


def test_revision_compared_with_itself_says_so(client: Client) -> None:
    page = client.get(f"/regler/{IMAGING}/2..2/").content.decode()

    assert "Det er den samme udgave to gange." in page


def test_rule_on_a_revision_stands_with_layer_basis_source_and_date(client: Client) -> None:
    page = client.get("/regler/track:region:nordjylland:MAS/1/").content.decode()

    assert (
        '<b class="layer">region</b> <a href="/kilder/#pri-2">'
        "Region Nordjylland, PRI 28410, uden dato på det læste</a>" in page
    )


def test_example_is_never_shown_without_its_notice(client: Client) -> None:
    key = "track:unit:ct-foer-henvisning:MAS"
    paths = (f"/regler/{key}/", f"/regler/{key}/1/", f"/regler/{key}/1..1/")

    pages = [client.get(path).content.decode() for path in paths]
    assert all("ikke en gældende regel noget sted" in page for page in pages)


def test_source_says_what_it_supports(client: Client) -> None:
    page = client.get("/kilder/").content.decode()

    vive = page[page.index('<div id="vive2018">') :].partition("</div>")[0]
    assert 'href="/enheder/vive-enhed-1/"' in vive
    assert 'href="/regler/national:diagnostisk-pakkeforloeb/2/"' in vive
    # The first revision of the nation's rules holds no longer.
    assert 'href="/regler/national:diagnostisk-pakkeforloeb/1/"' not in page


@pytest.mark.parametrize(
    "path",
    [
        "/regler/",
        f"/regler/{IMAGING}/",
        f"/regler/{IMAGING}/2/",
        f"/regler/{IMAGING}/1..2/",
        "/regler/catchment:hovedstaden:diagnostic/1/",
        "/enheder/",
        "/enheder/?region=midtjylland&spor=MUP",
        "/enheder/cvi-byen/",
        "/enheder/de-hvidovre/",
        "/ordliste/",
        "/kilder/",
    ],
)
def test_page_is_made_with_few_queries_and_not_twice(client: Client, path: str) -> None:
    directories.current()

    with CaptureQueriesContext(
        connection,
    ) as cold:
        response = client.get(path)
    again = client.get(path, headers={"If-None-Match": response["ETag"]})

    assert len(cold) <= 8
    assert again.status_code == 304
    assert not response.cookies
