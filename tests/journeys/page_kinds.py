"""Every kind of page a reader can meet, each with an address that shows it.

`test_every_page` judges all of them; `PAGES` in English too.
"""

from __future__ import annotations

# Kind of page: (address, status).
PAGES = {
    "front": ("/", 200),
    "answer": ("/sted/8620/", 200),
    "answer-of-a-municipality": ("/sted/kolding-kommune/", 200),
    "answer-with-a-sliver": ("/sted/2300/", 200),
    "answer-without-a-unit": ("/sted/3700/", 200),
    "answer-inherited": ("/sted/4660-stevns/2027-01-01/", 200),
    "question-municipality": ("/sted/2640/", 200),
    "question-district": ("/sted/1610/", 200),
    "too-early": ("/sted/8620/1900-01-01/", 200),
    "checklist": ("/sted/hvidovre-kommune/tjekliste/mas/", 200),
    "imaging-sheet": ("/sted/vejle-kommune/billeddiagnostik/", 200),
    "checklist-of-an-example": ("/eksempler/ct-foer-henvisning/tjekliste/", 200),
    "examples": ("/eksempler/", 200),
    "example": ("/eksempler/ct-foer-henvisning/", 200),
    "comparison": ("/sammenlign/sted:8600-silkeborg/sted:roskilde-kommune/", 200),
    "comparison-of-flows": (
        "/sammenlign/eksempel:ct-foer-henvisning/eksempel:kraeft-ja-nej/"
        "eksempel:ingen-henvisningskrav/sted:2300-koebenhavn-amager-vest/",
        200,
    ),
    "comparison-that-asks": ("/sammenlign/sted:2640/national/", 200),
    "comparison-form": ("/sammenlign/", 200),
    "changes": ("/aendringer/", 200),
    "changes-of-a-region": ("/aendringer/region/hovedstaden/", 200),
    "changes-of-a-place": ("/aendringer/sted/8600-silkeborg/2027-02-01/", 200),
    "sources": ("/kilder/", 200),
    "about": ("/om/", 200),
    "privacy": ("/privatliv/", 200),
    "thanks": ("/fandt-du-det/sted/8620/", 200),
    "accessibility": ("/was/", 200),
    "units": ("/enheder/", 200),
    "unit": ("/enheder/dc-lillebaelt/", 200),
    "rule-sets": ("/regler/", 200),
    "rule-set": ("/regler/imaging:region:syddanmark/", 200),
    "revision": ("/regler/imaging:region:syddanmark/3/", 200),
    "difference": ("/regler/imaging:region:syddanmark/2..3/", 200),
    "glossary": ("/ordliste/", 200),
    "map": ("/kort/", 200),
    "report": ("/stemmer-det-ikke/side/om/", 200),
    "following": ("/foelg/", 200),
    "follow": ("/foelg/region/midtjylland/", 200),
    "not-a-page": ("/findes-ikke/", 404),
    "refused-link": ("/opslag/?postnr=x", 400),
}
# Other states of these kinds: filtered, with a word explained, another layer, other lines.
VARIANTS = {
    "units-of-a-region": ("/enheder/?region=midtjylland", 200),
    "revision-of-a-catchment": ("/regler/catchment:hovedstaden:diagnostic/1/", 200),
    "revision-of-a-track": ("/regler/track:unit:ct-foer-henvisning:MAS/1/", 200),
    "difference-of-the-first-revisions": ("/regler/imaging:region:syddanmark/1..2/", 200),
    "glossary-at-a-word": ("/ordliste/#ct-scanning", 200),
    "answer-with-a-word-explained": ("/sted/kolding-kommune/#ord-ct-scanning", 200),
    "map-of-imaging": ("/kort/billeddiagnostik/", 200),
    "map-of-goals": ("/kort/maal/", 200),
    "map-of-ct": ("/kort/ct/", 200),
    "map-of-sources": ("/kort/grundlag/", 200),
    "map-of-gaps": ("/kort/mangler/", 200),
}
ADDRESSES = {**PAGES, **VARIANTS}
# Kind of page that comes after a post: what is typed to get there, and a word that it says.
POSTED = {
    "not-found": ("ingensteds overhovedet", "Ikke fundet"),
    "did-you-mean": ("Platanvje 33, 1810", "Mente du"),
    "special-postcode": ("1786", "postnummer"),
}
