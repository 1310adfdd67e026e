"""What each persona gets on GET, for every address of the editor area. One row, one address.

An address that the urlconf has and no row here fails the tests: whoever adds a page decides who
may see it. Below /redaktion/; several rows of one pattern are allowed, at least one is required.
"""

from __future__ import annotations

# operator, editor, reviewer, administrator (Midtjylland), neighbour (Syddanmark), easterner
# (Hovedstaden), national, outsider (no role), half (no second factor), nobody (not signed in)
EDITOR_AREA = {
    #                                                op  ed  re  ad  ne  ea  na  ou  ha  no
    "":                                            "200 200 200 200 200 200 200 403 302 302",
    "region/midtjylland/daekning/":                "200 200 200 200 404 404 404 403 302 302",
    "region/oestdanmark/daekning/":                "200 404 404 404 404 200 404 403 302 302",
    "nationalt/daekning/":                         "200 404 404 404 404 404 200 403 302 302",
    "personer/":                                   "200 403 403 200 403 200 403 403 302 302",
    "breve/":                                      "200 403 403 200 403 200 403 403 302 302",
    "regelsaet/track/":                            "200 200 200 200 404 404 404 403 302 302",
    "regelsaet/imaging/":                          "200 200 200 200 404 404 404 403 302 302",
    "regelsaet/eastern-track/":                    "200 404 404 404 404 200 404 403 302 302",
    "regelsaet/new-catchment/":                    "200 404 404 404 404 200 404 403 302 302",
    "regelsaet/national-rules/":                   "200 404 404 404 404 404 200 403 302 302",
    "regelsaet/example-track/":                    "200 404 404 404 404 404 404 403 302 302",
    "regelsaet/none/":                             "404 404 404 404 404 404 404 403 302 302",
    "regelsaet/track/2/vis/":                      "200 200 200 200 404 404 404 403 302 302",
    "regelsaet/track/2/vis/2027-01-01/":           "200 200 200 200 404 404 404 403 302 302",
    "regelsaet/track/2/vis/8600/":                 "200 200 200 200 404 404 404 403 302 302",
    "regelsaet/track/2/vis/8600/2027-01-01/":      "200 200 200 200 404 404 404 403 302 302",
    "regelsaet/eastern-track/1/vis/":              "200 404 404 404 404 200 404 403 302 302",
    "regelsaet/national-rules/1/vis/8600/":        "200 404 404 404 404 404 200 403 302 302",
    "regelsaet/track/2/godkend/":                  "200 200 200 200 404 404 404 403 302 302",
    "regelsaet/imaging/1/godkend/":                "200 200 200 200 404 404 404 403 302 302",
    "regelsaet/national-rules/1/godkend/":         "200 404 404 404 404 404 200 403 302 302",
    "regelsaet/track-mup/ny/":                     "200 200 403 200 404 404 404 403 302 302",
    "regelsaet/new-catchment/ny/":                 "200 404 404 404 404 200 404 403 302 302",
    "regelsaet/track/2/":                          "200 200 403 200 404 404 404 403 302 302",
    "regelsaet/track/99/":                         "404 404 403 404 404 404 404 403 302 302",
    "regelsaet/catchment/1/":                      "200 200 403 200 404 404 404 403 302 302",
    "regelsaet/national-rules/1/":                 "200 404 404 404 404 404 200 403 302 302",
    "regelsaet/eastern-track/1/":                  "200 404 404 404 404 200 404 403 302 302",
    "region/midtjylland/nyt-regelsaet/":            "200 200 403 200 404 404 404 403 302 302",
    "region/oestdanmark/nyt-regelsaet/":            "200 404 404 404 404 200 404 403 302 302",
    "region/midtjylland/eksport/":                 "200 200 200 200 404 404 404 403 302 302",
    "region/midtjylland/eksport/?form=csv":        "200 200 200 200 404 404 404 403 302 302",
    "region/midtjylland/import/":                  "200 200 403 200 404 404 404 403 302 302",
    "region/midtjylland/kopier/":                  "200 200 403 200 404 404 404 403 302 302",
    "region/oestdanmark/kopier/":                  "200 404 404 404 404 200 404 403 302 302",
    "region/skaane/eksport/":                      "404 404 404 404 404 404 404 403 302 302",
    "nationalt/eksport/":                          "200 404 404 404 404 404 200 403 302 302",
    "nationalt/import/":                           "200 404 404 404 404 404 200 403 302 302",
    "enheder/":                                    "200 200 200 200 200 200 200 403 302 302",
    "enheder/ny/":                                 "200 200 403 200 200 200 403 403 302 302",
    "enheder/dc-silkeborg/":                       "200 200 200 200 404 404 404 403 302 302",
    "enheder/dc-silkeborg/?fra=2027-01-01":        "200 200 403 200 404 404 404 403 302 302",
    "enheder/de-hvidovre/":                        "200 404 404 404 404 200 404 403 302 302",
    "enheder/eksempel-1/":                         "200 404 404 404 404 404 404 403 302 302",
    "kilder/":                                     "200 200 200 200 200 200 200 403 302 302",
    "kilder/sst-2022/":                            "200 403 403 403 403 403 200 403 302 302",
    "kilder/avisen/":                              "404 403 403 403 403 403 404 403 302 302",
    "varsler/":                                    "200 200 200 200 200 200 200 403 302 302",
    "varsler/{notice}/traek-tilbage/":             "405 405 405 405 405 405 405 403 302 302",
    "spor/{lead}/laest/":                          "405 405 405 405 405 405 405 403 302 302",
    "meldinger/":                                  "200 200 200 200 200 200 200 403 302 302",
    "meldinger/{report}/":                         "200 200 200 200 404 404 404 403 302 302",
    "log/":                                        "200 200 200 200 200 200 200 403 302 302",
    "log/log.csv":                                 "200 200 200 200 200 200 200 403 302 302",
}  # fmt: skip

# What a colleague is told who gets 403.
REASONS = {
    "personer/": "Det kræver rollen regional administrator.",
    "breve/": "Det kræver rollen regional administrator.",
    "regelsaet/track-mup/ny/": "Det kræver rollen redaktør, der hvor regelsættet hører til.",
    "regelsaet/track/2/": "Det kræver rollen redaktør, der hvor regelsættet hører til.",
    "regelsaet/track/99/": "Det kræver rollen redaktør, der hvor regelsættet hører til.",
    "regelsaet/catchment/1/": "Det kræver rollen redaktør, der hvor regelsættet hører til.",
    "region/midtjylland/import/": "Det kræver rollen redaktør for Region Midtjylland.",
    "region/midtjylland/nyt-regelsaet/": "Det kræver rollen redaktør for Region Midtjylland.",
    "region/midtjylland/kopier/": "Det kræver rollen redaktør for Region Midtjylland.",
    "enheder/ny/": "Det kræver rollen redaktør i en region.",
    "enheder/dc-silkeborg/?fra=2027-01-01": "rollen redaktør i den region, som enheden ligger i.",
    "kilder/sst-2022/": "Det kræver en national redaktør",
    "kilder/avisen/": "Det kræver en national redaktør",
}

# Below /redaktion/konto/: one's own account, which asks for no role. None of these people has a
# device or a password, and none has opened an invitation; tests/accounts is about those who have.
ACCOUNT = {
    "":                                            "200 200 200 200 200 200 200 200 200 302",
    "invitation/":                                 "404 404 404 404 404 404 404 404 404 404",
    "invitation/xyz/":                             "404 404 404 404 404 404 404 404 404 404",
    "login/":                                      "302 302 302 302 302 302 302 302 302 200",
    "logout/":                                     "200 200 200 200 200 200 200 200 200 302",
    "lukket/":                                     "200 200 200 200 200 200 200 200 200 200",
    "bekraeft/":                                   "403 403 403 403 403 403 403 403 403 302",
    "adgangskode/":                                "302 302 302 302 302 302 302 302 302 302",
    "adgangskode/glemt/":                          "200 200 200 200 200 200 200 200 200 200",
    "adgangskode/glemt/sendt/":                    "200 200 200 200 200 200 200 200 200 200",
    "adgangskode/ny/":                             "200 200 200 200 200 200 200 200 200 200",
    "adgangskode/ny/1-abc/":                       "200 200 200 200 200 200 200 200 200 200",
    "faktor/":                                     "200 200 200 200 200 200 200 200 200 302",
    "faktor/kode/":                                "302 302 302 302 302 302 302 302 302 302",
    "faktor/bekraeft/":                            "403 403 403 403 403 403 403 403 403 302",
    "faktor/app/":                                 "200 200 200 200 200 200 200 200 200 302",
    "faktor/app/fjern/":                           "404 404 404 404 404 404 404 404 404 302",
    "faktor/koder/":                               "404 404 404 404 404 404 404 404 404 302",
    "faktor/koder/nye/":                           "200 200 200 200 200 200 200 200 200 302",
    "faktor/noegler/":                             "200 200 200 200 200 200 200 200 200 302",
    "faktor/noegler/ny/":                          "200 200 200 200 200 200 200 200 200 302",
    "faktor/noegler/bekraeft/":                    "403 403 403 403 403 403 403 403 403 302",
    "faktor/noegler/1/fjern/":                     "404 404 404 404 404 404 404 404 404 302",
    "faktor/noegler/1/navn/":                      "404 404 404 404 404 404 404 404 404 302",
    "sso/skaane/login/":                           "404 404 404 404 404 404 404 404 404 404",
    "sso/skaane/login/callback/":                  "404 404 404 404 404 404 404 404 404 404",
}  # fmt: skip

# Below /admin/. Who is no superuser is led to its client_for, which says so (403).
ADMIN = {
    "":                                            "200 302 302 302 302 302 302 302 302 302",
    "login/":                                      "302 403 403 403 403 403 403 403 403 302",
    "logout/":                                     "405 302 302 302 302 302 302 302 302 302",
    "password_change/":                            "200 302 302 302 302 302 302 302 302 302",
    "password_change/done/":                       "200 302 302 302 302 302 302 302 302 302",
    "autocomplete/":                               "403 302 302 302 302 302 302 302 302 302",
    "jsi18n/":                                     "200 302 302 302 302 302 302 302 302 302",
    "r/1/1/":                                      "404 302 302 302 302 302 302 302 302 302",
    "regions/":                                    "200 302 302 302 302 302 302 302 302 302",
    "skaane/":                                     "404 302 302 302 302 302 302 302 302 302",
}  # fmt: skip

# The pages that the admin has of every table: what a superuser gets on GET and on POST. Nothing is
# written there.
ADMIN_PAGES = {
    #                                              get post
    "":                                            "200 200",
    "add/":                                        "403 403",
    "{pk}/":                                       "302 302",
    "{pk}/history/":                               "200 200",
    "{pk}/delete/":                                "403 403",
    "{pk}/change/":                                "200 403",
}  # fmt: skip
