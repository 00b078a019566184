"""The pure core: what may happen, decided without clock, chance or I/O; `now` is an argument."""
