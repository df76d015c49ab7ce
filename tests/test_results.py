"""The tables of results say what the measurements say."""

import pytest

from evals import results


def test_the_tables_are_made_from_the_files_beside_them() -> None:
    for file, text in results.rendered().items():
        assert file.read_text(encoding="utf-8") == text, f"{file.name} is stale: run python -m evals.results"


def test_a_goal_that_was_missed_is_shown_beside_what_was_reached() -> None:
    figures = {"accuracy": 0.9125, "low": 0.9, "high": 0.92, "calibration_error": 0.01, "n": 4500}
    table = results.public_table({"clinc150/10-shot": figures, "banking77/full": figures | {"oos_auroc": 0.5}})
    assert table.splitlines()[2:] == [
        "| BANKING77, full | 0.9125 | 0.900 to 0.920 | 0.935 | 0.010 | 0.500 | 4500 |",
        "| CLINC150, 10-shot | 0.9125 | 0.900 to 0.920 | 0.925 | 0.010 |  | 4500 |",
    ]


@pytest.mark.parametrize("name", ["public", "parity", "speed"])
def test_each_kind_of_result_is_there(name: str) -> None:
    assert results._read(name)
