import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import huggingface_hub
import pytest
from huggingface_hub import errors

from router.encoders import load_encoder
from router.encoders.hub import fetched
from router.encoders.onnx import OnnxEncoder
from router.errors import EncoderError, MissingExtraError
from tests.encoders.test_layout import write_hub_folder

ID = "onnx-community/embeddinggemma-300m-ONNX"


def _refusal(kind: type[errors.HfHubHTTPError]) -> Exception:
    response: Any = SimpleNamespace(headers={}, request=None, status_code=401)
    return kind("401", response=response)


class _Hub:
    """Stands in for the hub: what is asked of it, and what is in its cache."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, there: Path, answer: Callable[[], None] = lambda: None) -> None:
        self.asked: list[list[str]] = []
        self.cached = False
        self._there, self._answer = there, answer
        monkeypatch.setattr(huggingface_hub, "snapshot_download", self._snapshot)
        monkeypatch.setattr(huggingface_hub, "HfApi", lambda: SimpleNamespace(list_repo_files=self._names))

    def _names(self, _: str) -> list[str]:
        self._answer()
        return [file.relative_to(self._there).as_posix() for file in self._there.rglob("*") if file.is_file()]

    def _snapshot(self, _: str, *, allow_patterns: list[str], local_files_only: bool = False) -> str:
        if local_files_only and not self.cached:
            raise errors.LocalEntryNotFoundError("not in the cache")
        if not local_files_only:
            self._answer()
            self.asked.append(allow_patterns)
        return str(self._there)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_hub_folder(tmp_path / "embeddinggemma-300m-ONNX", ("model.onnx", "model_q4.onnx"))


def test_one_model_and_what_belongs_to_it_is_fetched(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    hub = _Hub(monkeypatch, folder)
    encoder = load_encoder(f"onnx:{ID}")
    assert isinstance(encoder, OnnxEncoder)
    assert encoder._file == folder / "onnx" / "model_q4.onnx"
    (patterns,) = hub.asked
    assert {"onnx/model_q4.onnx", "onnx/model_q4.onnx_data*", "tokenizer.json", "config.json"} < set(patterns)
    assert "onnx/model.onnx" not in patterns


def test_a_file_may_be_picked(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    _Hub(monkeypatch, folder)
    assert fetched(f"{ID}/onnx/model.onnx") == folder / "onnx" / "model.onnx"


def test_what_is_in_the_cache_is_not_asked_for(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    hub = _Hub(monkeypatch, folder)
    hub.cached = True
    assert fetched(ID) == folder
    assert hub.asked == []


def test_a_repository_without_such_a_model_is_refused(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    _Hub(monkeypatch, folder)
    with pytest.raises(EncoderError, match=r"holds no onnx/other.onnx that can be used here"):
        fetched(f"{ID}/onnx/other.onnx")


@pytest.mark.parametrize(
    ("error", "match"),
    [
        (_refusal(errors.GatedRepoError), f"is gated .*https://huggingface.co/{ID}.*'hf auth login'.*HF_TOKEN"),
        (_refusal(errors.RepositoryNotFoundError), "no such model on the Hugging Face hub, unless it is private"),
        (errors.OfflineModeIsEnabled("offline"), f"cannot be reached.*'hf download {ID}'"),
        (ConnectionError("no route"), "cannot be reached"),
        (type("ConnectError", (Exception,), {})("name or service not known"), "cannot be reached"),
        (ValueError("something else"), "cannot be fetched: something else"),
    ],
)
def test_a_refusal_says_what_to_do(monkeypatch: pytest.MonkeyPatch, folder: Path, error: Exception, match: str) -> None:
    def refuse() -> None:
        raise error

    _Hub(monkeypatch, folder, refuse)
    with pytest.raises(EncoderError, match=match):
        load_encoder(f"onnx:{ID}")


def test_without_its_client_a_missing_folder_may_be_a_typing_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(MissingExtraError, match=r"no folder 'models/mine', .*pip install 'intent-router\[hub\]'"):
        load_encoder("onnx:models/mine")


@pytest.mark.parametrize("name", ["/nowhere/at/all", "./mine", "mine", "~/mine", "a/b/c"])
def test_a_path_is_never_asked_of_the_hub(name: str) -> None:
    assert fetched(name) is None
    with pytest.raises(EncoderError, match=r"encoder.json: No such file"):
        load_encoder(f"onnx:{name}")
