"""The desk's reducer on the simulator's stories: what a screen learns from facts is what a fresh screen would show."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from waada.sim import fixtures

root = Path(__file__).parents[1]

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None or not (root / "node_modules" / "esbuild").exists(),
    reason="node_modules are not prepared; `make setup` does it",
)


def test_a_screen_that_saw_every_fact_shows_what_a_fresh_one_shows(tmp_path: Path) -> None:
    stories = fixtures.write(tmp_path)
    assert len(stories) >= 4
    done = subprocess.run(
        ["node", "web/test.mjs"],
        cwd=root,
        env={**os.environ, "WAADA_FIXTURES": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for story in stories:
        assert story.name in done.stdout, f"{story.name} was not played"
