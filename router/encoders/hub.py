"""Models on the Hugging Face hub: fetched once into its cache, and refusals explained."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from router.encoders.card import CARD, MODEL, TOKENIZER
from router.encoders.layout import SETTINGS, chosen, find
from router.errors import EncoderError, MissingExtraError

_ID = re.compile(r"(?P<id>[A-Za-z0-9][\w.-]*/[\w.-]+)(?:/(?P<file>[\w./-]+\.onnx))?")


def fetched(name: str) -> Path | None:
    """Return where the model `OWNER/NAME`, or `OWNER/NAME/FILE.onnx`, lies on this machine; None for another name.

    What is in the hub's cache is taken from there, without asking the hub for a
    newer one; only what is missing is fetched: one model and what belongs to it.
    Raises EncoderError, MissingExtraError without huggingface-hub.
    """
    match = _ID.fullmatch(name)
    if match is None:
        return None
    try:
        import huggingface_hub
        from huggingface_hub.errors import LocalEntryNotFoundError
    except ImportError:
        raise MissingExtraError("huggingface-hub", "hub", f"there is no folder {name!r}, and fetching it") from None
    model = match["file"]
    try:
        try:
            folder = _snapshot(huggingface_hub, match["id"], model, local_files_only=True)
        except LocalEntryNotFoundError:
            folder = None
        if folder is None:
            names = huggingface_hub.HfApi().list_repo_files(match["id"])
            model = model or (None if CARD in names else chosen(names))
            folder = _snapshot(huggingface_hub, match["id"], model)
    except Exception as error:  # its client, its HTTP library and the system raise what they like
        raise EncoderError(explained(match["id"], error) or f"{name!r} cannot be fetched: {error}") from error
    if folder is None:
        raise EncoderError(
            f"{match['id']!r} on the Hugging Face hub holds no {match['file'] or 'ONNX model'} that can be used here"
        )
    return folder / model if match["file"] and model else folder


def _snapshot(hub: Any, repository: str, model: str | None, **options: Any) -> Path | None:
    """Return the folder in the cache if it holds the model, or one that would be chosen."""
    wanted = [CARD, TOKENIZER, *SETTINGS]
    if model or not options:
        wanted += [model or MODEL, f"{model or MODEL}_data*", f"{model or MODEL}.data*"]
    folder = Path(hub.snapshot_download(repository, allow_patterns=wanted, **options))
    there = (folder / model).exists() if model else find(folder)[1] is not None or (folder / MODEL).exists()
    return folder if there and (folder / TOKENIZER).exists() else None


def explained(repository: str, error: BaseException) -> str | None:
    """Return what to do about a refusal of the hub, found among an error and its causes, or None if it is none."""
    from huggingface_hub import errors

    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in chain:
        chain.append(cause)
        cause = cause.__cause__ or cause.__context__
    told = "Say who you are with 'hf auth login', or with a token in the environment variable HF_TOKEN."
    if any(isinstance(each, errors.GatedRepoError) for each in chain):
        return (
            f"{repository!r} is gated on the Hugging Face hub: its licence must be accepted first. "
            f"Accept it at https://huggingface.co/{repository}, signed in. {told}"
        )
    if any(isinstance(each, errors.RepositoryNotFoundError) for each in chain):
        return (
            f"there is no folder {repository!r} here, and no such model on the Hugging Face hub, unless it is private. "
            f"See whether the name is right. {told}"
        )
    offline = (errors.LocalEntryNotFoundError, errors.OfflineModeIsEnabled, ConnectionError)
    if any(isinstance(each, offline) or type(each).__name__ in _UNREACHABLE for each in chain):
        return (
            f"there is no folder {repository!r} here, it is not in the cache of the Hugging Face hub, and the hub "
            f"cannot be reached. Where there is a network, 'hf download {repository}' puts it into the cache."
        )
    return None


_UNREACHABLE = {"ConnectError", "ConnectTimeout", "ReadTimeout", "ProxyError"}
"""What the HTTP libraries under different versions of the client raise, each with classes of its own."""
