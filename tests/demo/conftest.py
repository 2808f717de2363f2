from datetime import date

import pytest

from virtual_return.demo import generate
from virtual_return.demo.programme import Programme

TODAY = date(2026, 11, 24)


@pytest.fixture(scope="session")
def programme() -> Programme:
    return generate(today=TODAY)
