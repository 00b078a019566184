"""A brand whose mail flows for real, for the tests in this folder."""

from collections.abc import AsyncIterator

import pytest

from mail_scene import MailScene


@pytest.fixture
async def scene(fresh_database: str) -> AsyncIterator[MailScene]:
    opened = await MailScene(fresh_database).open()
    yield opened
    await opened.close()
