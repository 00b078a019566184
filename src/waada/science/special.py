"""SciPy's special functions, loaded when the first is needed: loading takes 0.35 s, which no start should wait for."""

from __future__ import annotations

from functools import cache
from types import ModuleType
from typing import Any


@cache
def load() -> ModuleType:
    """Return `scipy.special`. Called once while nobody waits, it makes the first promise as quick as the next."""
    from scipy import special

    module: ModuleType = special
    return module


def gammainc(shape: Any, x: Any) -> Any:
    """Return the regularised lower incomplete gamma function, P(a, x): DLMF 8.2.4."""
    return load().gammainc(shape, x)


def gammaincinv(shape: Any, probability: Any) -> Any:
    """Return the x at which `gammainc` is a probability."""
    return load().gammaincinv(shape, probability)


def gammaln(x: Any) -> Any:
    """Return the logarithm of the gamma function's absolute value."""
    return load().gammaln(x)


def betainc(a: Any, b: Any, x: Any) -> Any:
    """Return the regularised incomplete beta function: DLMF 8.17.2."""
    return load().betainc(a, b, x)


def xlogy(x: Any, y: Any) -> Any:
    """Return x log y, and 0 where x is 0."""
    return load().xlogy(x, y)


def xlog1py(x: Any, y: Any) -> Any:
    """Return x log(1 + y), and 0 where x is 0."""
    return load().xlog1py(x, y)
