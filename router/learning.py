"""From what a person taught to what the scorer remembers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from router.corrections import Correction, Declared, OutOfScope
from router.decisions import Policy
from router.declarations import ToolSet
from router.scoring import Scorer
from router.scoring.channels import Floats
from router.scoring.memory import NONE, Memory, memorize
from router.text import MAX_UTTERANCE_CHARACTERS, normalize


def checked(taught: Iterable[tuple[str, str | OutOfScope]], tools: ToolSet) -> dict[str, Correction]:
    """Return the last correction of each utterance, by its key.

    Raises UnknownToolError; TypeError for what is no name; and ValueError for
    an utterance that is never scored.
    """
    corrections = {}
    for utterance, tool in taught:
        if not isinstance(tool, str | OutOfScope):
            raise TypeError(f"the tool is {tool!r}; expected a tool's name or OUT_OF_SCOPE")
        if isinstance(tool, str):
            tools[tool]  # an unknown name is an error
        text = normalize(utterance)
        if not text or len(utterance) > MAX_UTTERANCE_CHARACTERS:
            what = f"has more than {MAX_UTTERANCE_CHARACTERS} characters" if text else "says nothing"
            raise ValueError(f"{text[:40]!r} {what}: it is refused without being scored, so it cannot be learnt")
        correction = Correction(text, tool)
        corrections[correction.key] = correction
    return corrections


def memory_of(
    corrections: Mapping[Correction, Floats], tools: ToolSet, scorer: Scorer, policy: Policy, declared: Declared
) -> Memory:
    """Return what the scorer must remember of corrections, each with its row [F], for the policy to act on them."""
    indices, to_call = [], []
    for correction in corrections:
        tool = None if isinstance(correction.tool, OutOfScope) else tools[correction.tool]
        indices.append(tools.names.index(tool.name) if tool else NONE)
        # An irreversible tool is called from the normal threshold on, but confirmed.
        to_call.append(policy.thresholds["harmless" if tool and tool.risk == "harmless" else "normal"].call)
    return memorize(
        scorer,
        np.stack([*corrections.values()]),
        np.array(indices, np.int32),
        np.array([bool(declared.conflicts(correction)) for correction in corrections]),
        (np.array(to_call), policy.thresholds["normal"].in_scope),
    )
