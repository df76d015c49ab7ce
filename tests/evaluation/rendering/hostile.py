"""Reports in which everything that people write tries to do harm."""

from __future__ import annotations

import re

from hypothesis import strategies as st

from router.evaluation import Report
from router.evaluation.gates import Gate
from router.evaluation.measures import Slice
from tests.evaluation import made_up
from tests.strategies import utterances

TEXTS = (
    "",
    " ",
    " padded ",
    "`",
    "``` code",
    "a ` b `` c",
    "\\",
    "\\`",
    "a \\| b",
    "| a | b |",
    "@someone and @org/team",
    "#123 GH-1 org/repo#2 0123456789012345678901234567890123456789",
    "<script>alert(1)</script><img src=x onerror=y>",
    "</details></summary>",
    "<!-- --> &lt; &#64;someone",
    "[a](https://example.org) ![b](x) www.example.org a@example.org",
    "$x$ $`x`$ :tada: **b** _i_ ~~s~~",
    "# heading",
    "- item\n\n1. item\r\n> quote",
    "\x1b[31mred\x1b]0;title\x07",
    "\x00\x08\x7f\x85\x9b",
    "\u202eright to left\u202c \u2066isolate",
    "שלום עולם",
    "می‌خواهم",
    "👩‍👩‍👧",
    "正午に起こしてください",
    "line\u2028separator\u2029",
    "half \ud800 surrogate \udfff",
    "\ufffe\uffff\ufeff",
    "%0A::error::injected",
    "]]> <![CDATA[",
    'it\'s "quoted"',
    "la " * 700,
    "x" * 2000,
    "`" * 2000,
    "正" * 300,
)
"""What has broken a renderer somewhere."""

texts = st.sampled_from(TEXTS) | utterances | st.text(st.characters(), max_size=30)


@st.composite
def reports(draw: st.DrawFn) -> tuple[Report, Gate]:
    """A report and a gate that fails, with such texts for utterances, tools, tags, names, files and reasons."""
    outcomes = []
    for n, utterance in enumerate(draw(st.lists(texts, min_size=1, max_size=6))):
        tool = re.sub(" or |[?]$", "", draw(texts)) or "tool"
        did = draw(st.sampled_from(["", tool, "flip_coin", f"{tool} or flip_coin", "flip_coin?"]))
        outcome = made_up.outcome(
            utterance,
            draw(st.sampled_from([[], [tool], ["set_alarm"], [tool, "set_alarm"]])),
            did,
            tags=tuple(filter(None, [draw(texts)])),
            language=draw(texts),
            line=n,
        )
        outcomes.append(outcome)
    suite = made_up.result(draw(texts), outcomes, memory=1.0)
    part = Slice(tag=outcomes[0].case.tags[0]) if outcomes[0].case.tags else Slice()
    gate = Gate("decision_accuracy", draw(texts), suite.name, part, floor=2.0, file=draw(texts), line=3)
    return Report(made_up.report().provenance, (suite,), made_up.TOOLS), gate
