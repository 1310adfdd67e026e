"""The subject: pathways, rule sets, their revisions, and the rules that a revision holds."""

from __future__ import annotations

from .leads import Lead
from .reports import OPEN_STATES, SETTLED_STATES, LineKind, PageVote, Report
from .reviews import ReviewComment
from .rule_sets import APPROVED, OPEN, Pathway, Revision, RuleSet
from .rules import ImagingRule, Requirement, Route, Rule, Step
from .vocabulary import *  # noqa: F403  (the vocabulary names its exports in __all__)

__all__ = [
    "APPROVED",
    "OPEN",
    "OPEN_STATES",
    "SETTLED_STATES",
    "ImagingRule",
    "Lead",
    "LineKind",
    "PageVote",
    "Pathway",
    "Report",
    "Requirement",
    "ReviewComment",
    "Revision",
    "Route",
    "Rule",
    "RuleSet",
    "Step",
]
