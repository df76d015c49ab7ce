"""Fixtures for tests of an evaluation."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from router.metrics import intervals


@pytest.fixture(scope="module")
def few_draws() -> Iterator[None]:
    """Let a bootstrap draw 40 times: enough where no test looks at the ends of an interval."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(intervals, "DRAWS", 40)
        patch.setattr(intervals, "FEWEST_DRAWS", 40)
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the examples of a property share."""
    return tmp_path_factory.mktemp("shared")
