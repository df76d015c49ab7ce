"""The arguments of a call: typed, valid, and found in what was said.

`holes` are what a schema leaves to fill. `reading` says what words can be read
as, `tagger` which words fill which hole that examples mark, `declared` which
fill the others, `implied` what is meant and not said; `filler` puts these
together, and `completion` makes a valid call or a question of it. `teaching`
learns from a tool's examples.
"""

from router.arguments.arguments import Arguments, Heard, hear
from router.arguments.filler import Taught
from router.arguments.reading import Moment

__all__ = ["Arguments", "Heard", "Moment", "Taught", "hear"]
