"""What a declaration leaves out: examples, words, parameters said, utterances to abstain on."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from router.declarations import Parameter, Tool
from router.declarations.wording import counted
from router.linting.finding import Finding
from router.linting.inspection import Inspection
from router.scoring.lexical import sketches
from router.scoring.wording import in_words
from router.text import normalize
from router.training.evidence import FEWEST_EXAMPLES
from router.training.thresholds import FEWEST

FEWEST_NEW_WORDS = 3
"""A description should add so many words to its tool's name. Each in `tool_specs/` adds eight or more."""
ALIKE_LETTERS = 0.9
"""Two descriptions whose sketches are so similar differ in a word or two. In `tool_specs/` the highest is 0.6."""


def few_examples(inspection: Inspection) -> Iterator[Finding]:
    """Yield tools with too few examples."""
    for index, tool in enumerate(inspection.tools):
        count = len(tool.examples)
        if count < FEWEST_EXAMPLES:
            yield Finding(
                "few-examples",
                "warning",
                inspection.tool(index, "examples" if count else "name"),
                f"{tool.name!r} has {counted(count, 'example')}, so none is ever held out: thresholds and calibration "
                "are fitted without it"
                if count
                else f"{tool.name!r} has no examples: its declaration alone tells when it is meant, and thresholds "
                "and calibration are fitted without it",
                f"Give it {FEWEST_EXAMPLES} or more; fifteen that differ in verb and structure do well.",
                numbers={"examples": count},
            )


def unfilled_parameters(inspection: Inspection) -> Iterator[Finding]:
    """Yield parameters that no example says. Of tools without examples, `few_examples` says enough."""
    for index, tool in enumerate(inspection.tools):
        slots = [slot for example in tool.examples for slot in example.slots]
        filled = {name for slot in slots for name in (slot.parameter, slot.parameter.partition(".")[0])}
        filled.update(*(example.arguments or () for example in tool.examples))
        for parameter in tool.parameter_list if tool.examples else ():
            if parameter.name not in filled:
                yield Finding(
                    "unfilled-parameter",
                    "warning" if parameter.required else "info",
                    inspection.parameter(index, parameter.name),
                    f"none of {counted(len(tool.examples), 'example')} fills {_kind(parameter)} {parameter.name!r} "
                    f"of {tool.name!r}",
                    f"Mark its words where they are said, {{{parameter.name}: the words}}, or state its value in "
                    "'arguments'; add an example that says it.",
                )


def vague_descriptions(inspection: Inspection) -> Iterator[Finding]:
    """Yield descriptions that say little, or what another tool's says."""
    tools = inspection.tools.tools
    for index, tool in enumerate(tools):
        new = _new_words(tool)
        if len(new) < FEWEST_NEW_WORDS:
            said = f"adds only {', '.join(map(repr, new))} to" if new else "only repeats"
            yield Finding(
                "vague-description",
                "info" if new else "warning",
                inspection.tool(index, "description"),
                f"the description of {tool.name!r} {said} its name",
                "Say what it does in one or two sentences, in the words that people use: utterances are compared "
                "with it.",
                numbers={"new_words": len(new)},
            )
        for parameter in tool.parameter_list:
            if not parameter.description.strip():
                yield Finding(
                    "vague-description",
                    "info",
                    inspection.parameter(index, parameter.name),
                    f"{_kind(parameter)} {parameter.name!r} of {tool.name!r} has no description",
                    "Say what it holds: utterances are compared with it.",
                )
    letters = sketches([normalize(tool.description) for tool in tools])
    for one, other in zip(*np.triu(letters @ letters.T >= ALIKE_LETTERS, 1).nonzero(), strict=True):
        similarity = float(letters[one] @ letters[other])
        yield Finding(
            "vague-description",
            "warning",
            inspection.tool(one, "description"),
            f"the description of {tools[one].name!r} is nearly that of {tools[other].name!r} "
            f"(similarity of letters {similarity:.2f})",
            "Say in both what tells them apart.",
            (inspection.tool(other, "description"),),
            {"letters": similarity},
        )


def few_out_of_scope(inspection: Inspection) -> Iterator[Finding]:
    """Say if there are too few out-of-scope utterances."""
    count = len(inspection.tools.out_of_scope)
    if count < FEWEST:
        yield Finding(
            "few-out-of-scope",
            "warning",
            inspection.everything,
            f"{counted(count, 'utterance') if count else 'no utterances'} to abstain on: with fewer than {FEWEST} the "
            "threshold for abstaining is not fitted, and tools are called for what none of them can do",
            "List under 'out_of_scope' what your users will say although no tool can do it; a few hundred do well.",
            numbers={"out_of_scope": count},
        )


def _new_words(tool: Tool) -> list[str]:
    """Return the words of a description that are neither its name's, in whatever form, nor small."""
    named = in_words(tool.name).split()
    words = dict.fromkeys(re.findall(r"\w+", tool.description.casefold()))
    return [word for word in words if word not in _SMALL and not any(_are_forms(word, name) for name in named)]


def _are_forms(one: str, other: str) -> bool:
    """Whether two words are probably one: alarm and alarms, but not a and alarm."""
    return one == other or (min(len(one), len(other)) >= 3 and (one.startswith(other) or other.startswith(one)))


def _kind(parameter: Parameter) -> str:
    return "the required parameter" if parameter.required else "the parameter"


_SMALL = {"a", "an", "and", "at", "by", "for", "from", "in", "into", "it", "of", "on", "or", "the", "to", "with"}
