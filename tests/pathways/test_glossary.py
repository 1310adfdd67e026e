"""The words: all there, each explained once, and linked where a text first uses them."""

from __future__ import annotations

import re

import pytest
from django.template import Context, Template
from django.test import Client

from pathways.public import glossary
from pathways.public.templatetags.glossary_links import terms
from regions.spelling import danish_order

LISTED = {
    "Billeddiagnostik",
    "CT-scanning",
    "Diagnostisk pakkeforløb",
    "Klinisk fysiologi og nuklearmedicin",
    "Filterfunktion",
    "Low-but-not-no-risk-symptomer",
    "MAS-forløb",
    "Metastase",
    "MDT-konference",
    "MUP-forløb",
    "Opsporing",
    "Organspecifik kræftpakke",
    "Paraklinik",
    "Udredning",
    "Udredningsenhed",
}


def linked(html: str) -> list[str]:
    """Return the words that are linked, as the text writes them."""
    return re.findall(r'<a class="term"[^>]*>([^<]*)</a>', terms(html))


# The list ---------------------------------------------------------------------------------


def test_report_s_fifteen_terms_are_there_and_marked() -> None:
    assert {term.name for term in glossary.terms() if term.listed} == LISTED


def test_further_terms_of_the_report_are_there() -> None:
    further = {term.key for term in glossary.terms() if not term.listed}

    assert further >= {"begrundet-mistanke", "spor-2", "udredningsret", "safety-netting"}
    assert len(further) == 13


def test_every_term_is_a_sentence_with_a_key_and_a_place_in_the_report() -> None:
    for term in glossary.terms():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", term.key)
        assert term.short.endswith(".")
        assert term.section


def test_no_key_and_no_spelling_is_used_twice() -> None:
    keys = [term.key for term in glossary.terms()]
    forms = [form.lower() for term in glossary.terms() for form in term.forms]

    assert len(keys) == len(set(keys))
    assert len(forms) == len(set(forms))


def test_related_terms_exist_and_are_others() -> None:
    for term in glossary.terms():
        assert all(glossary.term(key).key != term.key for key in term.see)


def test_terms_stand_in_danish_order() -> None:
    assert sorted(["Å", "Ø", "Æ", "z", "A"], key=danish_order) == ["A", "z", "Æ", "Ø", "Å"]


@pytest.mark.django_db
@pytest.mark.usefixtures("real_data")
def test_page_explains_every_term_at_its_own_address(client: Client) -> None:
    page = client.get("/ordliste/").content.decode()

    assert all(f'<div id="{term.key}"><dt>' in page for term in glossary.terms())


# In texts ---------------------------------------------------------------------------------


def test_term_is_linked_once_and_explained_at_the_end() -> None:
    html = terms("<p>Røntgen af thorax, ikke CT. Siden CT igen.</p>")

    assert linked("<p>Røntgen af thorax, ikke CT. Siden CT igen.</p>") == ["CT"]
    assert html.startswith("<p>Røntgen af thorax, ikke <a ")
    assert '<div id="ord-ct-scanning">' in html
    assert 'href="/ordliste/#ct-scanning"' in html
    assert 'href="#fra-ct-scanning"' in html


def test_text_without_terms_is_left_alone() -> None:
    assert terms("<p>Patienten ses igen.</p>") == "<p>Patienten ses igen.</p>"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Diagnostisk pakkeforløb", ["Diagnostisk pakkeforløb"]),
        ("organspecifikt pakkeforløb eller MAS", ["organspecifikt pakkeforløb", "MAS"]),
        ("MAS-forløb og MUP-forløb", ["MAS-forløb", "MUP-forløb"]),
        ("MASKE, CT-TAB og ACT", []),
        ("hele udredningen", []),
        ("alternativt spor (spor 2)", ["alternativt spor"]),
    ],
)
def test_whole_words_are_linked_and_the_longest_first(text: str, words: list[str]) -> None:
    assert linked(f"<p>{text}</p>") == words


@pytest.mark.parametrize(
    "html",
    [
        "<h2>MAS</h2>",
        '<a href="/x/">MAS</a>',
        '<a href="/x/"><b>MAS</b></a>',
        "<q>MAS</q>",
        "<button>MAS</button>",
        "<details><summary>MAS</summary></details>",
        '<svg viewBox="0 0 1 1"><path d="M0 0"/><title>MAS</title></svg>',
        '<p><b class="tracks">MAS</b></p>',
        "<p><b>Billeddiagnostik</b> bestilles</p>",
        '<p title="MAS">og</p>',
        "<textarea readonly>MAS</textarea>",
        "<pre>MAS</pre>",
        "<title>MAS</title>",
        "<datalist><option value='1'>MAS</option></datalist>",
        "<p><samp>MAS</samp></p>",
        "<iframe>MAS</iframe>",
    ],
)
def test_what_is_clicked_quoted_or_a_heading_stays(html: str) -> None:
    assert terms(html) == html


def test_text_after_what_stays_is_linked_again() -> None:
    assert linked("<h2>MAS<br>og</h2><p><img alt=''>MAS</p>") == ["MAS"]


def test_escaped_text_stays_escaped() -> None:
    template = Template(
        "{% load glossary_links %}{% filter terms %}<p>{{ text }}</p>{% endfilter %}"
    )

    html = template.render(Context({"text": "<script>CT</script> & CT-scanning"}))
    assert "&lt;script&gt;<a " in html
    assert "<script>" not in html
    assert "&amp; CT-scanning" in html


@pytest.mark.django_db
@pytest.mark.usefixtures("real_data")
def test_answer_explains_its_words_and_leads_back(client: Client) -> None:
    page = client.get("/sted/kolding-kommune/").content.decode()

    explained = re.findall(r'<div id="ord-([a-z0-9-]+)">', page)
    assert "mas-forloeb" in explained
    assert re.findall(r'id="fra-([a-z0-9-]+)"', page) != []
    assert set(explained) == set(re.findall(r'id="fra-([a-z0-9-]+)"', page))
