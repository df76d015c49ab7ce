import pytest

from router.encoders.http import server


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask again without waiting."""
    monkeypatch.setattr(server, "_BACKOFF_SECONDS", 0)
