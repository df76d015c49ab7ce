"""SetFit: the encoder itself is tuned on pairs of examples, then a logistic regression."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence

from datasets import Dataset
from setfit import SetFitModel, Trainer, TrainingArguments

from evals.peers.protocol import MINILM, NONE, Answer, likeliest

BATCH = 16
"""Its default."""
STEPS = 1000
"""So many finish on one core; its authors' 20 pairs of each kind for an example would be 2 to 4 times as many."""
AUTHORS = 20


class SetFit:
    """Tuned from the published weights within `STEPS`, its other options as they are by default.

    It always calls its likeliest label, unless examples for no label were given
    and their class is likelier.
    """

    def fit(self, texts: Sequence[str], labels: Sequence[str], none: Sequence[str]) -> None:
        """Tune, then fit its head."""
        texts, labels = [*texts, *none], [*labels, *[NONE] * len(none)]
        model = SetFitModel.from_pretrained(os.environ[MINILM], device="cpu")
        pairs = max(1, min(AUTHORS, STEPS * BATCH // (2 * len(texts))))
        with tempfile.TemporaryDirectory() as folder:
            arguments = TrainingArguments(
                output_dir=folder, num_iterations=pairs, batch_size=BATCH, seed=0, report_to="none", save_strategy="no"
            )
            rows = Dataset.from_dict({"text": texts, "label": labels})
            Trainer(model=model, args=arguments, train_dataset=rows).train()
        self._model = model
        self._classes = model.model_head.classes_.tolist()

    def decide(self, text: str) -> Answer:
        """Classify; the confidence is the probability of the likeliest label."""
        probabilities = self._model.predict_proba([text], as_numpy=True, show_progress_bar=False)[0].tolist()
        return likeliest(probabilities, self._classes)
