"""Texts and the rows that an encoder gave them before its weights were rounded, kept in 16 bits beside the tests.

    python -m tests.encoders.samples NAME SPEC [TEXTS]

writes the rows of the encoder that ships as NAME, given by SPEC (`onnx:DIR` or
`static:DIR` of the folder in fp32, `st:DIR` of what it was made from) to the
texts in the JSON file TEXTS, by default those that NAME has already.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from router.encoders import Encoder, load_encoder

GOLDEN = Path(__file__).parent / "golden"


def texts_of(name: str) -> list[str]:
    """Return the texts of an encoder's sample."""
    texts: list[str] = json.loads((GOLDEN / f"{name}_texts.json").read_text(encoding="utf-8"))
    return texts


def cosines_to_original(name: str, encoder: Encoder) -> NDArray[np.float32]:
    """Return, for each text of the sample, the cosine of the encoder's row with the one kept: `[texts]`."""
    original: NDArray[np.float32] = np.load(GOLDEN / f"{name}_fp32.npy").astype(np.float32)
    original /= np.linalg.norm(original, axis=1, keepdims=True)
    cosines: NDArray[np.float32] = np.vecdot(encoder.encode(texts_of(name)), original)
    return cosines


def main(name: str, spec: str, texts: str | None = None) -> None:
    """Write a sample."""
    if texts is not None:
        said = json.loads(Path(texts).read_text(encoding="utf-8"))
        (GOLDEN / f"{name}_texts.json").write_text(
            json.dumps(said, ensure_ascii=False, indent=0) + "\n", encoding="utf-8"
        )
    np.save(GOLDEN / f"{name}_fp32.npy", load_encoder(spec).encode(texts_of(name)).astype(np.float16))


if __name__ == "__main__":
    main(*sys.argv[1:])
