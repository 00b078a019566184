"""`kill -9` of the server, of PostgreSQL and of both, under load: every acknowledged conversation keeps its promise."""

from pathlib import Path

import pytest

from kill_stage import Stage

KILLS = 25


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kill")
    for each in (folder, folder.parent, folder.parent.parent):
        each.chmod(0o711)
    return folder


async def test_nothing_acknowledged_is_lost_or_doubled_when_programs_are_killed(home: Path) -> None:
    stage = Stage(home=home)
    await stage.play(KILLS)
    assert sum(stage.kills.values()) == KILLS
    assert len(stage.acknowledged) > KILLS
    assert await stage.faults() == []
