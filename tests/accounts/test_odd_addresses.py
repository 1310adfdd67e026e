"""No address and no form breaks on a path or a way on that somebody has made up."""

from __future__ import annotations

import pytest
from django.test import Client

from pathways.urls import pages
from tests.editing.rights.addresses import ACCOUNT, ADMIN, EDITOR_AREA
from tests.editing.sessions import sign_in
from tests.pathways.world import World

pytestmark = pytest.mark.django_db

KONTO = "/redaktion/konto"
NOT_FOR_READERS = [
    *(f"redaktion/konto/{path}" for path in ACCOUNT),
    *(
        f"redaktion/{path.format(notice=1, report=1, lead=1).partition('?')[0]}"
        for path in EDITOR_AREA
    ),
    *(f"admin/{path}" for path in ADMIN),
    *("sundhed/", "api/v1/lookup", "static/vejviser.css", "foelg/", "foelg/region/midtjylland/"),
    *("foelg/mine/1.x/", "foelg/bekraeft/1.x/", "en/om/", "fandt-du-det/om/", "/om/", "../om/"),
    *(
        "stemmer-det-ikke/1/",
        "stemmer-det-ikke/side/om/",
        "en/redaktion/konto/login/",
        "en/",
        "x" * 3000,
    ),
    *("%00/", "%2e%2e/om/", "om/%0d%0a", "http://ond.example/", "//ond.example/"),
]


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize("form", ["/fandt-du-det/", "/stemmer-det-ikke/side/"])
@pytest.mark.parametrize("path", NOT_FOR_READERS)
def test_forms_about_a_page_know_readers_pages_only(form: str, path: str, language: str) -> None:
    client = Client()

    answers = [
        client.get(f"{language}{form}{path}"),
        client.post(f"{language}{form}{path}", {"svar": "ja", "spoergsmaal": "found"}),
    ]

    assert {answer.status_code for answer in answers} == {404}


def test_forms_about_a_page_know_every_page_without_a_name_in_it(world: World) -> None:
    client = Client()
    plain = [str(page.pattern) for page in pages if page.pattern.converters == {}]
    readers = [path for path in plain if not path.startswith(("foelg", "fandt", "stemmer"))]

    known = {path: client.get(f"/fandt-du-det/{path}").status_code for path in readers}

    assert len(known) > 12
    assert set(known.values()) <= {200, 404}
    assert known["om/"] == known[""] == known["enheder/"] == known["opslag/"] == 200


ODD = [
    "http://[",
    "http://[::1",
    "//[x]/",
    "//ond.example/",
    "https://ond.example/",
    "javascript:alert(1)",
    "\\\\ond.example",
    "/\\ond.example",
    "\x00",
    "/\x00\r\nSet-Cookie: a=b",
    "/redaktion/\ud83d",
    "%zz%",
    "?next=?next=",
    "/" + "x" * 5000,
    "",
    " ",
    "æøå",
]
FORMS = [
    "login/",
    "logout/",
    "bekraeft/",
    "adgangskode/",
    "adgangskode/glemt/",
    "adgangskode/ny/1-abc/",
    "faktor/",
    "faktor/kode/",
    "faktor/bekraeft/",
    "faktor/app/",
    "faktor/koder/",
    "faktor/noegler/ny/",
    "faktor/noegler/bekraeft/",
    "invitation/",
    "invitation/x/",
    "lukket/",
    "sso/skaane/login/",
    "sso/skaane/login/callback/",
]


@pytest.mark.parametrize("wanted", ODD)
@pytest.mark.parametrize("known", [True, False])
def test_no_form_of_an_account_breaks_on_an_odd_way_on(
    world: World, wanted: str, known: bool
) -> None:
    wanted = wanted.encode(errors="replace").decode()
    client = sign_in(world.operator) if known else Client()
    asked = [f"{KONTO}/{form}" for form in FORMS if form != "logout/"]

    for address in (*asked, "/admin/login/", "/admin/", "/redaktion/", f"{KONTO}/logout/"):
        for name in ("next", "state", "code", "process") if "/sso/" in address else ("next",):
            answers = [
                client.get(address, {name: wanted}),
                client.post(address, {name: wanted, "login": wanted, "password": wanted}),
            ]
            for answer in answers:
                assert answer.status_code < 500
                assert not answer.get("Location", "").startswith(("//", "http", "\\", "java"))


@pytest.mark.parametrize("wanted", [one for one in ODD if one.strip()])
def test_login_leads_nowhere_but_into_this_site(world: World, wanted: str) -> None:
    wanted = wanted.encode(errors="replace").decode()
    world.editor.set_password("tolv kufferter og en ko")
    world.editor.email = "editor@example.org"
    world.editor.save()
    form = {"login": "editor@example.org", "password": "tolv kufferter og en ko", "next": wanted}

    answer = Client().post(f"{KONTO}/login/", form)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/")
    assert not answer["Location"].startswith(("//", "/\\"))
