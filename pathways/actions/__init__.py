"""Do it. Every write to the directory goes through one of these functions.

Each takes keyword arguments only, checks the right, changes the rows and writes one Event, all in
one transaction. `now` is the caller's clock; `seen` is the lock version that the caller last saw.
"""

from __future__ import annotations

from .base import Forbidden, Refused
from .drafts import comment, discard, save_draft, send_back, start_draft, submit
from .feedback import count_vote, file_report, forget_old_addresses, set_state
from .leads import follow_lead, set_leads
from .notices import set_notice, withdraw_notice
from .publishing import confirm, countersign, publish, publish_in_emergency
from .retracting import retract, retract_unit_details
from .rule_sets import columns_of, grant_role, open_pathway, open_rule_set, revoke_role
from .scheduling import drop_rescheduling, propose_rescheduling, reschedule
from .sources import add_source, correct_source
from .transitions import TRANSITIONS, Stale
from .units import open_unit, set_unit_details, withdraw_unit_details

__all__ = [
    "TRANSITIONS",
    "Forbidden",
    "Refused",
    "Stale",
    "add_source",
    "columns_of",
    "comment",
    "confirm",
    "correct_source",
    "count_vote",
    "countersign",
    "discard",
    "drop_rescheduling",
    "file_report",
    "follow_lead",
    "forget_old_addresses",
    "grant_role",
    "open_pathway",
    "open_rule_set",
    "open_unit",
    "propose_rescheduling",
    "publish",
    "publish_in_emergency",
    "reschedule",
    "retract",
    "retract_unit_details",
    "revoke_role",
    "save_draft",
    "send_back",
    "set_leads",
    "set_notice",
    "set_state",
    "set_unit_details",
    "start_draft",
    "submit",
    "withdraw_notice",
    "withdraw_unit_details",
]
