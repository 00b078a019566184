"""What `/metrics` shows: counted where it happens, kept by the Prometheus client, read by whoever watches this node."""

from __future__ import annotations

from typing import get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from waada.ports import StreamKind

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Meter:
    """The figures of one process, in a registry of its own so that several may live in one test."""

    def __init__(self) -> None:
        """Begin at zero."""
        self.registry = CollectorRegistry()
        commits = Counter("waada_commits", "Commands written, by kind of stream.", ("kind",), registry=self.registry)
        # Looking a label up costs ten times what counting does.
        self.commits = {kind: commits.labels(kind) for kind in get_args(StreamKind)}
        self.facts = Counter("waada_facts", "Facts written.", registry=self.registry)
        self.laws_checked = Counter("waada_laws_checked", "Commits checked against the laws.", registry=self.registry)
        self.laws_broken = Counter(
            "waada_laws_broken", "Laws found broken; anything but 0 is a bug.", ("law",), registry=self.registry
        )
        self.sockets = Gauge("waada_sockets", "Open sockets, by kind.", ("kind",), registry=self.registry)
        self.cut_off = Counter("waada_sockets_cut_off", "Sockets that did not keep up.", registry=self.registry)
        self.timers_late = Gauge(
            "waada_timer_late_seconds", "How late the oldest due timer is.", registry=self.registry
        )
        self.timer_fired = Histogram(
            "waada_timer_fired_late_seconds",
            "How late each timer was carried out.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.waiting = Gauge("waada_waiting", "Rows waiting in a work table.", ("table",), registry=self.registry)
        self.outbox_trouble = Gauge(
            "waada_outbox_in_trouble", "Effects that met trouble and are tried again.", registry=self.registry
        )
        self._requests = Histogram(
            "waada_request_seconds",
            "Time to answer a request.",
            ("path", "status"),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._children: dict[tuple[str, int], Histogram] = {}

    def answered(self, path: str, status: int, seconds: float) -> None:
        """Count a request. The labels are few: paths as in the table of endpoints."""
        child = self._children.get((path, status))
        if child is None:
            child = self._children[path, status] = self._requests.labels(path, str(status))
        child.observe(seconds)

    def text(self) -> bytes:
        """Return everything in the Prometheus text format."""
        return generate_latest(self.registry)
