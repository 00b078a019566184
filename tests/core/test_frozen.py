"""Things that are made fast are what they were: frozen, told apart, copied, refused when something is missing."""

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, replace
from datetime import UTC, datetime

import pytest

from waada import codec
from waada.core import events as e
from waada.core.frozen import made_fast
from waada.core.ids import EnquiryId, PromiseId

AT = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def ended(**changes: object) -> e.PromiseEnded:
    made = e.PromiseEnded(at=AT, enquiry_id=EnquiryId("e"), promise_id=PromiseId("p"), status="kept", reason=None)
    return replace(made, **changes)  # type: ignore[arg-type]


def test_nothing_of_it_can_be_changed() -> None:
    fact = ended()
    with pytest.raises(FrozenInstanceError):
        fact.status = "broken"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del fact.status
    with pytest.raises((AttributeError, TypeError)):
        fact.colour = "red"  # type: ignore[attr-defined]
    assert fact.status == "kept"


def test_equal_when_all_is_equal() -> None:
    assert type(ended()) is e.PromiseEnded
    assert ended() == ended()
    assert hash(ended()) == hash(ended())
    assert ended(reason="late") != ended()


@pytest.mark.parametrize(
    "copied",
    [copy.copy, copy.deepcopy, lambda fact: pickle.loads(pickle.dumps(fact)), replace],
)
def test_a_copy_is_equal(copied: object) -> None:
    assert callable(copied)
    assert copied(ended(reason="late")) == ended(reason="late")


def test_the_same_comes_back_from_the_log() -> None:
    assert codec.decode(codec.encode(ended()), e.PromiseEnded) == ended()


def test_what_has_no_default_must_be_given() -> None:
    with pytest.raises(TypeError, match="promise_id"):
        e.PromiseEnded(at=AT, enquiry_id=EnquiryId("e"), status="kept", reason=None)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="colour"):
        ended(colour="red")


def test_what_computes_itself_is_not_for_it() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Doubled:
        number: int

        def __post_init__(self) -> None:
            object.__setattr__(self, "number", self.number * 2)

    with pytest.raises(AssertionError, match="computes"):
        made_fast(Doubled)
