"""From a sentence-transformers model to a folder that ONNX Runtime runs.

    export(SentenceTransformerEncoder("multilingual-e5-small"), Path("e5-int8"), "int8", texts)

The graph is written node by node from the weights (`bert`, `gemma`), with what
follows the transformer folded in. Nothing is in the folder's place before its
rows were compared with the original's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from router.declarations import ToolSet
from router.encoder_making.bert import bert
from router.encoder_making.gemma import gemma
from router.encoder_making.graph import Graph
from router.encoder_making.parity import TOLERANCES, Parity, Progress, Tolerance, compare, compare_decisions
from router.encoder_making.pieces import write_pieces
from router.encoder_making.placing import check_replaceable, placed
from router.encoder_making.quantize import Precision
from router.encoder_making.source import Source, take_apart
from router.encoders.card import TOKENIZER, Card
from router.encoders.onnx import OnnxEncoder
from router.encoders.sentence_transformers import SentenceTransformerEncoder
from router.evaluation import Suite

ROW = "sentence_embedding"
TOKENS = "token_embeddings"
ARCHITECTURES: dict[str, Callable[[Graph, Source, str], str]] = {
    "bert": bert,
    "camembert": bert,
    "roberta": bert,
    "xlm-roberta": bert,
    "gemma3_text": gemma,
}
"""By the `model_type` that transformers gives them."""


def export(
    original: SentenceTransformerEncoder,
    out: Path,
    precision: Precision,
    texts: Sequence[str],
    *,
    table: Precision | None = None,
    tokens: bool = False,
    tools: ToolSet | None = None,
    suite: Suite | None = None,
    tolerance: Tolerance | None = None,
    progress: Progress = lambda *_: None,
) -> Parity:
    """Write `model.onnx`, `tokenizer.json` and `encoder.json` to the folder `out`, and return how near it came.

    Compared are the rows of `texts`, of the empty one and of one that is cut;
    with `tools`, the decisions of routers too. `table` is the precision of the rows
    that tokens are looked up in, where it is another. `tokens` keeps the vectors of
    tokens as an output. The folder takes its place at the end: whatever stops
    this, what was there stays. Raises EncoderError if the model is of no kind
    that can be exported, if something else is in the way, or if more is lost than
    is tolerated.
    """
    source = check_exportable(original, out)
    with placed(out) as new:
        progress("writing the graph", 0, 1)
        card = write(source, new, precision, table=table, tokens=tokens)
        card = replace(card, prefixes=original.prefixes, matryoshka_dimensions=original.matryoshka_dimensions)
        card.write(new)
        progress("writing the graph", 1, 1)
        made = OnnxEncoder(new)
        parity = compare(original, made, [*texts, "", _long(texts, source.max_tokens)], progress)
        if tools is not None:
            parity = replace(parity, decisions=compare_decisions(original, made, tools, suite, progress))
        parity.check(tolerance or TOLERANCES[precision])
        card.write(new, source=original.name, source_fingerprint=original.fingerprint, parity=parity.to_dict())
        del made  # or some systems keep its files from being moved
    return parity


def check_exportable(original: SentenceTransformerEncoder, out: Path) -> Source:
    """Return the parts of a model that `export` can write to `out`. Raises EncoderError if it cannot."""
    check_replaceable(out)
    source = take_apart(original)
    kind = source.config.model_type
    known = ", ".join(map(repr, ARCHITECTURES))
    source.demand(kind in ARCHITECTURES, f"is a transformer of the kind {kind!r}; these can be written: {known}")
    return source


def write(
    source: Source, folder: Path, precision: Precision, *, table: Precision | None = None, tokens: bool = False
) -> Card:
    """Write the graph and the tokenizer to a folder, compared with nothing yet, and return a card for it."""
    graph = Graph(precision, table or precision)
    hidden = ARCHITECTURES[source.config.model_type](graph, source, TOKENS)
    _fold(graph, source, hidden)
    outputs: dict[str, Sequence[str | int]] = {ROW: [1, source.dim]}
    if tokens:
        outputs[TOKENS] = [1, "tokens", source.config.hidden_size]
    graph.save(folder, source.name, outputs)
    (folder / TOKENIZER).write_text(source.tokenizer, encoding="utf-8", newline="\n")
    write_pieces(source.tokenizer, folder)
    return Card(
        name=f"{source.name}-{precision}",
        dim=source.dim,
        max_tokens=source.max_tokens,
        hidden_output=TOKENS if tokens else "",
    )


def _fold(graph: Graph, source: Source, hidden: str) -> None:
    """Append what makes one unit row of the tokens."""
    if source.pooling == "mean":
        row = graph.node("ReduceMean", [hidden, graph.integers("token_axis", 1)], "pooled", keepdims=0)
    else:
        place = graph.constant("place", np.array(0 if source.pooling == "cls" else -1, np.int64))
        row = graph.node("Gather", [hidden, place], "pooled", axis=1)
    for number, layer in enumerate(source.dense):
        name = f"dense{number}"
        row = graph.matmul(row, name, layer.weight)
        if layer.bias is not None:
            row = graph.node("Add", [row, graph.constant(f"{name}.bias", layer.bias)], f"{name}.biased")
        if layer.activation == "Tanh":
            row = graph.node("Tanh", [row], f"{name}.tanh")
    graph.node("LpNormalization", [row], ROW, axis=-1, p=2)


def _long(texts: Sequence[str], tokens: int) -> str:
    """Return a text of more than so many tokens, made of the texts: it tries all places, and the cut."""
    text = " ".join(texts).strip() or "a"
    return " ".join([text] * (2 * tokens // len(text.split()) + 1))
