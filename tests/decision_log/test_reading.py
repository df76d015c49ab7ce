"""A log is read back as far as it can be, and what cannot be has a file and a line."""

from pathlib import Path

import pytest

from router import Abstain, DecisionLog, LogError, read_log
from router.decision_log.rotation import numbered
from router.errors import Problem


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Two decisions in each of two files."""
    path = tmp_path / "log"
    for _ in range(2):
        with DecisionLog(path, clock=iter([1.0, 2.0]).__next__) as log:
            for _ in range(2):
                log.write(Abstain("out_of_scope", utterance="hello", in_scope=0.1))
        if not path.with_name("log.1").exists():
            path.rename(path.with_name("log.1"))
    return path


def test_files_that_were_put_aside_come_first_the_oldest_first_of_all(log: Path) -> None:
    (log.with_name("log.10")).write_text(log.read_text().replace('"time":', '"time":9'))
    (log.with_name("log.x")).write_text("something else")
    (log.with_name("log.1.key")).write_text("something else")
    assert [entry.time for entry in read_log(log)] == [91.0, 92.0, 1.0, 2.0, 1.0, 2.0]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"{]", "is not JSON: Expecting property name enclosed in double quotes at column 2"),
        (b"[]", "is no JSON object"),
        (b"", "is not JSON: Expecting value at column 1"),
        (b"\xff", "byte 0xff is not UTF-8"),
        (b'{"time":1}', "'decision' is null; expected one of call, ask, clarify, abstain"),
        (b'{"time":NaN}', "is not JSON: NaN is no number"),
        (b"[" * 100_000, "is nested too deeply"),
    ],
)
def test_a_malformed_line_has_its_place_and_the_rest_is_read(log: Path, line: bytes, message: str) -> None:
    older = log.with_name("log.1")
    first, second = older.read_bytes().splitlines(keepends=True)
    older.write_bytes(first + line + b"\n" + second)
    problems: list[Problem] = []
    assert len([*read_log(log, problems.append)]) == 4
    assert problems == [Problem(str(older), 2, "", message)]
    entries = read_log(log)
    assert [next(entries).time for _ in range(4)] == [1.0, 2.0, 1.0, 2.0]
    with pytest.raises(LogError, match="1 problem\n  line 2 ") as raised:
        next(entries)
    assert raised.value.problems == tuple(problems)


def test_a_last_line_that_was_not_finished_is_left_out(log: Path) -> None:
    with log.open("ab") as stream:
        stream.write(b'{"time":17')
    assert len([*read_log(log)]) == 4


def test_only_the_newest_file_may_end_so(log: Path) -> None:
    with log.with_name("log.1").open("ab") as stream:
        stream.write(b'{"time":17')
    with pytest.raises(LogError, match=r"log\.1 has 1 problem\n  line 3 "):
        [*read_log(log)]


def test_a_log_that_is_put_aside_while_it_is_opened_is_read_once(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def rotated(path: Path, n: int) -> Path:
        if log.exists():
            log.with_name("log.1").rename(log.with_name("log.2"))
            log.rename(log.with_name("log.1"))
        return numbered(path, n)

    times = [entry.time for entry in read_log(log)]
    monkeypatch.setattr("router.decision_log.reading.numbered", rotated)
    assert [entry.time for entry in read_log(log)] == times
    assert not log.exists()


def test_what_was_put_aside_is_read_where_the_log_itself_is_gone(log: Path) -> None:
    log.unlink()
    assert len([*read_log(log)]) == 2


@pytest.mark.parametrize("name", ["missing", "missing/log"])
def test_a_log_that_is_not_there_is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(LogError, match="cannot be read: No such file or directory"):
        next(read_log(tmp_path / name))
