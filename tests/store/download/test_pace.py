from laadplan.store.download.pace import Pace


def waits(times: list[float], rate: float, burst: int) -> list[float]:
    """How long requests that come at these moments are held up."""
    slept: list[float] = []
    clock = iter([0.0, *times])
    pace = Pace(rate, burst, clock=lambda: next(clock), sleep=slept.append)
    held = []
    for _ in times:
        before = len(slept)
        pace.wait()
        held.append(sum(slept[before:]))
    return held


def test_a_burst_passes_and_then_the_rate_counts():
    assert waits([0.0, 0.0, 0.0, 0.5], rate=2.0, burst=2) == [0.0, 0.0, 0.5, 0.5]


def test_tokens_come_back_while_nothing_is_asked_but_never_more_than_the_burst():
    assert waits([0.0, 100.0, 100.0, 100.0], rate=1.0, burst=2) == [0.0, 0.0, 0.0, 1.0]
