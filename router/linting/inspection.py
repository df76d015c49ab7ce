"""What the rules look at: a set of tools, measured once."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from router.declarations import Location, ToolSet
from router.encoders import Encoder
from router.linting.finding import Mention
from router.scoring.material import Material
from router.training import CrossValidation, cross_validate, one_thread, require_scikit_learn
from router.training.background import with_background

NOWHERE = Location("<tools>", 0)
"""The place of a tool that was made in Python."""


@dataclass(frozen=True)
class Inspection:
    """A set of tools, its texts as numbers, and how they fare when they are left out."""

    tools: ToolSet
    material: Material
    known: CrossValidation

    @cached_property
    def examples(self) -> tuple[Mention, ...]:
        """All examples, in the order of `material.examples`."""
        return tuple(
            self._mention(index, example.utterance, "examples", n)
            for index, tool in enumerate(self.tools)
            for n, example in enumerate(tool.examples)
        )

    @cached_property
    def counterexamples(self) -> tuple[Mention, ...]:
        """All counterexamples, in the order of `material.counterexamples`."""
        return tuple(
            self._mention(index, text, "counterexamples", n)
            for index, tool in enumerate(self.tools)
            for n, text in enumerate(tool.counterexamples)
        )

    @cached_property
    def out_of_scope(self) -> tuple[Mention, ...]:
        """All out-of-scope utterances, in the order of `material.out_of_scope`."""
        places = ((text, self.tools.out_of_scope_sources.get(text, NOWHERE)) for text in self.tools.out_of_scope)
        return tuple(Mention("", text, place.file, place.line) for text, place in places)

    def tool(self, index: int, *path: str | int) -> Mention:
        """Return the mention of a tool, at something inside it."""
        return self._mention(index, "", *path)

    def parameter(self, index: int, name: str) -> Mention:
        """Return the mention of a tool's parameter."""
        return self._mention(index, name, "parameters", "properties", name)

    @property
    def everything(self) -> Mention:
        """The mention of the set as a whole: where its first out-of-scope utterance is, or its files' folder."""
        if self.out_of_scope:
            first = min(self.out_of_scope, key=lambda mention: (mention.file, mention.line))
            return Mention("", "", first.file, first.line)
        files = [tool.source.file for tool in self.tools if tool.source]
        try:
            return Mention("", "", os.path.commonpath(files) or os.curdir, 0)
        except ValueError:  # none, or on several drives
            return Mention("", "", NOWHERE.file, 0)

    def _mention(self, index: int, text: str, *path: str | int) -> Mention:
        tool = self.tools.tools[index]
        place = tool.source.at(*path) if tool.source else NOWHERE
        return Mention(tool.name, text, place.file, place.line)


def inspect(
    tools: ToolSet, encoder: Encoder, progress: Callable[[str, int, int], object] = lambda *_: None
) -> Inspection:
    """Embed and cross-validate these tools. Raises MissingExtraError without scikit-learn, EncoderError."""
    require_scikit_learn("linting tools")
    material = with_background(tools, encoder)
    with one_thread():
        return Inspection(tools, material, cross_validate(material, progress))
