"""EmbeddingGemma at its full size, with random weights: what it takes to route with it in 4 bits.

    python -m evals.gemma WORK                     build, export, compile and measure, in about ten minutes
    python -m evals.gemma WORK -o gemma.json       write the numbers as JSON too

The architecture is the published one (308 million parameters, 262,144 pieces),
and arithmetic and memory do not depend on what the weights are. The pieces are
made up: their number is right, how many a text has is not, so that texts are
measured by tokens. WORK is a folder for 3 GB; what it holds already is not
built again. One thread, like `evals.speed`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import zlib
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.machine import ONE_THREAD, describe_machine
from evals.made_up_pieces import made_up_tokenizer
from evals.timing import ROOT, Measured, child, percentile, table, timed
from router import Router
from router.declarations import load
from router.encoders import Prefixes, TokenVectors, load_encoder
from router.encoders.card import Card
from router.encoders.tokenizer import open_tokenizer

TOKENS = (12, 256)
ROUNDS = {12: 120, 256: 20}
LOOSE = 0.5
"""The least cosine: random weights say nothing about what 4 bits cost learnt ones, but a mistake in the graph shows."""


def build(work: Path) -> Path:
    """Write the model as a sentence-transformers folder, export it and return the exported folder."""
    exported = work / "gemma-int4"
    if not (exported / "encoder.json").exists():
        from router.encoder_making.export import export
        from router.encoder_making.parity import Tolerance
        from router.encoders.sentence_transformers import SentenceTransformerEncoder

        original = work / "gemma"
        if not (original / "modules.json").exists():
            _write_original(original)
        texts = ["wake me at half past six", "明日の朝六時半に起こして"]
        encoder = SentenceTransformerEncoder(str(original))
        parity = export(encoder, exported, "int4", texts, tokens=True, tolerance=Tolerance(LOOSE, LOOSE))
        print(f"exported: {parity}", file=sys.stderr)
        # Without a prefix, whose made-up pieces are too many, a text has as many tokens as are said to be measured.
        replace(Card.read(exported), prefixes=Prefixes()).write(exported)
    return exported


def compiled(work: Path, encoder: Path) -> Path:
    """Compile `tool_specs/` for the exported encoder and return the bundle."""
    bundle = work / "gemma.bundle"
    if not bundle.exists():
        Router.from_specs(ROOT / "tool_specs", encoder=StandIn(encoder)).save(bundle)
    return bundle


class StandIn:
    """In the exported encoder's name, random rows: as good as those of random weights, and not half an hour's work."""

    def __init__(self, folder: Path) -> None:
        original = load_encoder(f"onnx:{folder}")
        self.name, self.dim, self.fingerprint = original.name, original.dim, original.fingerprint
        self.prefixes, self.gives_tokens = original.prefixes, True
        self._tokenizer = open_tokenizer(folder / "tokenizer.json", 2048)

    def encode(self, utterances: Sequence[str]) -> NDArray[np.float32]:
        """Return a unit row for each text."""
        return np.array([_random_row(text, self.dim) for text in utterances], np.float32).reshape(-1, self.dim)

    def encode_tokens(self, utterances: Sequence[str]) -> list[TokenVectors]:
        """Return rows, and tokens with a vector for each piece."""
        found = []
        for text in utterances:
            encoded = self._tokenizer.encode(text)
            own = ~np.array(encoded.special_tokens_mask, bool)
            vectors = self.encode([str(number) for number in encoded.ids])
            found.append(
                TokenVectors(_random_row(text, self.dim), vectors[own], np.array(encoded.offsets, np.intp)[own])
            )
        return found


def _random_row(text: str, dim: int) -> NDArray[np.float32]:
    row = np.random.default_rng(zlib.crc32(text.encode())).standard_normal(dim, dtype=np.float32)
    return row / np.float32(np.linalg.norm(row))


def text_of(tokens: int, encoder: Path) -> str:
    """Return an utterance of so many tokens, the marks at its ends counted."""
    count = open_tokenizer(encoder / "tokenizer.json", 2048).encode
    said = " ".join(chain.from_iterable(sorted({*tool.counterexamples}) for tool in load(ROOT / "tool_specs")))
    for end in range(1, len(said)):
        if said[end - 1] != " " and len(count(said[:end]).ids) == tokens:
            return said[:end]
    raise SystemExit(f"no text of {tokens} tokens")


def measure_latency(router: Router, encoder: Path, utterance: str, tokens: int) -> list[Measured]:
    """Route, against the session alone on ready ids, by turns."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(encoder / "model.onnx"), options, providers=["CPUExecutionProvider"])
    ids = np.array([open_tokenizer(encoder / "tokenizer.json", 2048).encode(utterance).ids], np.int64)
    assert ids.shape == (1, tokens)
    runs = [(lambda: router.route(utterance)), (lambda: session.run(None, {"input_ids": ids}))]
    times: list[list[float]] = [[], []]
    for turn in range(ROUNDS[tokens] + 2):
        for which in (0, 1) if turn % 2 else (1, 0):
            times[which].append(timed(runs[which]))
    ours, bare = (each[2:] for each in times)
    ratio = median(one / other for one, other in zip(ours, bare, strict=True))
    p50, p95 = (median(ours), median(bare)), (percentile(ours, 95), percentile(bare, 95))
    return [
        Measured(f"route, {tokens} tokens, p50", *p50, "ms", "median of ratios", ratio, 1.05, len(ours)),
        Measured(f"route, {tokens} tokens, p95", *p95, "ms", "ratio", p95[0] / p95[1], None, len(ours)),
    ]


def measure_memory(bundle: Path, encoder: Path, utterance: str, tokens: int) -> list[Measured]:
    """A process that loads the bundle and routes, against one that opens tokenizer and session as they come."""
    found: list[dict[str, float]] = []
    for code, folder in ((_ROUTE, bundle), (_BARE, encoder)):
        _, lines = child(code + _MEMORY, str(folder), utterance, str(encoder))
        kilobytes = {key: int(value.split()[0]) for key, value in json.loads(lines[-1]).items()}
        found.append({key: value / 1024 for key, value in kilobytes.items()})
    ours, bare = found
    rows = (
        ("peak resident", "VmHWM", 200.0),
        ("of that memory of its own", "RssAnon", None),
        ("of that pages of files", "RssFile", None),
    )
    return [
        Measured(f"{what}, {tokens} tokens", ours[key], bare[key], "MB", "ours", ours[key], goal, 1)
        for what, key, goal in rows
    ]


def _write_original(folder: Path) -> None:
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Dense, Transformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling
    from transformers import Gemma3TextConfig, Gemma3TextModel, PreTrainedTokenizerFast

    torch.manual_seed(1)
    config = Gemma3TextConfig(
        vocab_size=262_144,
        hidden_size=768,
        intermediate_size=1152,
        num_hidden_layers=24,
        num_attention_heads=3,
        num_key_value_heads=1,
        head_dim=256,
        query_pre_attn_scalar=256,
        max_position_embeddings=2048,
        sliding_window=512,
        use_bidirectional_attention=True,
    )
    body = folder.with_name("transformer")
    Gemma3TextModel(config).save_pretrained(body)
    marks = {"pad_token": "<pad>", "eos_token": "<eos>", "bos_token": "<bos>", "unk_token": "<unk>"}
    tokenizer = made_up_tokenizer(config.vocab_size)
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=2048, **marks).save_pretrained(body)
    identity = torch.nn.Identity()
    modules = [
        Transformer(str(body)),
        Pooling(768, "mean"),
        Dense(768, 3072, bias=False, activation_function=identity),
        Dense(3072, 768, bias=False, activation_function=identity),
        Normalize(),
    ]
    SentenceTransformer(modules=modules, device="cpu").save(str(folder), create_model_card=False)


def main(argv: Sequence[str] | None = None) -> None:
    """Build, measure, print and perhaps write."""
    parser = argparse.ArgumentParser(prog="python -m evals.gemma", description="EmbeddingGemma's size, speed, memory.")
    parser.add_argument("work", type=Path, metavar="WORK", help="a folder for what is built")
    parser.add_argument("-o", "--output", type=Path, help="write the numbers as JSON")
    arguments = parser.parse_args(argv)
    arguments.work.mkdir(parents=True, exist_ok=True)
    encoder = build(arguments.work.resolve())
    bundle = compiled(arguments.work.resolve(), encoder)
    machine = describe_machine(ROOT)
    sizes = {file.name: file.stat().st_size / 1e6 for file in sorted(encoder.iterdir())}
    measured = [
        Measured(f"size of {name}", size, None, "MB", "size", size, None, 1) for name, size in sizes.items() if size > 1
    ]
    said = {tokens: text_of(tokens, encoder) for tokens in TOKENS}
    for tokens, utterance in said.items():
        measured += measure_memory(bundle, encoder, utterance, tokens)
    router = Router.load(bundle, load_encoder(f"onnx:{encoder}"))
    for tokens, utterance in said.items():
        measured += measure_latency(router, encoder, utterance, tokens)
    print("\n".join(f"{name}: {value}" for name, value in machine.items()))
    print(f"\n{table(measured)}")
    if arguments.output:
        results: list[dict[str, Any]] = [
            {key: getattr(one, key) for key in one.__dataclass_fields__} | {"verdict": one.verdict} for one in measured
        ]
        arguments.output.write_text(json.dumps({"machine": machine, "measured": results}, indent=1) + "\n", "utf-8")


_ROUTE = """
import sys
from router import Router
from router.encoders import load_encoder
router = Router.load(sys.argv[1], load_encoder("onnx:" + sys.argv[3]))
for n in range(20):
    router.route(f"{sys.argv[2]} {n}" if n else sys.argv[2])
"""

_BARE = """
import sys
import numpy, onnxruntime, tokenizers
tokenizer = tokenizers.Tokenizer.from_file(sys.argv[1] + "/tokenizer.json")
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(sys.argv[1] + "/model.onnx", options, providers=["CPUExecutionProvider"])
for n in range(20):
    text = f"{sys.argv[2]} {n}" if n else sys.argv[2]
    session.run(None, {"input_ids": numpy.array([tokenizer.encode(text).ids], numpy.int64)})
"""

_MEMORY = """
import json
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(json.dumps({key: status[key] for key in ("VmHWM", "RssAnon", "RssFile")}))
"""

if __name__ == "__main__":
    if any(os.environ.get(name) != "1" for name in ONE_THREAD):
        os.execve(  # BLAS libraries read this once, when they are loaded
            sys.executable,
            [sys.executable, "-m", "evals.gemma", *sys.argv[1:]],
            os.environ | dict.fromkeys(ONE_THREAD, "1"),
        )
    main()
