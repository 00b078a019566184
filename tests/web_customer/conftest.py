"""Every test here gets a brand with its doors open."""

from collections.abc import AsyncIterator

import pytest

from web_customer.shop import Shop


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    scene = Shop()
    await scene.open()
    await scene.hub.open()
    scene.engine.watchers.append(scene.hub.saw)
    yield scene
    await scene.presence.close()
    await scene.hub.close()
