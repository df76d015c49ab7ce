"""Utterances for no tool that ship with the package, so that authors need not write what everybody would.

They are varied, and of no tool of a phone assistant. Somebody's tools may be
about one of them all the same: what is near to a tool is left out. Where a tool
has next to no examples, nothing is used: it would drown a tool that is known by
its declaration alone.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib import resources

import numpy as np

from router.declarations import ToolSet
from router.encoders import Encoder
from router.scoring.material import Material, embed_tools
from router.training.evidence import FEWEST_EXAMPLES

NEAREST = 0.35
"""A background utterance is left out if its embedding is as similar as this to an example or a declaration."""


def with_background(tools: ToolSet, encoder: Encoder) -> Material:
    """Embed tools and what is out of their scope, declared or not."""
    if min((len(tool.examples) for tool in tools), default=0) < FEWEST_EXAMPLES:
        return embed_tools(tools, tools.out_of_scope, encoder)
    material = embed_tools(tools, tools.out_of_scope, encoder, background())
    own = np.concatenate([material.declarations.embeddings, material.examples.embeddings])
    nearest = (material.background.embeddings @ own.T).max(axis=1, initial=-1.0)
    return replace(material, background=material.background[nearest < NEAREST])


@cache
def background() -> tuple[str, ...]:
    """Return all of the background, as it ships."""
    text = resources.files("router.training").joinpath("background.txt").read_text("utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))
