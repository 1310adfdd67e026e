"""The detector of CPR numbers, where the forms look for it; it is `regions.cpr`."""

from __future__ import annotations

from regions.cpr import cpr_refusal, holds_cpr

__all__ = ["cpr_refusal", "holds_cpr"]
