"""One real server for all of the desk's end-to-end tests: it takes longer to start than most of them run."""

from collections.abc import Iterator

import pytest

from desk_scene import Scene, stage


@pytest.fixture(scope="module")
def running_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A server with a brand on it, and a browser, which keeps an event loop of its own: both end with the module."""
    home = tmp_path_factory.mktemp("desk")
    home.chmod(0o755)  # the database runs as another user
    with stage(home) as scene:
        yield scene


@pytest.fixture
def scene(running_desk: Scene) -> Scene:
    """The running desk, its queue empty."""
    running_desk.settle()
    return running_desk
