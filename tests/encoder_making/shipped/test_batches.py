from __future__ import annotations

import numpy as np

from router.encoder_making.shipped.batches import GENERAL, batches
from router.encoder_making.shipped.entries import NO_INTENT, Entries, entries_of
from router.encoder_making.shipped.material import Material

STEPS = 40


def _rows(entries: Entries) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(len(entries), 6)).astype(np.float32)


def test_every_text_is_laid_out_for_its_intent(learnt: Material) -> None:
    entries = entries_of(learnt)
    for number, intent in enumerate(learnt.intents):
        own = [text for text, which in zip(entries.texts, entries.intent, strict=True) if which == number]
        assert own == [*intent.utterances, *intent.wordings]
    assert entries.texts[entries.general :] == learnt.general
    none = entries.intent[: entries.general] == NO_INTENT
    assert [text for text, outside in zip(entries.texts, none, strict=False) if outside] == [
        "what is tea",
        "who made you",
    ]
    (domain,) = set(entries.domain[: entries.general][none])
    assert {learnt.intents[n].domain for n in set(entries.intent[entries.domain == domain]) - {NO_INTENT}} == {
        "written/kitchen"
    }


def test_a_step_depends_on_its_own_number_only(learnt: Material) -> None:
    entries = entries_of(learnt)
    rows = _rows(entries)
    assert batches(entries, rows, STEPS, 3)[:7] == batches(entries, rows, 7, 3)
    assert batches(entries, rows, 7, 3) != batches(entries, rows, 7, 4)


def test_a_batch_is_of_one_source_and_shows_each_intent_with_its_declaration(learnt: Material) -> None:
    entries = entries_of(learnt)
    seen = set()
    for batch in batches(entries, _rows(entries), STEPS, 0):
        company = np.array(batch[:-GENERAL])
        assert len(set(company.tolist())) == len(company)
        intents = set(entries.intent[company].tolist()) - {NO_INTENT}
        (source,) = {learnt.intents[number].source for number in intents}
        seen.add(source)
        for number in intents:
            own = company[entries.intent[company] == number]
            assert not entries.spoken[own].all()
        assert max(batch[:-GENERAL]) < entries.general <= min(batch[-GENERAL * 2 // 3 :])
        assert (entries.intent[company] == NO_INTENT).sum() == (source == "written")
    assert seen >= {"written", "clinc150", "massive", "declared"}  # snips is rare
