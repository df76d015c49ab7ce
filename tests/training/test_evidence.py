"""No utterance is measured by a router that was trained on it, and none is left out."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from router.scoring.channels import CHANNELS
from router.scoring.material import Material, Texts, unit
from router.training import evidence
from router.training.evidence import FEWEST_EXAMPLES, FOLDS, dealt, gather

DIM = 4


@dataclass
class _Spy:
    """Stands in for channels: knows what it was trained on, and measures a row as the row's own number."""

    seen: frozenset[bytes]
    tools: int

    def similarities(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        return rows

    def measure(
        self, rows: NDArray[np.float32], similarities: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        assert similarities is rows
        measured_rows.update(row.tobytes() for row in rows)
        assert not self.seen & {row.tobytes() for row in rows}
        return np.tile(rows[:, :1, None], (1, self.tools, len(CHANNELS))), rows[:, 0]


measured_rows: Counter[bytes] = Counter()
kept_sizes: list[int] = []
penalties: list[float] = []


@pytest.fixture(autouse=True, scope="module")
def _spies() -> Iterator[None]:
    def build(kept: Material, lexical_weight: float, inverse_penalty: float) -> _Spy:
        parts = (kept.examples, kept.out_of_scope, kept.background)  # no head is trained on counterexamples here
        assert len(kept.owners) == len(kept.positions) == len(kept.examples)
        assert (np.diff(kept.owners) >= 0).all()
        penalties.append(inverse_penalty)
        kept_sizes.append(sum(map(len, parts)))
        seen = frozenset(row.tobytes() for part in parts for row in part.rows(lexical_weight))
        return _Spy(seen, len(kept.declarations))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evidence, "build_channels", build)
        yield


def _material(counts: list[int], counter_counts: list[int], out_of_scope: int, background: int = 0) -> Material:
    """Rows of which each is told from all others by its first number."""
    numbers = iter(range(1, 10_000))

    def texts(count: int) -> Texts:
        rows = np.array([[next(numbers)] * DIM for _ in range(count)], np.float32).reshape(count, DIM)
        return Texts(rows, rows)

    def owners(counts: list[int]) -> NDArray[np.int32]:
        return np.repeat(np.arange(len(counts), dtype=np.int32), counts)

    return Material(
        declarations=Texts(*[unit(np.ones((len(counts), DIM), np.float32))] * 2),
        examples=texts(sum(counts)),
        owners=owners(counts),
        positions=np.concatenate([[], *map(np.arange, counts)]).astype(np.int32),
        counterexamples=texts(sum(counter_counts)),
        counter_owners=owners(counter_counts),
        out_of_scope=texts(out_of_scope),
        background=texts(background),
    )


sizes = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3)), min_size=1, max_size=5)


@given(sizes, st.integers(0, 12), st.integers(0, 12))
def test_every_row_is_measured_once_by_a_model_that_never_saw_it(
    sizes: list[tuple[int, int]], others: int, background: int
) -> None:
    measured_rows.clear()
    kept_sizes.clear()
    material = _material([count for count, _ in sizes], [counter for _, counter in sizes], others, background)
    found = gather(material, 1.0, 1.0)
    enough = np.repeat([count >= FEWEST_EXAMPLES for count, _ in sizes], [count for count, _ in sizes])
    examples = material.examples[enough.astype(bool)]
    parts = (examples, material.counterexamples, material.out_of_scope, material.background)
    assert measured_rows == Counter(row.tobytes() for part in parts for row in part.rows(1.0))
    always_kept = len(material.examples) - len(examples)
    assert sum(kept_sizes) == (FOLDS - 1) * (len(examples) + others + background) + FOLDS * always_kept
    measured = (found.examples, found.counterexamples, found.out_of_scope, found.background)
    for part, own in zip(parts, measured, strict=True):
        assert own.channels.shape == (len(part), len(sizes), len(CHANNELS))
        assert np.array_equal(own.none, part.embeddings[:, 0])  # each in its own place
    assert np.array_equal(found.owners, material.owners[enough.astype(bool)])
    assert np.array_equal(found.counter_owners, material.counter_owners)


@given(sizes)
def test_each_fold_takes_its_share_of_every_tool(sizes: list[tuple[int, int]]) -> None:
    owners = np.repeat(np.arange(len(sizes), dtype=np.int32), [count for count, _ in sizes])
    for tool, (count, _) in enumerate(sizes):
        shares = np.bincount(dealt(owners)[owners == tool], minlength=FOLDS)
        assert shares.sum() == count
        assert max(shares) - min(shares) <= 1


def test_single_examples_of_many_tools_do_not_all_fall_into_one_fold() -> None:
    owners = np.arange(10, dtype=np.int32)
    assert np.bincount(dealt(owners)).tolist() == [2] * FOLDS


@given(sizes, st.integers(0, 12), st.integers(0, 12))
def test_what_the_other_folds_say_is_what_was_measured_with_them(
    sizes: list[tuple[int, int]], others: int, background: int
) -> None:
    material = _material([count for count, _ in sizes], [counter for _, counter in sizes], others, background)
    whole = gather(material, 1.0, 1.0)
    parts = ("examples", "counterexamples", "out_of_scope", "background")
    rests = [whole.without(fold) for fold in range(FOLDS)]
    for part in parts:
        own, kept = getattr(whole, part), [getattr(rest, part) for rest in rests]
        assert Counter(x for rest in kept for x in rest.none.tolist()) == Counter(own.none.tolist() * (FOLDS - 1))
    for rest in rests:
        assert np.array_equal(rest.owners, whole.owners[np.isin(whole.examples.none, rest.examples.none)])
        assert len(rest.counter_owners) == len(rest.counterexamples)


def test_a_head_of_fewer_rows_is_held_back_no_more() -> None:
    kept_sizes.clear()
    penalties.clear()
    gather(_material([10], [], 10), 1.0, 3.0)  # and a declaration
    assert penalties == pytest.approx([3.0 * 21 / (kept + 1) for kept in kept_sizes])


def test_progress_ticks_once_a_fold() -> None:
    ticks: list[int] = []
    gather(_material([3, 2], [1, 0], 4), 1.0, 1.0, lambda: ticks.append(1))
    assert len(ticks) == FOLDS
