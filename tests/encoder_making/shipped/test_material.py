from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml

from router.encoder_making.shipped.held_out import CLINC150_DOMAINS, CLINC150_HELD_OUT, clinc150_domain
from router.encoder_making.shipped.material import DECLARED, WRITTEN, Material, material
from router.errors import EncoderError


def test_each_intent_has_what_people_say_and_the_wordings_of_the_router(learnt: Material) -> None:
    boil = next(intent for intent in learnt.intents if intent.source == "written")
    assert boil.domain == "written/kitchen"
    assert boil.utterances == ("tea please", "i want tea", "boil it")
    assert "kettle boil: boil water. How many cups" in boil.wordings
    assert "the user wants to heat the kettle until it boils and gives cups" in boil.wordings
    assert "kettle boil: kettle" in boil.wordings
    assert learnt.none == {"written/kitchen": ("what is tea", "who made you")}


def test_held_out_domains_and_scenarios_are_not_among_what_is_learnt(learnt: Material) -> None:
    assert clinc150_domain("traffic") in CLINC150_HELD_OUT
    domains = {intent.domain for intent in learnt.intents}
    assert {"clinc150/banking", "massive/audio", "massive/lists", "snips/all"} <= domains
    assert not domains & {"clinc150/auto_commute", "massive/alarm"}


def test_only_requests_for_one_call_are_learnt_and_of_dialogues_the_first_turn(learnt: Material) -> None:
    declared = {intent.domain: intent for intent in learnt.intents if intent.source == DECLARED}
    assert declared["seal_tools/one"].utterances == ("fetch one",)
    assert declared["acebench/two"].utterances == ("fetch two",)
    assert declared["api_bank/one"].utterances == ("one then",)
    assert declared["stabletoolbench/two"].utterances == ()


def test_a_declaration_that_was_seen_before_or_is_not_described_is_no_trouble(learnt: Material) -> None:
    domains = {intent.domain for intent in learnt.intents}
    assert "seal_tools/again" not in domains
    (two,) = [intent for intent in learnt.intents if intent.domain == "seal_tools/two"]
    assert "seal tools get one: seal tools get one" in two.wordings


def test_general_texts_are_examples_and_definitions(learnt: Material) -> None:
    assert learnt.general == (
        "say it with adj",
        "say it with adv",
        "say it with noun",
        "say it with verb",
        "a kind of adj",
    )


@pytest.mark.parametrize(
    "name",
    [
        "clinc150/train.jsonl",
        "massive/en-US/train.jsonl",
        "snips/train_full.jsonl",
        "seal_tools/dev.jsonl",
        "acebench/en",
        "api_bank/level-1.jsonl",
        "stabletoolbench/tools.jsonl",
        "wordnet/data.verb",
    ],
)
def test_what_is_missing_is_named(data: Path, written: Path, tmp_path: Path, name: str) -> None:
    copy = shutil.copytree(data, tmp_path / "data")
    missing = copy / name
    shutil.rmtree(missing) if missing.is_dir() else missing.unlink()
    with pytest.raises(EncoderError, match=f"{re.escape(str(copy / name.rpartition('/')[0]))}.*says where the data is"):
        material(copy, written)


def test_a_line_that_is_no_json_is_named(data: Path, written: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(data, tmp_path / "data")
    (copy / "seal_tools/dev.jsonl").write_text('{"text": "a", "label": "one"}\nb\n', "utf-8")
    with pytest.raises(EncoderError, match=r"dev\.jsonl: line 2 is no JSON"):
        material(copy, written)


def test_clinc150_has_ten_domains_of_fifteen_intents() -> None:
    labels = [label for some in CLINC150_DOMAINS.values() for label in some.split()]
    assert (len(CLINC150_DOMAINS), len(labels), len(set(labels))) == (10, 150, 150)
    assert len(CLINC150_HELD_OUT) == 4


@pytest.mark.parametrize("file", sorted(WRITTEN.glob("*.yaml")), ids=lambda file: file.stem)
def test_what_we_wrote_is_whole_and_says_nothing_twice(file: Path) -> None:
    domain = yaml.safe_load(file.read_text("utf-8"))
    assert len(domain["tools"]) == 14
    assert len({tool["name"] for tool in domain["tools"]}) == 14
    for tool in domain["tools"]:
        assert len(tool["described"]) == 3
        assert len(tool["said"]) == 10
    said = [text for tool in domain["tools"] for text in tool["said"]] + domain["none"]
    assert all(isinstance(text, str) and text.strip() for text in said)
    assert len({text.casefold() for text in said}) == 14 * 10 + 8
    assert not re.search(r"\b(banks?|banking|atm|debit|credit card|iban)\b", file.read_text("utf-8").casefold())
