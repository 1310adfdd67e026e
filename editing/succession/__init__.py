"""Succession: the first rules of a new region, copied from the regions it replaces."""
