"""Parts of a problem solved apart: the sum of their best plans and bounds is that of the whole."""

from dataclasses import replace

import numpy as np
import pytest

from laadplan.config.optimisation import Optimisation
from laadplan.errors import NoFeasiblePlan
from laadplan.optimise import solve as stages
from laadplan.optimise.check import check
from laadplan.optimise.components import join_choices, join_prices, split
from laadplan.optimise.prices import bound_of, no_prices
from laadplan.optimise.problem import NONE, Choice, Groups, Limits, Problem
from laadplan.optimise.problem_check import check_problem
from laadplan.optimise.record import NO_GAP, Record, join, records_of
from laadplan.optimise.serve import worth_of
from laadplan.optimise.solve import solve
from tests.optimise.oracle import best_worth
from tests.optimise.random_problems import random_problem, renamed

SEEDS = range(25)


def asked(**more):
    return Optimisation(**{"gap_share": 0.0, "rounds_max": 20, "threads": 1} | more)


def block(seed, **sizes):
    """A random problem of one period, that is worth 1."""
    problem = random_problem(seed, **{"periods": 1} | sizes)
    return replace(problem, arc_worth=problem.arc_worth * problem.period_worth[0], period_worth=np.ones(1))


def side_by_side(problems):
    """Problems of one period as one, under other names; nothing joins them."""

    def ids(what):
        return tuple(f"{number:03d} {some}" for number, problem in enumerate(problems) for some in what(problem))

    def joined(what):
        return np.concatenate([what(problem) for problem in problems])

    def starts(what):
        return np.concatenate([[0], np.cumsum(joined(lambda problem: np.diff(what(problem))))]).astype(np.int64)

    def moved(what, into):
        begin = np.cumsum([0] + [problem.sizes[into] for problem in problems])
        moves = [np.where(what(p) == NONE, NONE, what(p) + add) for p, add in zip(problems, begin, strict=False)]
        return np.concatenate(moves).astype(np.int64)

    return Problem(
        demand_ids=ids(lambda problem: problem.demand_ids),
        demand_kwh=joined(lambda problem: problem.demand_kwh),
        demand_group=moved(lambda problem: problem.demand_group, "groups"),
        period_worth=np.ones(1),
        site_ids=ids(lambda problem: problem.site_ids),
        must=joined(lambda problem: problem.must),
        arc_start=starts(lambda problem: problem.arc_start),
        arc_demand=moved(lambda problem: problem.arc_demand, "demand"),
        arc_worth=joined(lambda problem: problem.arc_worth),
        option_start=starts(lambda problem: problem.option_start),
        option_ids=tuple(some for problem in problems for some in problem.option_ids),
        option_capacity=joined(lambda problem: problem.option_capacity),
        option_worth=joined(lambda problem: problem.option_worth),
        limits=Limits(
            ids=ids(lambda problem: problem.limits.ids),
            kinds=tuple(kind for problem in problems for kind in problem.limits.kinds),
            start=starts(lambda problem: problem.limits.start),
            option=moved(lambda problem: problem.limits.option, "options"),
            use=joined(lambda problem: problem.limits.use),
            limit=joined(lambda problem: problem.limits.limit),
            penalty=joined(lambda problem: problem.limits.penalty),
        ),
        groups=Groups(
            ids=ids(lambda problem: problem.groups.ids),
            least_kwh=joined(lambda problem: problem.groups.least_kwh),
            penalty=joined(lambda problem: problem.groups.penalty),
        ),
    )


def islands(count=3, *, limits=0):
    """So many times two sites that share the second of three points; each island with a limit if asked for."""
    island = block(0, limits=0, groups=0)
    island = replace(
        island,
        demand_ids=("a", "b", "c"),
        demand_kwh=np.array([[3.0], [2.0], [1.0]]),
        demand_group=np.full(3, NONE),
        site_ids=("s", "t"),
        must=np.zeros(2, dtype=bool),
        arc_start=np.array([0, 2, 4]),
        arc_demand=np.array([0, 1, 1, 2]),
        arc_worth=np.ones(4),
        option_start=np.arange(3),
        option_ids=("0", "0"),
        option_capacity=np.full((2, 1), 4.0),
        option_worth=np.full(2, -1.0),
    )
    one = limited(island, limits) if limits else island
    return side_by_side([one] * count)


def limited(problem, limit, *, penalty=np.inf):
    """The problem with no limit but one: on the number of options taken."""
    options = len(problem.option_ids)
    row = Limits(
        ids=("aantal",),
        kinds=("aantal palen",),
        start=np.array([0, options]),
        option=np.arange(options),
        use=np.ones(options),
        limit=np.array([float(limit)]),
        penalty=np.array([penalty]),
    )
    return replace(problem, limits=row)


def some_prices(problem, seed):
    """Prices within what they may be."""
    random = np.random.default_rng(seed)
    prices = no_prices(problem)
    most = np.minimum(problem.limits.penalty, 500.0)
    groups = random.uniform(0, 1, len(problem.groups.ids)) * problem.groups.penalty
    return replace(
        prices, demand=prices.demand * random.uniform(0, 1, prices.demand.shape), limits=most * 0.5, groups=groups
    )


# ---- which parts there are -------------------------------------------------------------------------------------------


def test_what_nothing_joins_is_apart_whatever_the_names():
    problem = islands(3)
    for turned in (problem, renamed(problem, 4)):
        parts = split(turned)
        assert [part.problem.sizes for part in parts] == [
            {"demand": 3, "sites": 2, "options": 2, "arcs": 4, "periods": 1, "limits": 0, "groups": 0}
        ] * 3
        for part in parts:
            assert part.problem.site_ids == tuple(turned.site_ids[site] for site in part.sites)
            assert part.problem.demand_ids == tuple(turned.demand_ids[point] for point in part.demand)
            assert sorted(part.problem.demand_kwh.ravel()) == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(("limit", "parts"), [(5, 1), (6, 3), (5.9, 1), (100, 3)])
def test_a_limit_joins_all_if_and_only_if_a_plan_can_exceed_it(limit, parts):
    found = split(limited(islands(3), limit))
    assert len(found) == parts
    assert all(part.problem.sizes["limits"] == 0 for part in found if parts > 1)


def test_a_limit_that_costs_nothing_joins_nothing_and_a_must_counts_with_its_own_use():
    assert len(split(limited(islands(3), 1, penalty=0.0))) == 3
    floor = limited(islands(3), 0, penalty=5.0)
    floor = replace(floor, limits=replace(floor.limits, use=-np.ones(6), limit=np.array([-1.0])))
    assert len(split(floor)) == 1
    assert len(split(replace(floor, must=np.arange(6) == 0))) == 3  # what must be taken is enough


def test_groups_that_ask_something_join():
    problem = islands(3)
    point = np.array([0, NONE, NONE, 0, NONE, NONE, NONE, NONE, NONE])
    for least, penalty, parts in ((1.0, 1.0, 2), (0.0, 1.0, 3), (1.0, 0.0, 3)):
        groups = Groups(("g",), np.array([least]), np.array([penalty]))
        found = split(replace(problem, demand_group=point, groups=groups))
        assert len(found) == parts
        assert sum(part.problem.sizes["groups"] for part in found) == (parts == 2)


def test_limits_of_an_island_stay_with_it_and_small_parts_come_together():
    problem = islands(6, limits=1)
    parts = split(problem)
    assert [part.problem.limits.ids for part in parts] == [(row,) for row in problem.limits.ids]
    assert [part.problem.sizes["sites"] for part in split(problem, least=12)] == [2, 4, 4, 2]
    assert len(split(problem, least=1000)) == 1


def test_parts_without_a_choice_are_one_and_the_smallest_comes_first():
    small = islands(1)
    large = block(3, demand=30, sites=30, limits=0, groups=0)
    problem = side_by_side([replace(small, must=np.ones(2, dtype=bool))] * 3 + [large, small])
    parts = split(problem)
    assert [len(part.sites) for part in parts[:2]] == [6, 2]
    assert parts[0].problem.must.all()
    sizes = [len(part.arcs) + len(part.sites) for part in parts[1:]]
    assert sizes == sorted(sizes)


def test_a_problem_of_one_part_is_that_very_problem():
    empty = replace(islands(2), site_ids=(), must=np.zeros(0, bool), arc_start=np.zeros(1, np.int64))
    none = np.zeros(0, dtype=np.int64)
    empty = replace(empty, arc_demand=none, arc_worth=np.zeros(0), option_start=np.zeros(1, np.int64), option_ids=())
    empty = replace(empty, option_capacity=np.zeros((0, 1)), option_worth=np.zeros(0))
    nothing = replace(empty, demand_ids=(), demand_kwh=np.zeros((0, 1)), demand_group=none)
    settled = replace(islands(2), must=np.ones(4, dtype=bool))
    for problem in (limited(islands(3), 2), islands(1), empty, nothing, settled):
        (part,) = split(problem)
        assert part.problem is problem
        assert part.arcs.tolist() == list(range(len(problem.arc_demand)))


# ---- the way back ----------------------------------------------------------------------------------------------------


def random_whole(seed):
    """Four random problems side by side, with names that mix them."""
    return renamed(side_by_side([block(4 * seed + number) for number in range(4)]), seed)


def test_parts_are_sound_and_their_prices_certify_the_bound_of_the_whole():
    several = 0
    for seed in SEEDS:
        problem = random_whole(seed)
        parts = split(problem)
        several += len(parts) > 1
        prices = [some_prices(part.problem, seed) for part in parts]
        for part in parts:
            check_problem(part.problem)
        total = sum(bound_of(part.problem, found) for part, found in zip(parts, prices, strict=True))
        assert bound_of(problem, join_prices(problem, parts, prices)) == pytest.approx(total, abs=1e-6), seed
    assert several > len(SEEDS) / 2


def test_the_best_of_the_parts_together_is_the_best_of_the_whole():
    for seed in SEEDS:
        blocks = [block(2 * seed + number, sites=3) for number in range(2)]
        problem = renamed(side_by_side(blocks), seed)
        best = sum(best_worth(part.problem) for part in split(problem))
        assert best == pytest.approx(best_worth(problem), abs=1e-6), seed
        assert best == pytest.approx(sum(map(best_worth, blocks)), abs=1e-6), seed


def test_choices_of_the_parts_are_worth_the_same_together():
    random = np.random.default_rng(1)
    for seed in SEEDS:
        problem = random_whole(seed)
        parts, choices = split(problem), []
        for part in parts:
            spared = ~part.problem.must & (random.random(len(part.sites)) < 0.5)
            taken = np.where(spared, NONE, part.problem.option_start[:-1])
            choices.append(Choice(taken, random.random((len(part.arcs), 1))))
        total = sum(worth_of(p.problem, c.taken, c.served_kwh) for p, c in zip(parts, choices, strict=True))
        whole = join_choices(problem, parts, choices)
        assert worth_of(problem, whole.taken, whole.served_kwh) == pytest.approx(total, abs=1e-6), seed


# ---- solving in parts ------------------------------------------------------------------------------------------------


@pytest.fixture
def apart(monkeypatch):
    """However small parts are, each is solved by itself."""
    monkeypatch.setattr(stages, "TOGETHER", 1)
    monkeypatch.setattr(stages, "OPEN_TOGETHER", 1)


def assert_solved(problem, best):
    told = []
    found = solve(problem, asked(), tell=lambda objective, bound, rounds: told.append((objective, bound)))
    again = check(problem, found.choice)
    assert again.broken == ()
    assert again.objective == pytest.approx(found.objective, abs=1e-6)
    assert found.objective == pytest.approx(best, abs=1e-6)
    assert (found.status, found.stopped_by, found.message) == ("optimal", "gap", "")
    priced = bound_of(problem, found.prices)
    assert priced >= best - 1e-6 * max(1.0, abs(best))
    assert found.gap <= NO_GAP
    if found.bound_by == "prices":
        assert found.bound <= priced + 1e-6 * max(1.0, abs(best))
    objectives, bounds = zip(*told, strict=True)
    assert list(objectives) == sorted(objectives)
    assert list(bounds) == sorted(bounds, reverse=True)
    assert objectives[-1] == pytest.approx(best, abs=1e-6)
    return found


@pytest.mark.usefixtures("apart")
def test_problems_side_by_side_are_solved_to_the_sum_of_their_best_plans():
    for seed in range(8):
        blocks = [block(4 * seed + number, hard_floors=seed % 2 == 0) for number in range(4)]
        assert_solved(renamed(side_by_side(blocks), seed), sum(map(best_worth, blocks)))


@pytest.mark.usefixtures("apart")
def test_coverings_with_a_limit_each_are_solved_as_coverings(monkeypatch):
    searched = []
    plans = stages.plans_of_cover
    monkeypatch.setattr(stages, "plans_of_cover", lambda problem, **more: searched.append(1) or plans(problem, **more))
    problem = islands(4, limits=1)
    problem = replace(problem, option_capacity=np.full((8, 1), np.inf))
    found = assert_solved(problem, 4 * 4.0)
    assert len(searched) == 4
    assert np.bincount(problem.option_site[found.choice.taken[found.choice.taken != NONE]]).sum() == 4


@pytest.mark.usefixtures("apart")
@pytest.mark.parametrize(("call", "parts"), [(1, 0), (2, 1), (8, 1), (30, 2)])
def test_ctrl_c_in_one_part_keeps_the_plans_so_far_and_what_must_be_taken(monkeypatch, call, parts):
    blocks = [block(seed, sites=8, demand=12) for seed in (5, 9, 11)]
    problem = renamed(side_by_side(blocks), 3)
    told = []

    def tell(objective, bound, rounds):
        told.append((objective, bound))
        if len(told) == call:
            raise KeyboardInterrupt

    searched, search = [], stages._search
    monkeypatch.setattr(stages, "_search", lambda record: searched.append(1) or search(record))
    found = solve(problem, asked(), tell=tell)
    assert len(told) >= call
    assert len(searched) == parts
    assert check(problem, found.choice).broken == ()
    assert found.stopped_by == "user"
    assert found.objective >= told[-1][0] - 1e-6
    assert found.objective <= found.bound <= told[-1][1] + 1e-6


@pytest.mark.usefixtures("apart")
def test_the_safety_stop_is_one_for_all_parts_and_the_worst_end_is_told(monkeypatch):
    problem = renamed(side_by_side([block(seed, sites=8, demand=12) for seed in (5, 9, 11)]), 3)
    times = iter([0.0])
    late = solve(problem, asked(seconds_max=0.001), clock=lambda: next(times, 1e9))
    assert late.stopped_by == "seconds"
    assert check(problem, late.choice).broken == ()

    def broken(problem, **more):
        raise MemoryError

    monkeypatch.setattr(stages, "search", broken)
    failed = solve(problem, asked())
    assert (failed.stopped_by, failed.message) == ("failure", "The search ran out of memory.")
    assert np.isfinite([failed.objective, failed.bound]).all()


def two_parts(gap_share):
    """Records of two parts whose plans serve nobody: one gains 100 of at most 102, one loses 90 of at least 89."""
    gains = replace(islands(1), option_worth=np.full(2, 50.0))
    costs = replace(islands(1), option_worth=np.full(2, -45.0), must=np.array([True, False]))
    problem = side_by_side([gains, costs])
    whole = Record(problem, asked(gap_share=gap_share), lambda: 0.0, lambda *told: None)
    parts = split(problem)
    found = records_of(whole, parts)
    for record, worth, bound in zip(found, (100.0, -90.0), (102.0, -89.0), strict=True):
        record.offer(Choice(np.arange(2), np.zeros((4, 1))), worth)
        record.price(no_prices(record.problem))
        record.prove(bound, "solver")
    return whole, parts, found


def test_a_gap_that_is_wide_only_together_is_told():
    whole, parts, found = two_parts(gap_share=0.05)
    assert all(record.is_close for record in found)
    join(whole, parts, found)
    told = whole.solution()
    assert (told.objective, told.bound, told.gap) == (10.0, 13.0, 0.3)
    assert (told.status, told.stopped_by, told.bound_by) == ("feasible", "work", "solver")


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        (("work", "work"), "work"),
        (("work", "seconds"), "seconds"),
        (("user", "seconds"), "user"),
        (("failure", "user"), "failure"),
    ],
)
def test_the_worst_end_of_all_parts_is_told(ends, told):
    whole, parts, found = two_parts(gap_share=0.001)
    for record, end in zip(found, ends, strict=True):
        record.ended, record.message = end, "It broke." if end == "failure" else ""
    join(whole, parts, found)
    solution = whole.solution()
    assert (solution.stopped_by, solution.message) == (told, "It broke." if told == "failure" else "")


@pytest.mark.usefixtures("apart")
def test_a_part_without_a_plan_leaves_none_for_the_whole():
    limits = limited(islands(1), 0).limits
    floors = replace(limits, ids=("vloer", "plafond"), kinds=("ondergrens buurt", "aantal palen"))
    floors = replace(floors, start=np.array([0, 2, 4]), option=np.array([0, 1, 0, 1]), use=np.array([-1.0, -1, 1, 1]))
    never = replace(islands(1), limits=replace(floors, limit=np.array([-2.0, 1.0]), penalty=np.full(2, np.inf)))
    with pytest.raises(NoFeasiblePlan, match="keeps all limits"):
        solve(side_by_side([islands(1), never]), asked())


@pytest.mark.usefixtures("apart")
def test_order_of_rows_and_threads_do_not_show():
    problem = random_whole(2)
    one, two = solve(problem, asked()), solve(problem, asked(threads=2))
    assert one.choice.served_kwh.tobytes() == two.choice.served_kwh.tobytes()
    assert (one.objective, one.bound) == (two.objective, two.bound)
    assert solve(renamed(problem, 8), asked()).objective == pytest.approx(one.objective)
