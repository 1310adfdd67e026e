"""The key of a rule set is one value: made, read and refused in one place, its text for ever."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathways.models import RuleSet, RuleSetKind, Service, Track
from pathways.rules.keys import InvalidKey, RuleMatter, RuleSetKey, parse_or_none
from regions.models import Region
from units.models import Unit

# Owners may be called what parts of keys are called.
WORDS = ["region", "unit", "track", "imaging", "catchment", "national", "MAS", "diagnostic"]
SLUGS = st.sampled_from(WORDS) | st.from_regex(r"[A-Za-z0-9_-]{1,60}", fullmatch=True)
TRACKS, SERVICES = st.sampled_from(Track.values), st.sampled_from(Service.values)

KEYS = st.one_of(
    st.builds(RuleSetKey, st.just(RuleSetKind.NATIONAL), pathway=SLUGS),
    st.builds(RuleSetKey, st.just(RuleSetKind.CATCHMENT), region=SLUGS, service=SERVICES),
    st.builds(RuleSetKey, st.just(RuleSetKind.TRACK), region=SLUGS, track=TRACKS),
    st.builds(RuleSetKey, st.just(RuleSetKind.TRACK), unit=SLUGS, track=TRACKS),
    st.builds(RuleSetKey, st.just(RuleSetKind.IMAGING), region=SLUGS),
    st.builds(RuleSetKey, st.just(RuleSetKind.IMAGING), unit=SLUGS),
)
# What looks like a key and mostly is none.
PIECES = st.sampled_from(
    [*WORDS, *Track.values, *Service.values, "", " ", "sjælland", "dc-silkeborg"]
)
TEXTS = st.lists(PIECES, max_size=6).map(":".join) | st.text(max_size=30)

TRACK, CATCHMENT, IMAGING = RuleSetKind.TRACK, RuleSetKind.CATCHMENT, RuleSetKind.IMAGING


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("national:egen-udredning", {"kind": "national", "pathway": "egen-udredning"}),
        (
            "catchment:sjaelland:diagnostic",
            {"kind": "catchment", "region": "sjaelland", "service": "diagnostic"},
        ),
        ("track:region:sjaelland:MAS", {"kind": "track", "region": "sjaelland", "track": "MAS"}),
        ("track:unit:dc-thisted:MUP", {"kind": "track", "unit": "dc-thisted", "track": "MUP"}),
        ("imaging:region:sjaelland", {"kind": "imaging", "region": "sjaelland"}),
        ("imaging:unit:rtg-vejle", {"kind": "imaging", "unit": "rtg-vejle"}),
    ],
)
def test_text_of_each_kind_is_the_permanent_one(text: str, parts: dict[str, str]) -> None:
    made = RuleSetKey(RuleSetKind(parts.pop("kind")), **parts)

    assert str(made) == text
    assert RuleSetKey.parse(text) == made


@given(KEYS)
def test_key_is_read_back_from_its_text(key: RuleSetKey) -> None:
    assert RuleSetKey.parse(str(key)) == key


@given(KEYS, KEYS)
def test_no_two_keys_share_a_text(one: RuleSetKey, other: RuleSetKey) -> None:
    assert (str(one) == str(other)) == (one == other)


@given(TEXTS)
def test_text_is_the_key_that_it_is_read_as_or_none(text: str) -> None:
    try:
        key = RuleSetKey.parse(text)
    except InvalidKey:
        assert parse_or_none(text) is None
    else:
        assert str(key) == text
        assert parse_or_none(text) == key


@given(KEYS)
def test_key_is_its_owner_and_its_matter(key: RuleSetKey) -> None:
    of_owner = {"region": key.matter.of_region, "unit": key.matter.of_unit}

    if key.layer != "national":
        assert of_owner[key.layer](key.owner) == key
    assert key.matter.includes(str(key))
    assert RuleMatter(key.kind).includes(str(key))


@pytest.mark.parametrize(
    ("kind", "parts", "why"),
    [
        (TRACK, {"unit": "dc-viborg"}, "has region and track or unit and track, not unit"),
        (TRACK, {"track": "MAS"}, "not track"),
        (TRACK, {"region": "a", "unit": "b", "track": "MAS"}, "not region and unit and track"),
        (TRACK, {"unit": "dc-viborg", "track": "mas"}, "'mas' is no track: MAS, MUP"),
        (CATCHMENT, {"region": "fyn", "service": "x"}, "'x' is no service: diagnostic"),
        (
            CATCHMENT,
            {"unit": "dc-viborg", "service": "imaging"},
            "has region and service, not unit",
        ),
        (IMAGING, {}, "has region or unit, not nothing"),
        (IMAGING, {"unit": "dc:viborg"}, "'dc:viborg' names no unit"),
        (RuleSetKind.NATIONAL, {"pathway": "egen udredning"}, "'egen udredning' names no pathway"),
    ],
)
def test_parts_that_make_no_rule_set_are_refused(
    kind: RuleSetKind, parts: dict[str, str], why: str
) -> None:
    with pytest.raises(InvalidKey) as refusal:
        RuleSetKey(kind, **parts)

    assert why in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "begins with none of national, catchment, track, imaging"),
        ("TRACK:unit:dc-viborg:MAS", "begins with none of"),
        ("track:dc-viborg:MAS", "is no key of a rule set of kind track"),
        ("track:unit:dc-viborg:MAS:MUP", "is no key of a rule set of kind track"),
        ("track:unit::MAS", "not track"),
        ("imaging", "is no key of a rule set of kind imaging"),
        ("catchment:sjaelland", "is no key of a rule set of kind catchment"),
    ],
)
def test_text_that_is_no_key_is_refused(text: str, why: str) -> None:
    with pytest.raises(InvalidKey) as refusal:
        RuleSetKey.parse(text)

    assert why in str(refusal.value)


@pytest.mark.parametrize(
    ("matter", "text", "included"),
    [
        (RuleMatter(TRACK, track="MAS"), "track:region:sjaelland:MAS", True),
        (RuleMatter(TRACK, track="MAS"), "track:unit:dc-viborg:MAS", True),
        (RuleMatter(TRACK, track="MAS"), "track:unit:dc-viborg:MUP", False),
        (RuleMatter(CATCHMENT, service="imaging"), "catchment:sjaelland:imaging", True),
        (RuleMatter(CATCHMENT, service="imaging"), "catchment:imaging:diagnostic", False),
        (RuleMatter(IMAGING), "imaging:unit:track", True),
        (RuleMatter(IMAGING), "catchment:sjaelland:imaging", False),
        (RuleMatter(TRACK), "an older name", False),
    ],
)
def test_matter_includes_the_rules_of_every_owner(
    matter: RuleMatter, text: str, included: bool
) -> None:
    assert matter.includes(text) is included


@pytest.mark.parametrize(
    ("columns", "text"),
    [
        (
            {"kind": "track", "track": "MAS", "unit": Unit(key="dc-viborg")},
            "track:unit:dc-viborg:MAS",
        ),
        ({"kind": "imaging", "region": Region(slug="sjaelland")}, "imaging:region:sjaelland"),
    ],
)
def test_key_follows_from_the_columns_whatever_a_row_is_called(
    columns: dict[str, Any], text: str
) -> None:
    assert str(RuleSetKey.of(RuleSet(key="an-older-name", **columns))) == text
