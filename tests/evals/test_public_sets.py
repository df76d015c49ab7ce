"""Public sets become tools and cases as their layout says; the rows here are made up."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.public_sets import SETS, PublicSet, Task, Trial, banking77, bfcl, clinc150, massive, sgd, snips
from evals.public_sets.rows import MTEB_DRAWS, MTEB_EXAMPLES, drawn, tool_name
from router.declarations.tool import NAME

KETTLE = ["put the kettle on", "boil some water"]
CURTAINS = ["draw the curtains", "shut the curtains please"]


def put(file: Path, rows: Sequence[dict[str, Any]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def labelled(**utterances: Sequence[str]) -> list[dict[str, Any]]:
    return [{"text": text, "label": label} for label, texts in utterances.items() for text in texts]


def only(tasks: Sequence[Task], name: str) -> Task:
    return next(task for task in tasks if task.name == name)


def trials(task: Task) -> list[list[Trial]]:
    return [list(draw) for draw in task.draws()]


def asked(trial: Trial) -> dict[str, tuple[str, ...]]:
    return {case.utterance: case.tools for case in trial.suite.cases}


def examples(trial: Trial) -> dict[str, list[str]]:
    return {tool.name: [example.utterance for example in tool.examples] for tool in trial.tools}


def test_clinc150_asks_its_test_split_and_what_is_out_of_scope(tmp_path: Path) -> None:
    put(tmp_path / "clinc150/train_5.jsonl", labelled(boil_water=KETTLE, close_curtains=CURTAINS))
    put(tmp_path / "clinc150/test.jsonl", labelled(boil_water=["kettle on", "Put the  kettle on"]))
    put(tmp_path / "clinc150/oos_test.jsonl", labelled(oos=["who invented tea"]))
    task = only(clinc150.tasks(tmp_path, development=False), "clinc150/5-shot")
    [[trial]] = trials(task)
    assert asked(trial) == {"kettle on": ("boil_water",), "Put the  kettle on": ("boil_water",), "who invented tea": ()}
    assert examples(trial) == {"boil_water": KETTLE, "close_curtains": CURTAINS}
    assert [tool.description for tool in trial.tools] == ["boil water", "close curtains"]
    assert (task.split, trial.seen, trial.left_out) == ("test", 1, 0)


def test_a_split_for_development_is_another_file(tmp_path: Path) -> None:
    for name, development in {"val": True, "test": False}.items():
        files = only(clinc150.tasks(tmp_path, development), "clinc150/full").files
        assert [file.stem for file in files] == ["train", name, f"oos_{name}"]


def test_banking77_does_not_train_on_the_split_that_development_is_scored_on(tmp_path: Path) -> None:
    put(tmp_path / "banking77/train.jsonl", labelled(boil_water=[*KETTLE, "Tea, please"]))
    put(tmp_path / "banking77/valid.jsonl", labelled(boil_water=["tea, please"]))
    put(tmp_path / "banking77/test.jsonl", labelled(boil_water=["tea, please"]))
    [[held_out]] = trials(only(banking77.tasks(tmp_path, development=True), "banking77/full"))
    assert (examples(held_out), held_out.seen) == ({"boil_water": KETTLE}, 0)
    [[reported]] = trials(only(banking77.tasks(tmp_path, development=False), "banking77/full"))
    assert (examples(reported), reported.seen) == ({"boil_water": [*KETTLE, "Tea, please"]}, 1)


@pytest.mark.parametrize("protocol", ["10-shot", "full", "mteb"])
def test_massive_leaves_out_test_texts_that_are_training_texts(tmp_path: Path, protocol: str) -> None:
    many = [f"put kettle number {n} on" for n in range(12)]
    put(tmp_path / "massive/en-US/train.jsonl", labelled(boil_water=many))
    put(tmp_path / "massive/en-US/test.jsonl", labelled(boil_water=["boil it", *(text.upper() for text in many)]))
    for [trial] in trials(only(massive.tasks(tmp_path, development=False), f"massive/en-US/{protocol}")):
        assert asked(trial) == {"boil it": ("boil_water",)}
        assert (trial.left_out, trial.seen) == (12, 0)


def test_massive_says_which_language_a_case_is_in(tmp_path: Path) -> None:
    put(tmp_path / "massive/de-DE/train.jsonl", labelled(boil_water=["setz wasser auf"]))
    put(tmp_path / "massive/de-DE/dev.jsonl", labelled(boil_water=["koch wasser"]))
    [[trial]] = trials(only(massive.tasks(tmp_path, development=True), "massive/de-DE/full"))
    assert [(case.id, case.language) for case in trial.suite.cases] == [("dev-1", "de-DE")]


def test_snips_leaves_out_too_and_has_nothing_for_development(tmp_path: Path) -> None:
    put(tmp_path / "snips/train_full.jsonl", labelled(BoilWater=KETTLE))
    put(tmp_path / "snips/validate.jsonl", labelled(BoilWater=["kettle on", KETTLE[0]]))
    [[trial]] = trials(only(snips.tasks(tmp_path, development=False), "snips/full"))
    assert (asked(trial), trial.left_out) == ({"kettle on": ("BoilWater",)}, 1)
    assert snips.tasks(tmp_path, development=True) == []


def test_sgd_chooses_among_declarations_in_the_first_turn_of_a_dialogue(tmp_path: Path) -> None:
    declaration = {"id": "Tea_1.BoilWater", "parameters": {}}
    first = {"service": "Tea_1", "name": "BoilWater", "description": "Boil water"}
    second = {"service": "Tea_11", "name": "HeatKettle", "description": "Heat the kettle"}
    put(tmp_path / "sgd/tools.dev.jsonl", [declaration | first])
    put(tmp_path / "sgd/tools.dev.v1.jsonl", [declaration | second])
    turns = [{"text": "and milk", "turn": 2}, {"text": "tea, please", "turn": 0}]
    put(tmp_path / "sgd/dev.jsonl", [turn | {"label": "Tea_1.BoilWater"} for turn in turns])
    tasks = sgd.tasks(tmp_path, development=False)
    [[original]] = trials(only(tasks, "sgd/declarations"))
    assert asked(original) == {"tea, please": ("Tea_1.BoilWater",)}
    assert examples(original) == {"Tea_1.BoilWater": []}
    assert [case.id for case in original.suite.cases] == ["dev-2"]
    [[paraphrase]] = trials(only(tasks, "sgd/declarations.v1"))
    assert asked(paraphrase) == {"tea, please": ("Tea_11.HeatKettle",)}, "a paraphrase does not tell the first name"


def test_bfcl_trains_on_the_functions_of_a_row_alone(tmp_path: Path) -> None:
    functions = {"tea.boil": "tea.boil", "tea.boil#2": "tea.boil", "curtains.shut": "curtains.shut"}
    put(
        tmp_path / "bfcl_v4/tools.jsonl",
        [{"id": key, "name": name, "description": key, "parameters": {}} for key, name in functions.items()],
    )
    row = {"text": "tea", "label": "tea.boil", "candidates": ["tea.boil#2", "curtains.shut"]}
    put(tmp_path / "bfcl_v4/multiple.jsonl", [row])
    put(tmp_path / "bfcl_v4/irrelevance.jsonl", [{"text": "sing", "label": "oos", "candidates": ["tea.boil"]}])
    [task] = bfcl.tasks(tmp_path, development=False)
    [[inside, outside]] = trials(task)
    assert [tool.description for tool in inside.tools] == ["curtains.shut", "tea.boil#2"]
    assert [asked(inside), asked(outside)] == [{"tea": ("tea.boil",)}, {"sing": ()}]
    assert [tool.description for tool in outside.tools] == ["tea.boil"]


def test_mteb_draws_eight_of_each_label_ten_times_and_the_same_again(tmp_path: Path) -> None:
    texts = {"boil_water": [f"tea {n}" for n in range(30)], "close_curtains": CURTAINS}
    for folder, rows in {"one": labelled(**texts), "other": labelled(**texts)[::-1]}.items():
        put(tmp_path / folder / "banking77/train.jsonl", rows)
        put(tmp_path / folder / "banking77/test.jsonl", labelled(boil_water=["kettle on"]))
    one, other = (
        [
            {name: sorted(said) for name, said in examples(trial).items()}
            for [trial] in trials(only(banking77.tasks(tmp_path / folder, development=False), "banking77/mteb"))
        ]
        for folder in ("one", "other")
    )
    assert one == other, "the order of a file does not matter"
    assert [{name: len(said) for name, said in draw.items()} for draw in one] == [
        {"boil_water": MTEB_EXAMPLES, "close_curtains": len(CURTAINS)}
    ] * MTEB_DRAWS
    assert len({tuple(draw["boil_water"]) for draw in one}) == MTEB_DRAWS


@given(st.lists(st.tuples(st.sampled_from("abc"), st.text(max_size=3)), unique=True), st.integers(1, 4), st.integers())
def test_a_draw_takes_so_many_of_each_label_or_all(pairs: list[tuple[str, str]], per_label: int, seed: int) -> None:
    rows = [{"label": label, "text": text} for label, text in pairs]
    kept = drawn(rows, per_label, seed)
    counts = Counter(row["label"] for row in rows)
    assert Counter(row["label"] for row in kept) == {label: min(n, per_label) for label, n in counts.items()}
    assert all(row in rows for row in kept)


@given(st.text(min_size=1))
def test_any_label_becomes_a_name_that_a_tool_may_have(label: str) -> None:
    assert NAME.fullmatch(tool_name(label))


@pytest.mark.parametrize("each", SETS, ids=lambda each: each.NAME)
def test_each_set_says_where_it_comes_from_and_reads_its_own_folder_only(each: PublicSet, tmp_path: Path) -> None:
    assert all((each.CARD.description, each.CARD.source, each.CARD.licence, each.CARD.how_made, each.LAYOUT))
    tasks = each.tasks(tmp_path, development=False)
    assert len({task.name for task in tasks}) == len(tasks) > 0
    for task in tasks:
        assert task.name.startswith(f"{each.NAME}/")
        assert all(file.is_relative_to(tmp_path / each.NAME) for file in task.files)
        assert all(file.stem in each.LAYOUT or "tools." in file.name for file in task.files)
