"""The command measures what is there, says what is not, and never mixes splits in one file."""

import json
from pathlib import Path
from typing import Any

import pytest

from evals import public
from evals.public_sets import SETS, bfcl
from router.decisions import Candidate, ToolCall
from router.encoders import HashingEncoder
from router.evaluation import Case, Outcome, Suite, SuiteResult, suite_result
from tests.evals.test_public_sets import CURTAINS, KETTLE, labelled, put


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """BANKING77's layout, small, with an encoder and a cache for tests."""
    monkeypatch.setenv("ROUTER_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(public, "load_encoder", HashingEncoder)
    folder = tmp_path / "data"
    for split in ("train", "train_5", "train_10"):
        put(folder / f"banking77/{split}.jsonl", labelled(boil_water=KETTLE, close_curtains=CURTAINS))
    for split in ("valid", "test"):
        put(folder / f"banking77/{split}.jsonl", labelled(boil_water=["boil the water"], close_curtains=["curtains"]))
    return folder


def result(name: str, right: list[bool], in_scope: float = 0.9) -> SuiteResult:
    outcomes = []
    for n, each in enumerate(right):
        candidates = (Candidate("boil" if each else "shut", 0.8),)
        decision = ToolCall(candidates[0].tool, utterance="tea", in_scope=in_scope, candidates=candidates)
        outcomes.append(Outcome(Case(str(n), "tea", ("boil",)), decision, 1.0))
    return suite_result(Suite(name, tuple(each.case for each in outcomes)), outcomes)


def test_a_run_writes_a_line_for_each_task_and_keeps_the_others(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "results" / "public.json"
    assert public.main([str(data), "-o", str(file), "--only", "banking77/5-shot"]) == 0
    assert public.main([str(data), "-o", str(file), "--only", "banking77/10-shot"]) == 0
    held = json.loads(file.read_text())
    assert held["scored"] == "reporting"
    assert list(held["tasks"]) == ["banking77/10-shot", "banking77/5-shot"]
    found = held["tasks"]["banking77/5-shot"]
    assert found["split"] == "test"
    assert found["metrics"]["accuracy"] == {"value": 1.0, "low": 0.3424, "high": 1.0, "n": 2}
    assert found["encoder"].startswith("hashing")
    assert "auroc" not in found["metrics"], "nothing is out of scope"
    assert "kettle" not in file.read_text(), "no utterance is kept"
    assert len(file.read_text().splitlines()) == 3 + len(held["tasks"]) + 2


@pytest.mark.parametrize(("first", "then"), [([], ["--validation"]), (["--validation"], [])])
def test_results_for_reporting_and_for_development_do_not_share_a_file(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], first: list[str], then: list[str]
) -> None:
    command = [str(data), "-o", str(tmp_path / "public.json"), "--only", "banking77/5-shot"]
    assert public.main([*command, *first]) == 0
    before = (tmp_path / "public.json").read_bytes()
    with pytest.raises(SystemExit, match="2"):
        public.main([*command, *then])
    assert "Name another file" in capsys.readouterr().err
    assert (tmp_path / "public.json").read_bytes() == before


def test_a_set_that_is_not_there_is_skipped_by_name_with_where_to_get_it(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "banking77/train_5.jsonl").unlink()
    tasks = public.available(data, development=False, only=["banking77/5", "banking77/10", "snips"])
    assert [task.name for task in tasks] == ["banking77/10-shot"]
    said = capsys.readouterr().err
    assert "banking77: skipped banking77/5-shot\n" in said
    assert f"without {data / 'banking77/train_5.jsonl'}\n" in said
    assert "snips: skipped snips/10-shot, snips/full" in said
    assert "github.com/sonos/nlu-benchmark" in said
    assert "clinc150" not in said, "it was not asked for"


def test_sets_without_a_split_for_development_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert public.available(tmp_path, development=True, only=[]) == []
    assert "snips: skipped, it has no split for development" in capsys.readouterr().err


def test_a_run_of_nothing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUTER_CACHE_DIR", str(tmp_path / "cache"))
    assert public.main([str(tmp_path), "--only", "snips"]) == 1


def test_the_list_needs_no_data_and_says_where_to_get_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert public.main(["--list"]) == 0
    said = capsys.readouterr().out
    for each in SETS:
        assert f"{each.NAME}: {each.CARD.source} ({each.CARD.licence})" in said
        assert all(task.name in said for task in each.tasks(Path("DATA"), development=False))


def test_one_draw_has_an_interval_and_several_a_mean_and_a_deviation() -> None:
    one, other = result("tea", [True, True, True, False]), result("tea", [True, False, False, False])
    assert public.figures([one], "accuracy") == {"value": 0.75, "low": 0.3006, "high": 0.9544, "n": 4}
    assert public.figures([one, other], "accuracy") == {"value": 0.5, "sd": 0.3536, "draws": 2, "n": 4}
    assert public.figures([one], "auroc") is None


def test_the_trials_of_a_draw_are_measured_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(
        tmp_path / "bfcl_v4/tools.jsonl",
        [{"id": n, "name": n, "description": f"{n} it", "parameters": {}} for n in ("boil", "shut")],
    )
    rows = [{"text": f"{n} it", "label": n, "candidates": ["boil", "shut"]} for n in ("boil", "shut")]
    put(tmp_path / "bfcl_v4/multiple.jsonl", rows)
    put(tmp_path / "bfcl_v4/irrelevance.jsonl", [{"text": "sing", "label": "oos", "candidates": ["boil"]}])
    [task] = bfcl.tasks(tmp_path, development=False)
    found: dict[str, Any] = public.measured(task, HashingEncoder())
    assert (found["metrics"]["accuracy"]["value"], found["metrics"]["accuracy"]["n"]) == (1.0, 2)
    assert found["metrics"]["false_accept_rate"]["n"] == 1
    assert found["metrics"]["auroc"]["value"] == 1.0


def test_operating_points_count_what_is_let_in_and_right() -> None:
    def outcome(in_scope: float, tool: str, *tools: str) -> Outcome:
        decision = ToolCall(tool, utterance="tea", in_scope=in_scope, candidates=(Candidate(tool, 0.8),))
        return Outcome(Case(f"{in_scope}", "tea", tools), decision, 1.0)

    outside = [outcome(n / 10, "boil") for n in range(10)]
    inside = [
        outcome(0.95, "boil", "boil"),
        outcome(0.85, "boil", "boil"),
        outcome(0.75, "shut", "boil"),
        outcome(0.4, "boil", "boil"),
    ]
    points = public.operating_points([*outside, *inside])
    assert points == {"0.50": 0.5, "0.60": 0.5, "0.70": 0.5, "0.80": 0.5, "0.90": 0.5, "0.95": 0.25}
    assert public.operating_points(inside) == {}
