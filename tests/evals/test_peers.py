"""Peers are compared on equal terms, and need not be there."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from evals.peers import __main__ as command
from evals.peers.protocol import NONE, Answer, likeliest
from evals.peers.registry import NOT_COMPARED, PEERS, Entry
from evals.peers.table import table
from evals.peers.tasks import TASKS, compared, scored
from evals.timing import ROOT

LAMP = ["turn on the lamp", "lamp on please", "switch the lamp off", "light the lamp", "dim the lamp"]
TEA = ["make me some tea", "brew a pot of tea", "i would like tea", "tea please", "put the kettle on for tea"]
NEITHER = ["who won the match", "how tall is that hill", "tell me a joke"]


def entry(name: str) -> Entry:
    return next(one for one in PEERS if one.name == name)


def row(peer: str, **figures: Any) -> dict[str, Any]:
    """Return a row of results: four utterances, the first three right unless it is said otherwise."""
    answers = [["a", 0.9, "call", None], ["b", 0.8, "call", None], ["a", 0.3, "ask", 0.7], ["b", 0.6, "refuse", None]]
    costs = {"fit_s": 2.0, "fit_ratio": 2000.0, "route_ms": 1.5, "route_ratio": 1.5, "peak_mb": 80.0}
    costs |= {"imported_mb": 40.0, "import_ms": 100.0, "load": 0.1}
    what = {"peer": peer, "title": peer.upper(), "task": "clinc150/10-shot", "split": "test"}
    return (
        what
        | scored(answers, [["a", 0.65, "call", None], ["b", 0.1, "refuse", None]], ["a", "b", "a", "a"])
        | costs
        | figures
    )


def results(*rows: dict[str, Any]) -> dict[str, Any]:
    tasks = {name: {"title": task.title} for name, task in TASKS.items()}
    return {"rows": compared(rows), "tasks": tasks, "skipped": {}, "not_compared": {}}


def test_a_peer_learns_labels_and_answers_with_its_first_choice() -> None:
    peer = entry("tfidf").make()
    peer.fit(LAMP + TEA, ["lamp"] * len(LAMP) + ["tea"] * len(TEA), [])
    answers = [peer.decide("the lamp, please"), peer.decide("some tea")]
    assert [(answer.label, answer.act) for answer in answers] == [("lamp", "call"), ("tea", "call")]
    assert all(0.5 < answer.confidence < 1 for answer in answers)


def test_a_classifier_refuses_what_is_likelier_for_no_label_and_still_names_its_first_choice() -> None:
    peer = entry("tfidf").make()
    peer.fit(LAMP + TEA, ["lamp"] * len(LAMP) + ["tea"] * len(TEA), NEITHER)
    assert peer.decide("tell me who won").act == "refuse"
    assert peer.decide("turn the lamp on").act == "call"
    assert likeliest([0.2, 0.3, 0.5], ["lamp", "tea", NONE]) == Answer("tea", 0.3, "refuse")


def test_our_router_is_asked_as_any_other_and_answers_with_the_labels_it_was_given() -> None:
    peer = entry("ours").make()
    peer.fit(LAMP + TEA, ["the lamp?"] * len(LAMP) + ["tea"] * len(TEA), NEITHER)
    answer = peer.decide("please turn the lamp on")
    assert answer.label == "the lamp?"
    assert 0 <= answer.confidence <= 1


def test_the_figures_tell_apart_what_is_right_what_is_called_and_what_is_let_past() -> None:
    found = row("ours")
    assert (found["accuracy"], found["called"], found["asks"], found["wrong_calls"]) == (0.75, 0.5, 0.25, 0.0)
    assert (found["false_accepts"], found["oos_auroc"]) == (0.5, 0.875)
    assert found["fpr_at_95"] == 0.5, "a threshold that lets all four in lets 0.65 in too"
    assert found["wrong_of_surest"] == 0.25, "four fifths of four are all four"


def test_what_was_not_measured_is_none_and_not_zero() -> None:
    found = scored([["a", 0.9, "refuse", None]], [], ["a"])
    assert (found["wrong_calls"], found["false_accepts"], found["oos_auroc"], found["fpr_at_95"]) == (None,) * 4


def test_a_difference_from_ours_counts_the_utterances_that_only_one_has_right() -> None:
    other = row("tfidf") | scored([["b", 0.9, "call", None]] * 3 + [["a", 0.9, "call", None]], [], ["a", "b", "a", "a"])
    ours, theirs = compared([row("ours"), other])
    assert (ours["difference"], ours["p"]) == (None, None)
    assert theirs["difference"] == -0.25, "two only ours, one only theirs, of four"
    assert theirs["p"] == 1.0, "three utterances are no evidence"


def test_validation_is_never_compared_with_test() -> None:
    _, theirs = compared([row("ours"), row("tfidf", split="validation")])
    assert theirs["difference"] is None


def test_the_table_says_plainly_where_another_is_ahead() -> None:
    text = table(results(row("ours"), row("tfidf", accuracy=0.8, route_ms=0.5), row("padatious", fit_s=3.0)))
    assert "| TFIDF | **0.8000** | 0.301 to 0.954 | +0.0 points, p = 1.000 |" in text
    assert "| **0.50 ms** |" in text
    ahead = ["accuracy: 1 of 2, the first TFIDF 0.8000, ours 0.7500", "route, p50: 1 of 2, the first TFIDF 0.50 ms"]
    assert f"Ahead of ours:\n\n- {ahead[0]}\n- {ahead[1]}, ours 1.50 ms" in text


def test_the_table_leaves_empty_what_was_not_measured() -> None:
    text = table(results(row("ours", oos_auroc=None, fpr_at_95=None, false_accepts=None, peak_mb=None)))
    assert "| OURS | **0.7500** | 0.301 to 0.954 |  |  |  | **25.0%** | 50.0% | 0.0% | 25.0% |  |" in text
    assert "No other is ahead of ours." in text


def test_the_table_names_what_was_skipped_and_why() -> None:
    text = table(results() | {"skipped": {"setfit": "not installed: setfit"}, "not_compared": NOT_COMPARED})
    assert "- setfit: not installed: setfit" in text
    assert "- hassil: " in text


def test_an_absent_peer_is_skipped_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    absent = Entry("nobody", "Nobody", "nobody:nobody", ("no-such-package",), ("nobody",))
    monkeypatch.setattr(command, "PEERS", (absent,))
    (tmp_path / "banking77").mkdir()
    for name in ("train_10", "test"):
        (tmp_path / "banking77" / f"{name}.jsonl").write_text('{"text": "tea please", "label": "tea"}\n')
    output = tmp_path / "peers.json"
    monkeypatch.setattr(sys, "argv", ["peers", str(tmp_path), "-o", str(output), "--tasks", "banking77/10-shot"])
    assert command.main() == 0
    assert "nobody: skipped, not installed: no-such-package" in capsys.readouterr().out
    written = json.loads(output.read_text("utf-8"))
    assert (written["rows"], written["skipped"]) == ([], {"nobody": "not installed: no-such-package"})


def test_results_of_two_splits_do_not_share_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "peers.json"
    output.write_text(json.dumps(results(row("ours"))), "utf-8")
    monkeypatch.setattr(sys, "argv", ["peers", str(tmp_path), "-o", str(output), "--validation"])
    with pytest.raises(SystemExit):
        command.main()
    assert "holds results of another split" in capsys.readouterr().err
    assert json.loads(output.read_text("utf-8"))["rows"][0]["split"] == "test"


def test_a_peer_without_the_published_weights_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MINILM_SOURCE", raising=False)
    needy = Entry("needy", "Needy", "linear:tfidf", ("scikit-learn",), ("sklearn",), weights=True)
    assert "MINILM_SOURCE" in str(needy.missing())


def test_a_new_measurement_takes_the_place_of_the_old_one() -> None:
    old = [row("ours"), row("tfidf", fit_s=9.0)]
    rows = command.merged(old, row("tfidf", fit_s=1.0))
    assert [(one["peer"], one["fit_s"]) for one in rows] == [("ours", 2.0), ("tfidf", 1.0)]


def test_a_trial_runs_in_a_process_of_its_own() -> None:
    task = {"peer": "tfidf", "texts": LAMP + TEA, "labels": ["lamp"] * len(LAMP) + ["tea"] * len(TEA), "none": []}
    task |= {"inside": ["lamp", "tea"], "outside": ["what"]}
    command_line = [sys.executable, "-m", "evals.peers.trial"]
    process = subprocess.run(command_line, input=json.dumps(task), capture_output=True, text=True, cwd=ROOT, check=True)
    found = json.loads(process.stdout)
    assert [answer[0] for answer in found["inside"]] == ["lamp", "tea"]
    assert found["fit_s"] > 0 < found["route_ms"]
    assert found["encoder_ms"] > 0


@pytest.mark.parametrize("peer", PEERS, ids=lambda one: one.name)
def test_every_peer_is_pinned(peer: Entry) -> None:
    pinned = (ROOT / "evals/peers/requirements.txt").read_text("utf-8")
    assert all(f"\n{package}==" in pinned for package in peer.packages)
