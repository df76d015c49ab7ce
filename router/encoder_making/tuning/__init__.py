"""An encoder tuned on somebody's own tools, and kept only if it is better for them.

`texts` lays out what is learnt from, `loss` says what is learnt, `fit` runs the
trainer, `judging` compares, `work` keeps what is done, and `run` is the whole.
"""

from router.encoder_making.tuning.judging import Compared, Verdict
from router.encoder_making.tuning.run import Tuning, tune, work_folder

__all__ = ["Compared", "Tuning", "Verdict", "tune", "work_folder"]
