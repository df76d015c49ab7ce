from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import router
from router.cli import main
from router.linting import RULES

LINT = ("lint", "tools", "--encoder", "hashing")
TROUBLED = {
    "tools/make_call.yaml": """\
name: make_call
description: Make a call.
parameters:
  type: object
  properties:
    who: {type: string, description: Who to call.}
    app: {type: string, description: Where to call.}
  required: [who]
examples:
  - call mum!
  - ring the office
lint:
  - {ignore: unfilled-parameter, reason: nobody says it, about: app}
  - {ignore: stolen-exmaple, reason: so be it}
""",
    "tools/ring, 100%.yaml": """\
name: phone
description: Ring somebody up, whoever it is, at home or at work.
examples: [call mum, please dial a number for me]
""",
    "tools/out_of_scope.yaml": "out_of_scope: [who won last night]\n",
}
"""With few examples nothing is held out, so no figure here depends on a solver."""
CLEAN = """\
- name: set_alarm
  description: Wakes the user up at a time of day.
  examples: [wake me at noon, alarm at six please, get me up by nine, i want an alarm for tomorrow]
- name: play_music
  description: Puts on songs, albums and artists.
  examples: [play some jazz, put on a record, i feel like mozart, sing something to me]
---
out_of_scope:
"""


@pytest.fixture
def troubled() -> None:
    """Write files that are not wrong and will trouble the router."""
    Path("tools").mkdir()
    for name, content in TROUBLED.items():
        Path(name).write_text(content)


@pytest.mark.usefixtures("troubled")
@pytest.mark.parametrize("form", ["text", "github", "sarif"])
def test_every_finding_is_printed_with_its_place(
    form: str, capsys: pytest.CaptureFixture[str], golden: Callable[[str, str], None]
) -> None:
    assert main([*LINT, "--format", form]) == 1
    captured = capsys.readouterr()
    assert captured.err == "", "a progress bar is for terminals"
    golden(f"lint_{form}.txt", captured.out.replace(f'"version": "{router.__version__}"', '"version": "..."'))


@pytest.mark.usefixtures("troubled")
def test_what_is_only_worth_knowing_is_counted_or_printed(capsys: pytest.CaptureFixture[str]) -> None:
    Path("tools/make_call.yaml").write_text(TROUBLED["tools/make_call.yaml"].partition("lint:")[0])
    main([*LINT])
    brief = capsys.readouterr().out
    main([*LINT, "--all"])
    full = capsys.readouterr().out
    assert "fills the parameter 'app'" not in brief
    assert brief.endswith("1 worth knowing (--all shows them)\n")
    assert "line 7   info unfilled-parameter: none of 2 examples fills the parameter 'app'" in full
    assert full.endswith("1 worth knowing\n")


@pytest.mark.usefixtures("troubled")
def test_json_has_everything_and_why_it_is_suppressed(capsys: pytest.CaptureFixture[str]) -> None:
    main([*LINT, "--format", "json"])
    report = json.loads(capsys.readouterr().out)
    assert report.keys() == {"findings", "suppressed"}
    [duplicate] = [finding for finding in report["findings"] if finding["rule"] == "near-duplicate"]
    assert duplicate["subject"] == {
        "tool": "make_call",
        "text": "call mum!",
        "file": "tools/make_call.yaml",
        "line": 10,
    }
    assert duplicate["others"] == [{"tool": "phone", "text": "call mum", "file": "tools/ring, 100%.yaml", "line": 3}]
    [suppressed] = report["suppressed"]
    assert (suppressed["rule"], suppressed["reason"]) == ("unfilled-parameter", "nobody says it")
    assert {finding["severity"] for finding in report["findings"]} == {"error", "warning"}


def _valid_sarif(log: dict[str, Any]) -> list[dict[str, Any]]:
    """Check what SARIF 2.1.0 demands of the parts that are used, and return the results."""
    assert log["version"] == "2.1.0"
    [run] = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(set(rules)) == len(rules)
    for result in run["results"]:
        assert result.keys() <= {"ruleId", "level", "message", "locations", "relatedLocations", "suppressions"}
        assert result["ruleId"] in rules
        assert result["level"] in {"none", "note", "warning", "error"}
        assert result["message"]["text"]
        for place in result["locations"] + result.get("relatedLocations", []):
            physical = place["physicalLocation"]
            assert not set(physical["artifactLocation"]["uri"]) & set(" %,") - {"%"}
            assert physical.get("region", {"startLine": 1})["startLine"] >= 1
    return list(run["results"])


@pytest.mark.usefixtures("troubled")
def test_sarif_is_valid_and_knows_every_rule_and_suppression(capsys: pytest.CaptureFixture[str]) -> None:
    main([*LINT, "--format", "sarif", "--all"])
    log = json.loads(capsys.readouterr().out)
    results = _valid_sarif(log)
    assert [rule["id"] for rule in log["runs"][0]["tool"]["driver"]["rules"]] == list(RULES)
    [suppressed] = [result for result in results if "suppressions" in result]
    assert suppressed["suppressions"] == [{"kind": "inSource", "justification": "nobody says it"}]
    assert "{{who: the words}}" in json.dumps(results), "single braces are placeholders there"


@pytest.mark.parametrize(
    ("form", "words"), [("text", "tools has 1 problem"), ("json", '"problems"'), ("github", "::error ")]
)
def test_wrong_files_are_reported_as_check_does(form: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("tools").mkdir()
    outputs = []
    for command in ("check", "lint"):
        assert main([command, "tools", "--format", form]) == 1
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1]
    assert words in outputs[0]


def test_wrong_files_are_valid_sarif_too(capsys: pytest.CaptureFixture[str]) -> None:
    Path("tools.yaml").write_text("name: a\ndescription: b\nexamples: ['{c: d}']\n")
    assert main(["lint", str(Path("tools.yaml").resolve()), "--format", "sarif"]) == 1
    [result] = _valid_sarif(json.loads(capsys.readouterr().out))
    assert result["message"] == {"text": "examples[0]: {{c}} names no parameter of 'a'. It has none."}
    assert '"uri": "file:///' in json.dumps(result)


def test_warnings_fail_only_where_it_is_strict(capsys: pytest.CaptureFixture[str]) -> None:
    Path("tools").mkdir()
    Path("tools/wake.yaml").write_text("{name: wake, description: Rings a bell at a time of day.}")
    assert main([*LINT]) == 0
    assert "0 errors, 2 warnings" in capsys.readouterr().out
    assert main([*LINT, "--strict"]) == 1


@pytest.mark.parametrize("form", ["text", "github"])
def test_a_folder_without_trouble_says_so(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("tools").mkdir()
    Path("tools/all.yaml").write_text(CLEAN + "".join(f"  - hello number {n}\n" for n in range(20)))
    assert main([*LINT, "--strict", "--format", form]) == 0
    assert capsys.readouterr().out.startswith("0 errors, 0 warnings")


def test_an_unknown_encoder_exits_with_2(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", str(specs), "--encoder", "hashin"]) == 2
    assert "Did you mean 'hashing'?" in capsys.readouterr().err


def test_the_help_names_every_rule(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["lint", "--help"])
    text = capsys.readouterr().out
    assert [rule for rule in RULES if f"\n  {rule}  " not in text] == []
