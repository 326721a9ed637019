"""`minzheng province` refuses what no province can be made with, before it touches anything."""

import pytest
from click.testing import CliRunner

from minzheng.config.command import main


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--scale", "两倍"], "不是数"),
        (["--scale", "0"], "超出范围"),
        (["--scale", "nan"], "超出范围"),
        (["--seed", "-1"], "不是 0 到"),
        (["--seed", "1.5"], "不是 0 到"),
        (["--as-of", "2024-02-30"], "不是日期"),
        (["--as-of", "1999-01-01"], "超出范围"),
    ],
)
def test_bad_input_is_a_sentence_and_exit_code_2(words: list[str], told: str) -> None:
    done = CliRunner().invoke(main, ["province", *words])
    assert done.exit_code == 2
    assert told in done.output
    assert "Traceback" not in done.output
