"""The directory that the tests of the real data begin with is the one in their database."""

from __future__ import annotations

import pytest

from pathways.directory import snapshot as directory


@pytest.mark.django_db
@pytest.mark.usefixtures("real_data")
def test_directory_at_hand_is_the_one_that_the_database_has() -> None:
    at_hand = directory.current()
    directory.forget()

    assert directory.current() is not at_hand
    assert directory.current() == at_hand
