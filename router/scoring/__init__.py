"""From an embedded utterance to evidence for each tool. numpy only.

`lexical` and `wording` say what is looked at, `channels` what is measured for
each tool, `scorer` how the measurements become probabilities. How the numbers
in them are fitted is the business of `router.training`.
"""

from router.scoring.scorer import Scorer, Scores

__all__ = ["Scorer", "Scores"]
