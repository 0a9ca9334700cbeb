"""The rounds of the fault matrix, judged on as many testbeds as there are: some of them beside the other live tests."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import cache, partial
from queue import Empty, SimpleQueue

from testbed import lifecycle, matrix
from testbed.bed import Bed
from testbed.fault import Fault, discover
from testbed.rounds import rounds

_BESIDE = 1
"""Further testbeds. A fault is half waiting for Flux and for servers: two testbeds keep two cores busy."""
_WORTH_IT = 20
"""Rounds, below which they take longer to start than they save."""

Round = list[Fault]
Results = dict[str, matrix.Result]
Judge = Callable[[Round], list[matrix.Result]]


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
        asked = rounds(sorted(faults, key=lambda each: (each.family, each.id)))  # as they are discovered, and reported
        for round_ in asked:
            future: Future[Results] = Future()
            self._todo.put((round_, future))
            self._results |= dict.fromkeys((each.id for each in round_), future)
        beside = 0 if alone or len(asked) < _WORTH_IT else _BESIDE
        self._further = [Further(f"{name}-{number}") for number in range(2, 2 + beside)]
        self._pool = ThreadPoolExecutor(1 + beside, thread_name_prefix="judging")
        self._starting = threading.Lock()
        self._beside = [self._pool.submit(self._start_and_work, each) for each in self._further]

    def join(self, bed: Bed) -> None:
        """From now on this testbed, which must be healthy, takes rounds, too."""
        found_healthy(bed)
        self._pool.submit(self._work, partial(matrix.judge_together, bed))

    def result(self, fault: Fault) -> matrix.Result:
        """What became of it, as soon as that is known; :meth:`join` has to be called before."""
        return self._results[fault.id].result()[fault.id]

    def check(self) -> None:
        """Raises what kept a further testbed from judging, or is still wrong with one when all is judged."""
        for each in self._beside:
            each.result()
        for further in self._further:
            further.check()

    def end(self) -> list[matrix.Result]:
        """What became of all that were judged by now; the rest is left, and what was started is taken down."""
        self._ended.set()
        self._pool.shutdown()
        for further in self._further:
            further.end()
        judged = [each.result() for each in self._results.values() if each.done() and not each.exception()]
        found = {fault: result for each in judged for fault, result in each.items()}
        return sorted(found.values(), key=lambda each: (each.family, each.id))

    def _start_and_work(self, further: Further) -> None:
        with self._starting:  # one after the other: both would find the same ports free
            if self._ended.is_set():
                return
            further.start()
        self._work(further.judge)

    def _work(self, judge: Judge) -> None:
        while not self._ended.is_set():
            try:
                round_, future = self._todo.get_nowait()
            except Empty:
                return
            try:
                future.set_result({each.id: each for each in judge(round_)})
            except BaseException as error:  # whoever waits for it has to hear of it
                future.set_exception(error)


class Further:
    """A testbed in a process of its own, which is there at once.

    Live tests change variables of theirs meanwhile, PATH among them; the process keeps those it began with.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.process = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=_leave_interrupts)
        self.process.submit(os.getpid).result()  # an executor starts its process with the first thing to do

    def start(self) -> None:
        """Raises what keeps it from being a healthy testbed."""
        self.process.submit(_start, self.name).result()

    def judge(self, faults: Round) -> list[matrix.Result]:
        return self.process.submit(_judge_there, self.name, [each.id for each in faults]).result()

    def check(self) -> None:
        """Raises what is wrong with it, as :func:`found_healthy` does."""
        self.process.submit(_check, self.name).result()

    def end(self) -> None:
        self.process.shutdown()
        lifecycle.down(self.name)


def found_healthy(bed: Bed, *, reset: bool = True) -> None:
    """No fault could be judged on a platform that is not found healthy before."""
    if reset:
        bed.reset()
    audit = bed.audit()
    assert (audit.exit, audit.findings, audit.unknowns) == (0, set(), set()), audit.stdout


# What the process of a further testbed does.


def _leave_interrupts() -> None:
    """The tests' own process ends this one; a handler, and not SIG_IGN, which the audits it starts would inherit."""
    signal.signal(signal.SIGINT, lambda number, frame: None)


@cache
def _bed(name: str) -> Bed:
    return lifecycle.up(name, "eoepca", lambda line: None)


@cache
def _faults() -> dict[str, Fault]:
    return {each.id: each for each in discover(platform="eoepca")}


def _start(name: str) -> None:
    found_healthy(_bed(name))


def _judge_there(name: str, faults: Sequence[str]) -> list[matrix.Result]:
    return matrix.judge_together(_bed(name), [_faults()[each] for each in faults])


def _check(name: str) -> None:
    found_healthy(_bed(name), reset=False)
