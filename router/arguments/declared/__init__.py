"""Arguments of parameters that no example marks, found by what their declarations say.

`cues` reads the declarations, `candidates` where a value may begin and end,
`reads` and `layouts` what only a declaration tells how to read. `features` says
what words and declarations have to do with each other, and `scorer` weighs it,
by weights that `recipe` learnt from other tools;
`options` chooses.
"""

from router.arguments.declared.options import Chosen, Options
from router.arguments.declared.scorer import Declared

__all__ = ["Chosen", "Declared", "Options"]
"""What a filler needs."""
