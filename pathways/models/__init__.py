"""The subject: pathways, rule sets, their editions, and the rules that an edition holds."""

from __future__ import annotations

from .rule_sets import APPROVED, OPEN, Pathway, Revision, RuleSet
from .rules import ImagingRule, Requirement, Route, Rule, Step
from .vocabulary import *  # noqa: F403  (the vocabulary names its exports in __all__)

__all__ = [
    "APPROVED",
    "OPEN",
    "ImagingRule",
    "Pathway",
    "Requirement",
    "Revision",
    "Route",
    "Rule",
    "RuleSet",
    "Step",
]
