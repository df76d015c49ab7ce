"""BERT and its kin (MiniLM, E5, XLM-RoBERTa) as a graph."""

from __future__ import annotations

import numpy as np

from router.encoder_making.graph import Graph
from router.encoder_making.source import Source


def bert(graph: Graph, source: Source, output: str) -> str:
    """Append the transformer and return the tokens in their context: `[1, tokens, hidden]`."""
    return _Bert(graph, source).build(output)


class _Bert:
    def __init__(self, graph: Graph, source: Source) -> None:
        config = source.config
        source.demand(config.hidden_act == "gelu", f"has the activation {config.hidden_act!r}")
        kind = getattr(config, "position_embedding_type", None) or "absolute"
        source.demand(kind == "absolute", f"has positions of the kind {kind!r}")
        source.demand(not config.is_decoder, "is a decoder")
        self.graph, self.source, self.config = graph, source, config

    def build(self, output: str) -> str:
        hidden = self._embeddings()
        last = self.config.num_hidden_layers - 1
        for layer in range(last + 1):
            hidden = self._layer(f"encoder.layer.{layer}", hidden, output if layer == last else f"layer{layer}")
        return hidden

    def _embeddings(self) -> str:
        """Look up tokens, add positions, normalise."""
        graph, weight = self.graph, self.source.weight
        # RoBERTa counts from behind the place of the padding.
        first = 0 if self.config.model_type == "bert" else self.config.pad_token_id + 1
        positions = weight("embeddings.position_embeddings.weight")[first : first + self.source.max_tokens]
        table = graph.constant("positions", positions + weight("embeddings.token_type_embeddings.weight")[0])
        looked_up = graph.rows(weight("embeddings.word_embeddings.weight"), "input_ids")
        count = graph.node("Shape", ["input_ids"], "token_count", start=1, end=2)
        placed = graph.node("Slice", [table, graph.integers("from_the_first", 0), count], "placed")
        summed = graph.node("Add", [looked_up, placed], "summed")
        norm = [self._given(f"embeddings.LayerNorm.{part}") for part in ("weight", "bias")]
        return graph.node("LayerNormalization", [summed, *norm], "embedded", epsilon=self.config.layer_norm_eps)

    def _layer(self, at: str, hidden: str, output: str) -> str:
        graph, weight = self.graph, self.source.weight
        parts = [f"{at}.attention.self.{part}" for part in ("query", "key", "value")]
        stacked = np.concatenate([weight(f"{part}.weight") for part in parts])
        bias = np.concatenate([weight(f"{part}.bias") for part in parts])
        together = graph.matmul(hidden, f"{at}.attention.self", stacked)
        split = graph.nodes("Split", [together], [f"{part}.out" for part in parts], axis=-1, num_outputs=3)
        biased = [*split, graph.constant(f"{at}.attention.self.bias", bias)]
        heads = self.config.num_attention_heads
        attended = graph.fused("MultiHeadAttention", biased, f"{at}.attended", num_heads=heads)
        attended = self._add_and_normalize(f"{at}.attention.output", attended, hidden, f"{at}.middle")
        dense = f"{at}.intermediate.dense"
        wide = graph.matmul(attended, dense, weight(f"{dense}.weight"))
        wide = graph.fused("BiasGelu", [wide, self._given(f"{dense}.bias")], f"{at}.wide")
        return self._add_and_normalize(f"{at}.output", wide, attended, output)

    def _add_and_normalize(self, at: str, value: str, skipped: str, output: str) -> str:
        """Project a value, add what skipped the block, normalise."""
        projected = self.graph.matmul(value, f"{at}.dense", self.source.weight(f"{at}.dense.weight"))
        given = [self._given(f"{at}.{part}") for part in ("LayerNorm.weight", "LayerNorm.bias", "dense.bias")]
        inputs, epsilon = [projected, skipped, *given], self.config.layer_norm_eps
        return self.graph.fused("SkipLayerNormalization", inputs, output, epsilon=epsilon)

    def _given(self, name: str) -> str:
        return self.graph.constant(name, self.source.weight(name))
