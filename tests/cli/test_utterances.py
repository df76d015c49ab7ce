from __future__ import annotations

from collections.abc import Iterator

from router.cli.utterances import Malformed, Row, read_rows


def test_a_byte_order_mark_is_no_part_of_the_first_line() -> None:
    assert list(read_rows(["\ufeffcall mum\r\n"])) == [Row("call mum")]
    assert list(read_rows(['\ufeff{"text": "a"}'])) == [Row("a", {"text": "a"})]


def test_json_that_is_nested_too_deeply_is_malformed() -> None:
    assert list(read_rows(["{", "[" * 100_000]))[1] == Malformed(2, "is nested too deeply")


def test_rows_are_read_as_they_come() -> None:
    def endless() -> Iterator[str]:
        while True:
            yield "again\n"

    assert next(iter(read_rows(endless()))) == Row("again")
