"""Public data sets as suites, read from a folder that you pass.

None of the data is in this repository, nor anything derived from it. Each module
is a set: it says where the set comes from (`CARD`), how to lay it out (`LAYOUT`)
and what is measured on it (`tasks`). `python -m evals.public --list` shows all
that.

Files are JSON lines, one object a line with `text` and `label`. `evals.parity`
reads the same folder: clinc150, and of banking77 and massive
`banking77/valid.jsonl` and `massive/en-US/dev.jsonl`.
"""

from __future__ import annotations

from evals.public_sets import banking77, bfcl, clinc150, massive, sgd, snips
from evals.public_sets.rows import labelled_tools, read_rows, tool_name
from evals.public_sets.task import Draw, PublicSet, Task, Trial

SETS: tuple[PublicSet, ...] = (clinc150, banking77, massive, snips, sgd, bfcl)

__all__ = ["SETS", "Draw", "PublicSet", "Task", "Trial", "labelled_tools", "read_rows", "tool_name"]
