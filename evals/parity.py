"""Is the shipped encoder as good as the original? `python -m evals.parity DATA SOURCE [-o evals/results/parity.json]`.

SOURCE is the folder with the published weights, as for
`python -m router.encoders.minilm.recipe`; the recipe builds a float32 encoder
from them. Compared are the embeddings of 2,000 utterances of the validation
splits, and the accuracy of routers trained on CLINC150 with either encoder
(validation split).
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from evals.public import measured
from evals.public_sets import clinc150, read_rows
from router.encoders import Encoder, load_encoder
from router.encoders.minilm import recipe

UTTERANCES = 2000


def main() -> int:
    """Compare and write what was found; fail if a bound is not kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder with the public sets, see evals/public_sets/")
    parser.add_argument("source", type=Path, help="folder with the published weights")
    parser.add_argument("-o", "--output", type=Path, help="JSON file to put the results into")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        recipe.main(["--source", str(arguments.source), "--precision", "fp32", folder])
        rows = compare(arguments.data, load_encoder("minilm"), load_encoder(f"onnx:{folder}"))
    for row in rows:
        print(f"{row['figure']}: {row['value']} (bound: {row['bound'] or 'none'}) {'' if row['kept'] else 'NOT KEPT'}")
    if arguments.output:
        arguments.output.write_text(json.dumps({"rows": rows}, indent=1) + "\n")
    return int(not all(row["kept"] for row in rows))


def compare(data: Path, shipped: Encoder, original: Encoder) -> list[dict[str, Any]]:
    """Return the figures, each with its bound and whether it is kept."""
    files = [data / name for name in ("clinc150/val.jsonl", "banking77/valid.jsonl", "massive/en-US/dev.jsonl")]
    texts = [row["text"] for file in files if file.exists() for row in read_rows(file)]
    texts = random.Random(0).sample(texts, min(UTTERANCES, len(texts)))
    cosines = (shipped.encode(texts) * original.encode(texts)).sum(axis=1)
    mean = float(cosines.mean())
    rows = [
        _row(f"mean cosine, {len(texts)} utterances", f"{mean:.5f}", "at least 0.995", mean >= 0.995),
        _row("least cosine", f"{cosines.min():.4f}", "", True),
        _row("first percentile of the cosine", f"{np.quantile(cosines, 0.01):.4f}", "", True),
    ]
    tasks = {task.name: task for task in clinc150.tasks(data, development=True)}
    for name, shots in (("clinc150/10-shot", "train_10"), ("clinc150/full", "train")):
        ours, theirs = (
            measured(tasks[name], encoder)["metrics"]["accuracy"]["value"] for encoder in (shipped, original)
        )
        kept = ours >= theirs - 0.003
        value = f"{ours:.4f} against {theirs:.4f}"
        rows.append(_row(f"CLINC150 {shots}, validation accuracy", value, "within 0.003", kept))
    return rows


def _row(figure: str, value: str, bound: str, kept: bool) -> dict[str, Any]:
    return {"figure": figure, "value": value, "bound": bound, "kept": bool(kept)}


if __name__ == "__main__":
    sys.exit(main())
