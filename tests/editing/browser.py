"""What a browser sends of a draft's page."""

from __future__ import annotations

from typing import Any

from editing.drafts.formset import Page


def post_of(page: Page) -> dict[str, Any]:
    """Return the page as a browser sends it."""
    data: dict[str, Any] = {}
    for name, entries in page.lines.items():
        data[f"{name}-count"] = str(len(entries))
        for entry in entries:
            data |= {f"{entry.id}-{column}": v for column, v in entry.values.items()}
            data[f"{entry.id}-was"] = str(entry.seal or "")
            if entry.removed:
                data[f"{entry.id}-removed"] = "1"
    if page.withdrawal is not None:
        data["withdrawal"] = page.withdrawal
    return data
