"""Which modules of tests run on which database.

On SQLite all of them run. On PostgreSQL those run in which the database has a say: constraints,
actions, races, permissions, loading, upgrading, what is in force, exchange, searching and sorting,
the look-up of addresses, and every address of the site once, as GET and as POST
(tests/editing/rights/). A module that is not named here runs on both, so a new one does; and so
does a test that is marked `postgresql`: the journey of a rule from an editor's desk to a doctor's
screen, and the one of a reader's report.

`pytest --everything` runs all of them on PostgreSQL too.
"""

from __future__ import annotations

from fnmatch import fnmatch

# Why PostgreSQL would say what SQLite says: the modules, `*` being any text without a rule.
ON_SQLITE_ONLY: dict[str, tuple[str, ...]] = {
    "What a page, sheet, feed or file looks like is decided after the last query; that every "
    "address answers on PostgreSQL is seen in tests/editing/rights/.": (
        "tests/*_page.py",
        "tests/*_pages.py",
        "tests/*_on_pages.py",
        "tests/accounts/test_people_shown.py",
        "tests/editing/test_dashboard.py",
        "tests/editing/test_draft_start.py",
        "tests/editing/test_notices.py",
        "tests/editing/test_review_answers.py",
        "tests/editing/test_scheduled_revisions.py",
        "tests/editing/test_missing_rule_sets.py",
        "tests/editing/test_preview.py",
        "tests/editing/test_reports_inbox.py",
        "tests/editing/test_units.py",
        "tests/pathways/test_api.py",
        "tests/pathways/test_dated.py",
        "tests/pathways/test_languages.py",
        "tests/pathways/test_layout.py",
        "tests/pathways/test_marked_*.py",
        "tests/pathways/test_open_figures.py",
        "tests/pathways/test_pages.py",
        "tests/pathways/test_text_only.py",
        "tests/pathways/test_unseen_characters.py",
        "tests/units/test_notices_shown.py",
    ),
    "It is computed in Python from a directory or a gazetteer that is read the same way on both "
    "(test_directory.py, test_address_cases.py).": (
        "tests/editing/test_catchment_map.py",
        "tests/editing/test_catchments.py",
        "tests/editing/test_draft_content.py",
        "tests/notifications/test_schedule.py",
        "tests/pathways/test_answer_checks.py",
        "tests/pathways/test_audit.py",
        "tests/pathways/test_catchment_map.py",
        "tests/pathways/test_checklist.py",
        "tests/pathways/test_completeness.py",
        "tests/pathways/test_comparison.py",
        "tests/pathways/test_coverage*.py",
        "tests/pathways/test_country.py",
        "tests/pathways/test_cpr.py",
        "tests/pathways/test_differences.py",
        "tests/pathways/test_facts.py",
        "tests/pathways/test_flow_drawing.py",
        "tests/pathways/test_glossary.py",
        "tests/pathways/test_known_and_unknown.py",
        "tests/pathways/test_known_good.py",
        "tests/pathways/test_layers_of_rules.py",
        "tests/pathways/test_limits.py",
        "tests/pathways/test_map.py",
        "tests/pathways/test_referral_text.py",
        "tests/pathways/test_states.py",
        "tests/regions/test_every_street.py",
        "tests/regions/test_folding.py",
        "tests/regions/test_locate_properties.py",
        "tests/regions/test_locate_spellings.py",
        "tests/regions/test_outlines_of_denmark.py",
        "tests/regions/test_plain_text.py",
        "tests/regions/test_remarks.py",
    ),
    "The form of files, before anything of them is stored.": (
        "tests/editing/test_exchange_cells.py",
        "tests/editing/test_exchange_files.py",
        "tests/pathways/test_files.py",
    ),
    "Forms, cookies, redirects and codes of allauth, which has no SQL of ours.": (
        "tests/accounts/test_journey.py",
        "tests/accounts/test_odd_addresses.py",
        "tests/accounts/test_second_factor.py",
        "tests/accounts/test_sign_on.py",
        "tests/accounts/test_sso*.py",
    ),
    "Rights are computed by permissions.py, whose queries test_permissions.py and the three "
    "other tables of rights put to both.": (
        "tests/editing/rights/test_rights_actions.py",
        "tests/editing/rights/test_rights_regions.py",
        "tests/editing/rights/test_rights_states.py",
        "tests/editing/rights/test_rights_twins.py",
    ),
    "The server, the admin, the settings, the documents and the tools.": (
        "tests/editing/test_access.py",
        "tests/editing/test_guide.py",
        "tests/editing/test_tidy.py",
        "tests/pathways/test_admin.py",
        "tests/pathways/test_lookup_command.py",
        "tests/test_headers.py",
        "tests/test_privacy.py",
        "tests/test_serving.py",
        "tests/test_settings.py",
        "tests/test_tooling.py",
    ),
    "What a browser makes of a page.": ("tests/journeys/*",),
}


def runs_on_postgresql(module: str) -> bool:
    """Return whether PostgreSQL has a say in a module, given by its path from the checkout."""
    patterns = (pattern for some in ON_SQLITE_ONLY.values() for pattern in some)
    return not any(fnmatch(module, one) for one in patterns)
