"""Gemma 3 as a text encoder, attending both ways: what EmbeddingGemma is, as a graph."""

from __future__ import annotations

import numpy as np

from router.encoder_making.graph import Graph
from router.encoder_making.source import Source


def gemma(graph: Graph, source: Source, output: str) -> str:
    """Append the transformer and return the tokens in their context: `[1, tokens, hidden]`."""
    return _Gemma(graph, source).build(output)


class _Gemma:
    def __init__(self, graph: Graph, source: Source) -> None:
        config = source.config
        source.demand(bool(config.use_bidirectional_attention), "attends to what was said before only")
        source.demand(config.hidden_activation == "gelu_pytorch_tanh", f"has the activation {config.hidden_activation}")
        source.demand(config.attn_logit_softcapping is None, "caps its attention")
        source.demand(not config.attention_bias, "has biases in its attention")
        self.graph, self.source, self.config = graph, source, config
        self.heads, self.pairs, self.width = (
            config.num_attention_heads,
            config.num_key_value_heads,
            config.head_dim,
        )
        self.eps = config.rms_norm_eps

    def build(self, output: str) -> str:
        graph, config = self.graph, self.config
        table = self.source.weight("embed_tokens.weight") * self.source.weight("embed_tokens.embed_scale")
        hidden = graph.rows(table, "input_ids")
        self._places()
        normed = self._norm(hidden, "layers.0.input_layernorm")
        last = config.num_hidden_layers - 1
        for layer, kind in enumerate(config.layer_types):
            at = f"layers.{layer}"
            attended = self._norm(self._attention(normed, at, kind), f"{at}.post_attention_layernorm")
            normed, hidden = self._add_and_norm(attended, hidden, f"{at}.pre_feedforward_layernorm")
            fed = self._norm(self._feed(normed, f"{at}.mlp"), f"{at}.post_feedforward_layernorm")
            following = "norm" if layer == last else f"layers.{layer + 1}.input_layernorm"
            normed, hidden = self._add_and_norm(fed, hidden, following, output if layer == last else "")
        return normed

    def _places(self) -> None:
        """Add what depends on places: the rotations, and what is too far for a sliding window."""
        graph, config = self.graph, self.config
        places = np.arange(self.source.max_tokens, dtype=np.float32)
        for kind in sorted(set(config.layer_types)):
            given = config.rope_parameters[kind]
            self.source.demand(given["rope_type"] == "default", f"rotates by {given['rope_type']!r}")
            angles = np.outer(places, self.source.weight(f"rotary_emb.{kind}_inv_freq"))
            graph.constant(f"{kind}.cos", np.cos(angles))
            graph.constant(f"{kind}.sin", np.sin(angles))
        graph.integers("from_the_first", 0)
        graph.integers("to_heads", 0, 0, -1, self.width)
        graph.integers("to_tokens", 0, 0, self.heads * self.width)
        graph.integers("head_of_each", *(n * self.pairs // self.heads for n in range(self.heads)))
        self.windowed = config.sliding_window and self.source.max_tokens > config.sliding_window
        if self.windowed:
            self._window(config.sliding_window)

    def _window(self, size: int) -> None:
        """Add to the attention -inf, nearly, where two tokens are `size` places apart or more."""
        graph = self.graph
        count = graph.node("Shape", ["input_ids"], "token_count", start=1, end=2)
        scalar = graph.node("Squeeze", [count], "token_number")
        zero, one = (graph.constant(f"number_{n}", np.array(n, np.int64)) for n in (0, 1))
        place = graph.node("Range", [zero, scalar, one], "place")
        column = graph.node("Unsqueeze", [place, graph.integers("last_axis", 1)], "place_down")
        apart = graph.node("Abs", [graph.node("Sub", [column, place], "ahead")], "apart")
        far = graph.node("GreaterOrEqual", [apart, graph.constant("window", np.array(size, np.int64))], "far")
        values = [graph.constant(name, np.array(value, np.float32)) for name, value in (("no", -1e9), ("yes", 0.0))]
        bias = graph.node("Where", [far, *values], "window_2d")
        graph.node("Unsqueeze", [bias, graph.integers("first_axes", 0, 1)], "window_bias")

    def _attention(self, normed: str, at: str, kind: str) -> str:
        graph, source = self.graph, self.source
        parts = [f"{at}.self_attn.{part}_proj" for part in "qkv"]
        stacked = np.concatenate([source.weight(f"{part}.weight") for part in parts])
        together = graph.matmul(normed, f"{at}.qkv", stacked)
        sizes = graph.integers("qkv_sizes", *(self.width * n for n in (self.heads, self.pairs, self.pairs)))
        query, key, value = graph.nodes("Split", [together, sizes], [f"{part}.out" for part in parts], axis=-1)
        query = self._norm(self._to_heads(query), f"{at}.self_attn.q_norm")
        key = self._for_each_head(self._norm(self._to_heads(key), f"{at}.self_attn.k_norm"))
        value = self._to_tokens(self._for_each_head(self._to_heads(value)))
        query, key = (self._rotate(self._to_tokens(part), kind) for part in (query, key))
        inputs = [query, key, value]
        if self.windowed and kind == "sliding_attention":
            inputs += ["", "", "window_bias"]
        scale = self.config.query_pre_attn_scalar**-0.5
        attended = graph.fused("MultiHeadAttention", inputs, f"{at}.attended", num_heads=self.heads, scale=scale)
        return graph.matmul(attended, f"{at}.self_attn.o_proj", source.weight(f"{at}.self_attn.o_proj.weight"))

    def _to_heads(self, value: str) -> str:
        return self.graph.node("Reshape", [value, "to_heads"], f"{value}.heads")

    def _to_tokens(self, value: str) -> str:
        return self.graph.node("Reshape", [value, "to_tokens"], f"{value}.tokens")

    def _for_each_head(self, value: str) -> str:
        """Repeat keys or values for the heads that share them."""
        if self.heads == self.pairs:
            return value
        return self.graph.node("Gather", [value, "head_of_each"], f"{value}.each", axis=2)

    def _rotate(self, value: str, kind: str) -> str:
        inputs = [value, "from_the_first", f"{kind}.cos", f"{kind}.sin"]
        return self.graph.fused("RotaryEmbedding", inputs, f"{value}.placed")

    def _feed(self, normed: str, at: str) -> str:
        graph, source = self.graph, self.source
        stacked = np.concatenate([source.weight(f"{at}.{part}_proj.weight") for part in ("gate", "up")])
        together = graph.matmul(normed, f"{at}.gate_up", stacked)
        gate, up = graph.nodes("Split", [together], [f"{at}.gate", f"{at}.up"], axis=-1, num_outputs=2)
        opened = graph.fused("FastGelu", [gate], f"{at}.opened")  # by tanh, as the original
        wide = graph.node("Mul", [opened, up], f"{at}.wide")
        return graph.matmul(wide, f"{at}.down_proj", source.weight(f"{at}.down_proj.weight"))

    def _norm(self, value: str, name: str) -> str:
        weight = self._gain(name)
        return self.graph.node(
            "SimplifiedLayerNormalization", [value, weight], f"{name}.out", axis=-1, epsilon=self.eps, stash_type=1
        )

    def _add_and_norm(self, value: str, skipped: str, name: str, output: str = "") -> tuple[str, str]:
        """Return the normalised sum, and the sum."""
        outputs = [output or f"{name}.out", "", "", f"{name}.sum"]
        inputs, settings = [value, skipped, self._gain(name)], {"domain": "com.microsoft", "epsilon": self.eps}
        normed, _, _, total = self.graph.nodes("SkipSimplifiedLayerNormalization", inputs, outputs, **settings)
        return normed, total

    def _gain(self, name: str) -> str:
        return self.graph.constant(f"{name}.gain", 1 + self.source.weight(f"{name}.weight"))
