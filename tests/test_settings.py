"""What a person who sets a variable gets, and reads when it is wrong."""

from pathlib import Path

import pytest

from waada.settings import Demo, from_environment
from waada.trouble import WrongSetting


def test_nothing_set_serves_on_this_machine_only() -> None:
    settings = from_environment({}, root=True)
    assert (settings.host, settings.port, settings.smtp_port) == ("127.0.0.1", 8080, 2525)
    assert settings.public_url == "http://127.0.0.1:8080"
    assert settings.home == Path("/var/lib/waada")
    assert settings.demo is Demo.OFF
    assert settings.database_url is None


def test_an_ordinary_user_keeps_everything_below_their_own_home() -> None:
    assert from_environment({}, root=False).home == Path("~/.local/share/waada").expanduser()
    assert from_environment({"XDG_DATA_HOME": "/d"}, root=False).home == Path("/d/waada")
    assert from_environment({"WAADA_HOME": "/srv/desk"}, root=False).home == Path("/srv/desk")


def test_the_public_address_follows_host_and_port_unless_it_is_given() -> None:
    assert from_environment({"HOST": "0.0.0.0", "PORT": "9000"}).public_url == "http://127.0.0.1:9000"
    assert from_environment({"PUBLIC_URL": "https://desk.example.org/"}).public_url == "https://desk.example.org"


def test_what_may_hold_a_password_is_not_shown_with_the_settings() -> None:
    given = {"DATABASE_URL": "postgresql://a:hush@db/x", "SMTP_URL": "smtps://a:hush@mail", "WAADA_SECRET": "hush"}
    settings = from_environment(given)
    assert settings.secret == "hush"
    assert "hush" not in repr(settings)


@pytest.mark.parametrize(("said", "meant"), [("live", Demo.LIVE), ("1", Demo.ON), ("", Demo.OFF), ("No", Demo.OFF)])
def test_demo_is_understood_as_people_write_it(said: str, meant: Demo) -> None:
    assert from_environment({"DEMO": said}).demo is meant


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "0"),
        ("PORT", "٨٠٨٠"),
        ("SMTP_PORT", "70000"),
        ("DEMO", "perhaps"),
        ("PUBLIC_URL", "desk.example.org"),
        ("DATABASE_URL", "mysql://x/y"),
        ("SMTP_URL", "mail.example.org"),
        ("LOG_LEVEL", "loud"),
        ("DATABASE_URL", "postgresql://name:secret@[host/x"),
        ("DATABASE_URL", "postgresql://name:secret@host:five/x"),
        ("PUBLIC_URL", "https://[desk"),
        ("SMTP_URL", "smtp://name:secret@host:five"),
    ],
)
def test_a_wrong_value_is_refused_with_a_sentence_that_names_the_variable(name: str, value: str) -> None:
    with pytest.raises(WrongSetting, match=name) as wrong:
        from_environment({name: value})
    assert "secret" not in str(wrong.value)
