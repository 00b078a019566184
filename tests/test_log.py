"""What the log on the terminal shows of a bug: where it is, and nothing that a person gave us in trust."""

import pytest
import structlog

from waada import cli


def test_a_bug_in_the_log_never_shows_a_password(capsys: pytest.CaptureFixture[str]) -> None:
    def sign_in(password: str) -> None:
        raise RuntimeError(f"a bug after {len(password)} characters")

    before = structlog.get_config()
    cli._log_to_stderr()
    try:
        sign_in(" ".join(["open", "sesame"]))  # noqa: FLY002 - the log shows this line, the secret must not stand in it
    except RuntimeError as error:
        structlog.get_logger("a new one").error("a bug", exc_info=error)
    finally:
        structlog.configure(**before)
    shown = capsys.readouterr().err
    assert "a bug after 11 characters" in shown
    assert "test_log.py" in shown
    assert "open sesame" not in shown
