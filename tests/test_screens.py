"""The screens' own tests, and the rules of their build: a bundle over its budget does not pass."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

root = Path(__file__).parents[1]

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None or not (root / "node_modules" / "esbuild").exists(),
    reason="node_modules are not prepared; `make setup` does it",
)


def node(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["node", *command], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project with the real build script."""
    shutil.copytree(root / "web", tmp_path / "web")
    (tmp_path / "node_modules").symlink_to(root / "node_modules")
    (tmp_path / "widget").mkdir()
    (tmp_path / "desk" / "src").mkdir(parents=True)
    return tmp_path


def test_the_screens_own_tests_pass() -> None:
    done = node(root, "web/test.mjs")
    assert done.returncode == 0, done.stdout + done.stderr


def test_bundles_are_ascii_and_named_by_their_content(project: Path) -> None:
    (project / "widget" / "loader.ts").write_text('document.title = "Уәде";')
    (project / "desk" / "src" / "desk.css").write_text('p::before { content: "وعد"; }')
    (project / "desk" / "src" / "main.tsx").write_text(
        'import "./desk.css"; import { render } from "preact"; render(<p>वादा</p>, document.body);'
    )
    done = node(project, "web/build.mjs")
    assert done.returncode == 0, done.stderr
    built = project / "src/waada/web/static"
    manifest = json.loads((built / "manifest.json").read_text())
    assert manifest["widget.js"] == "widget.js"
    assert set(manifest) == {"widget.js", "desk.js", "desk.css"}
    assert manifest["desk.js"] != "desk.js"
    assert all((built / name).read_bytes().isascii() for name in manifest.values())
    first = manifest["desk.css"]
    (project / "desk" / "src" / "desk.css").write_text("p { color: red; }")
    assert node(project, "web/build.mjs").returncode == 0
    assert json.loads((built / "manifest.json").read_text())["desk.css"] != first
    assert not (built / first).exists()


def test_a_bundle_over_its_budget_is_refused(project: Path) -> None:
    words = " ".join(f"{number * 7919 % 100003:x}" for number in range(900))
    (project / "widget" / "loader.ts").write_text(f'document.title = "{words}";')
    done = node(project, "web/build.mjs")
    assert done.returncode == 1
    assert "its budget is 1024" in done.stderr
    assert not (project / "src").exists()


def test_a_failing_test_of_the_screens_fails_the_run(project: Path) -> None:
    (project / "desk" / "src" / "a.test.ts").write_text(
        'import { test } from "node:test"; import assert from "node:assert"; test("x", () => assert.equal(1, 2));'
    )
    assert node(project, "web/test.mjs").returncode != 0
