"""Processes that make quarters, and a stop by the user that leaves none of them behind.

In: a number of processes. Out: an executor. Whether the user stops the program, closes the terminal or it is told to
end, processes end and what was written aside is cleaned up, once and without interruption.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.connection import wait
from types import FrameType
from typing import Any

from laadplan.errors import ConfigError

_STOPS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextmanager
def stopped_once() -> Iterator[None]:
    """The first signal to stop raises KeyboardInterrupt, and all later ones wait until everything is cleaned up."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_signal: int, _frame: FrameType | None) -> None:
        for each in _STOPS:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    with _stops_handled(stop):
        yield


@contextmanager
def _stops_handled(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Signals to stop go to a handler, but for those that the program ignores; afterwards they go where they went."""
    before = {each: signal.getsignal(each) for each in _STOPS}
    heeded = [each for each in _STOPS if before[each] is not signal.SIG_IGN]
    for each in heeded:
        signal.signal(each, handler)
    try:
        yield
    finally:
        for each in heeded:
            signal.signal(each, before[each])


@contextmanager
def working(processes: int) -> Iterator[Executor | None]:
    """Processes to make quarters; None where one process does it all.

    Raises
    ------
    ConfigError
        The system stopped one of them.
    """
    if processes == 1:
        yield None
        return
    executor = _Processes(processes, get_context("spawn"), _begin)
    try:
        yield executor
        executor.shutdown()
    except BaseException as error:
        for child in active_children():
            child.terminate()
        executor.shutdown(cancel_futures=True)
        if isinstance(error, BrokenProcessPool):
            raise ConfigError(
                "A process that made a quarter was stopped by the system, which may lack memory.",
                todo="See that there are 4 GiB free, and try again.",
            ) from None
        raise


class _Processes(ProcessPoolExecutor):
    """Starts a process with any task, while stops are held: the process inherits that, also before it runs `_begin`."""

    def submit(self, *args: Any, **kwargs: Any) -> Future[Any]:
        with _stops_held():
            return super().submit(*args, **kwargs)


@contextmanager
def _stops_held() -> Iterator[None]:
    """Keeps a stop by the user until the end: from this thread by a handler, from new processes by a mask.

    The mask alone does not do: a thread of a library may take the signal, and Python then acts on it in this one.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    try:
        with _stops_handled(lambda number, _frame: came.append(number)), _terminal_masked():
            yield
    finally:
        if came:
            signal.raise_signal(came[0])


@contextmanager
def _terminal_masked() -> Iterator[None]:
    """New processes inherit a mask of the signals of a terminal; nothing where there are no masks."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _begin() -> None:
    """Leaves a stop by the user to the first process, and ends when that one is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
