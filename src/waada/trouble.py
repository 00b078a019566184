"""Trouble: what goes wrong outside of Waada (a full disk, a taken port, a missing program).

The second of the three kinds of wrong: a *refusal* answers a person, *trouble* is outside and may pass, a *bug* is an
assertion. The text of a trouble is a plain sentence for whoever runs this installation: what is wrong, then what to do.
"""

from __future__ import annotations

from typing import Literal

# Why a message can't leave, as screens say it in plain words: the mail server can't be reached; it does not take our
# name and password; no safe line to it; it does not let this address send; it asks us to come back later.
Cause = Literal["away", "login", "unsafe", "sender", "later", "other"]


class Trouble(Exception):
    """Something outside is wrong; ``str(trouble)`` says what, and what to do about it."""

    cause: Cause = "other"


class WrongSetting(Trouble):
    """A setting in the environment cannot be understood. Correct it and start again."""


class NoRoom(Trouble):
    """The disk is full or the folder cannot be written. Free space or choose another folder."""


class OtherVersion(Trouble):
    """The folder was made by a version that the programs at hand cannot read. Use that version, or another folder."""


class AlreadyRunning(Trouble):
    """Another Waada works on the same folder. Stop it, or use another folder."""


class AddressTaken(Trouble):
    """Another program listens on the port. Stop it, or choose another port."""


class NoProgram(Trouble):
    """A program that is needed is not installed. Install it, or say where it is."""


class CannotStart(Trouble):
    """The database starts and stops at once. Its last words are in the sentence; the rest is in its log."""


class StillStarting(Trouble):
    """The database did not get ready in time. Wait (recovery after a power cut can be long) and start again."""
