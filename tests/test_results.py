"""The tables of results say what the measurements say."""

import pytest

from evals import results
from evals.public_tables import SHOWN, draws_table, full_table, kind, public_table


def test_the_tables_are_made_from_the_files_beside_them() -> None:
    for file, text in results.rendered().items():
        assert file.read_text(encoding="utf-8") == text, f"{file.name} is stale: run python -m evals.results"


def test_a_goal_that_was_missed_is_shown_beside_what_was_reached() -> None:
    figures = {
        "accuracy": {"value": 0.9125, "low": 0.9, "high": 0.92, "n": 4500},
        "calibration_error": {"value": 0.01, "n": 4500},
    }
    outside = figures | {"auroc": {"value": 0.5, "n": 5500}}
    table = public_table({"clinc150/10-shot": {"metrics": figures}, "banking77/full": {"metrics": outside}})
    assert table.splitlines()[2:] == [
        "| BANKING77, full | 0.9125 | 0.900 to 0.920 | 0.935 | 0.010 | 0.500 | 4500 |",
        "| CLINC150, 10-shot | 0.9125 | 0.900 to 0.920 | 0.925 | 0.010 |  | 4500 |",
    ]


def test_all_that_is_kept_of_a_task_is_in_the_full_table() -> None:
    metrics = {name: {"value": n / 100, "n": 20} for n, name in enumerate(SHOWN, start=1)}
    accuracy = {"value": 0.5, "low": 0.4, "high": 0.6, "n": 100}
    table = full_table({"bfcl_v4/declarations": {"left_out": 3, "metrics": metrics | {"accuracy": accuracy}}})
    assert table.splitlines()[2] == (
        "| BFCL v4, declarations only | 0.5000 | 0.400 to 0.600 |  "
        "| 0.010 | 0.020 | 0.030 | 0.040 | 0.050 | 0.060 | 0.070 | 100 | 20 | 3 |"
    )


def test_draws_are_shown_with_how_much_they_vary() -> None:
    accuracy = {"value": 0.5, "sd": 0.04, "draws": 10, "n": 100}
    table = draws_table({"massive/en-US/mteb": {"metrics": {"accuracy": accuracy}}})
    assert table.splitlines()[2] == ("| MASSIVE, en-US, 8-shot, 10 draws | 0.500 ± 0.040 |  |  |  |  |  |  |  | 100 |")


@pytest.mark.parametrize(
    ("name", "table"),
    [("massive/ja-JP/full", "language"), ("massive/en-US/mteb", "draws"), ("clinc150/mteb", "draws"), ("sgd/x", "set")],
)
def test_each_task_belongs_in_one_table(name: str, table: str) -> None:
    assert kind(name) == table


@pytest.mark.parametrize("name", ["public", "promises", "parity", "speed"])
def test_each_kind_of_result_is_there(name: str) -> None:
    assert results._read(name)
