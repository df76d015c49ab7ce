"""Makes `tiny.tflite`: the tiny ONNX encoder of `tests/encoders/conftest.py` as LiteRT runs it.

    pip install litert-torch && python -m tests.encoders.litert.recipe

It is kept here because its converter is larger than everything else that the tests need.
"""

from pathlib import Path
from typing import Any

import numpy as np
import torch

from tests.encoders.conftest import DIM, LETTERS

FILE = Path(__file__).with_name("tiny.tflite")
TOKENS = 32


class _Mean(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        pieces = 4 + 2 * len(LETTERS)
        table = np.random.default_rng(7).normal(size=(pieces, DIM)).astype(np.float32)
        self.table = torch.nn.Parameter(torch.from_numpy(table), requires_grad=False)

    def forward(self, ids: Any, mask: Any) -> Any:
        weight = mask.unsqueeze(-1).to(torch.float32)
        mean = (torch.nn.functional.embedding(ids, self.table) * weight).sum(1) / weight.sum(1)
        return mean / mean.norm(dim=-1, keepdim=True)


def main() -> None:
    """Convert and write."""
    import litert_torch

    ids = torch.ones((1, TOKENS), dtype=torch.int32)
    litert_torch.convert(_Mean().eval(), (ids, ids.clone())).export(str(FILE))


if __name__ == "__main__":
    main()
