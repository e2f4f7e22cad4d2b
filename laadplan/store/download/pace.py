"""The pace at which a service is asked: a bucket of tokens that refills at a steady rate.

In: requests per second and how many may come at once. Out: a wait before a request that comes too soon. Clock and sleep
are passed in, so that a test waits for nothing.
"""

import time
from collections.abc import Callable


class Pace:
    """A bucket of tokens: each request takes one, and waits for one where there is none."""

    def __init__(
        self,
        rate_per_second: float,
        burst: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._rate, self._burst = rate_per_second, float(burst)
        self._clock, self._sleep = clock, sleep
        self._tokens, self._seen = float(burst), clock()

    def wait(self) -> None:
        """Takes a token, sleeping until there is one."""
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._seen) * self._rate)
        self._seen = now
        if self._tokens < 1:
            short = (1 - self._tokens) / self._rate
            self._sleep(short)
            self._tokens, self._seen = 1.0, now + short
        self._tokens -= 1
