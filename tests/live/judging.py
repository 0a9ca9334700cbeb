"""The rounds of the fault matrix, judged on as many testbeds as there are: some of them beside the other live tests."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue

from testbed import lifecycle, matrix
from testbed.bed import Bed
from testbed.fault import Fault
from testbed.rounds import rounds

_BESIDE = 1
"""Further testbeds. A fault is half waiting for Flux and for servers: two testbeds keep two cores busy."""
_WORTH_IT = 20
"""Rounds, below which they take longer to start than they save."""

Round = list[Fault]
Results = dict[str, matrix.Result]


class Judging:
    """Every fault that was asked for, and what came of it as soon as that is known.

    Args:
        faults: which.
        name: of the testbed that is there; the further ones are called after it.
        alone: start no further testbeds, whatever there is to judge.
    """

    def __init__(self, faults: Iterable[Fault], name: str, *, alone: bool) -> None:
        self._todo: SimpleQueue[tuple[Round, Future[Results]]] = SimpleQueue()
        self._results: dict[str, Future[Results]] = {}
        self._ended = threading.Event()
        self._beds: list[Bed] = []
        asked = rounds(sorted(faults, key=lambda each: (each.family, each.id)))  # as they are discovered, and reported
        for round_ in asked:
            future: Future[Results] = Future()
            self._todo.put((round_, future))
            self._results |= dict.fromkeys((each.id for each in round_), future)
        beside = 0 if alone or len(asked) < _WORTH_IT else _BESIDE
        self._names = [f"{name}-{number}" for number in range(2, 2 + beside)]
        self._pool = ThreadPoolExecutor(1 + beside, thread_name_prefix="judging")
        self._starting = threading.Lock()
        self._beside = [self._pool.submit(self._start_and_work, each) for each in self._names]

    def join(self, bed: Bed) -> None:
        """From now on this testbed, which must be healthy, takes rounds, too."""
        found_healthy(bed)
        self._pool.submit(self._work, bed)

    def result(self, fault: Fault) -> matrix.Result:
        """What became of it, as soon as that is known; :meth:`join` has to be called before."""
        return self._results[fault.id].result()[fault.id]

    def check(self) -> None:
        """Raises what kept a further testbed from judging, or is still wrong with one when all is judged."""
        for each in self._beside:
            each.result()
        for bed in self._beds:
            found_healthy(bed, reset=False)

    def end(self) -> list[matrix.Result]:
        """What became of all that were judged by now; the rest is left, and what was started is taken down."""
        self._ended.set()
        self._pool.shutdown()
        for name in self._names:
            lifecycle.down(name)
        judged = [each.result() for each in self._results.values() if each.done() and not each.exception()]
        found = {fault: result for each in judged for fault, result in each.items()}
        return sorted(found.values(), key=lambda each: (each.family, each.id))

    def _start_and_work(self, name: str) -> None:
        with self._starting:  # one after the other: both would find the same ports free
            if self._ended.is_set():
                return
            bed = lifecycle.up(name, "eoepca", lambda line: None)
        found_healthy(bed)
        self._beds.append(bed)
        self._work(bed)

    def _work(self, bed: Bed) -> None:
        while not self._ended.is_set():
            try:
                round_, future = self._todo.get_nowait()
            except Empty:
                return
            self._judge(bed, round_, future)

    def _judge(self, bed: Bed, round_: Round, future: Future[Results]) -> None:
        try:
            future.set_result({each.id: each for each in matrix.judge_together(bed, round_)})
        except BaseException as error:  # whoever waits for it has to hear of it
            future.set_exception(error)


def found_healthy(bed: Bed, *, reset: bool = True) -> None:
    """No fault could be judged on a platform that is not found healthy before."""
    if reset:
        bed.reset()
    audit = bed.audit()
    assert (audit.exit, audit.findings, audit.unknowns) == (0, set(), set()), audit.stdout
