"""A driver at a desk, for every test that drives."""

import pytest

from tests.engine.desk import Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()
