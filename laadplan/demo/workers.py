"""Processes that make quarters, and a stop by the user that leaves none of them behind.

In: a number of processes. Out: an executor. Whether the user stops the program, closes the terminal or it is told to
end, processes end and what was written aside is cleaned up, once and without interruption.
"""

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.connection import wait
from types import FrameType

from laadplan.errors import ConfigError

_STOPS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextmanager
def stopped_once() -> Iterator[None]:
    """The first signal to stop raises KeyboardInterrupt, and all later ones wait until everything is cleaned up."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {each: signal.getsignal(each) for each in _STOPS}
    heeded = [each for each in _STOPS if before[each] is not signal.SIG_IGN]

    def stop(_signal: int, _frame: FrameType | None) -> None:
        for each in heeded:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    for each in heeded:
        signal.signal(each, stop)
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
    executor = ProcessPoolExecutor(processes, get_context("spawn"), _begin)
    with _stops_held():
        executor.submit(int)  # starts all processes, which inherit what is held, also before they run `_begin`
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


@contextmanager
def _stops_held() -> Iterator[None]:
    """Holds a stop by the user until the end of the context."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin() -> None:
    """Leaves a stop by the user to the first process, and ends when that one is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
