"""Steps: which methods share passes, what they cost, and what becomes of a step that fails."""

from __future__ import annotations

import pytest

from xaicheck.engine.request import choice_of
from xaicheck.engine.steps import Failure, Step, groups, passes_of, smaller
from xaicheck.methods import METHODS
from xaicheck.types import MethodChoice

READERS = ("gradient", "input_x_gradient", "guided_backprop", "grad_cam", "guided_grad_cam")


def choices(*keys: str) -> tuple[MethodChoice, ...]:
    return tuple(choice_of(METHODS[key]) for key in keys)


def keys(found: tuple[tuple[MethodChoice, ...], ...]) -> list[tuple[str, ...]]:
    return [tuple(choice.key for choice in group) for group in found]


def step(count: int, *methods: str) -> Step:
    return Step(choices(*methods), tuple(range(1, count + 1)), 0)


def test_methods_that_read_the_same_passes_are_one_group_where_the_first_stood() -> None:
    found = groups(choices("lrp", "gradient", "sobel", "grad_cam", "smoothgrad", "guided_backprop"))
    assert keys(found) == [
        ("lrp",), ("gradient", "grad_cam", "guided_backprop"), ("sobel",), ("smoothgrad",)
    ]  # fmt: skip


def test_every_method_is_in_one_group() -> None:
    found = keys(groups(choices(*METHODS)))
    assert sorted(sum(found, ())) == sorted(METHODS)
    assert [group for group in found if len(group) > 1] == [tuple(k for k in METHODS if k in READERS)]


@pytest.mark.parametrize(
    ("methods", "cost"),
    [
        (("gradient",), 1),
        (("gradient", "input_x_gradient", "grad_cam"), 1),
        (("grad_cam",), 0.5),
        (("guided_backprop",), 1),
        (("guided_grad_cam",), 1.5),
        (READERS, 2),
        (("integrated_gradients",), 16),
    ],
)
def test_a_group_costs_the_passes_it_makes_for_each_copy(methods: tuple[str, ...], cost: float) -> None:
    assert passes_of(choices(*methods), 1) == cost
    assert passes_of(choices(*methods), 7) == 7 * cost


def test_alone_a_methods_cost_is_the_one_it_declares() -> None:
    for key in READERS:
        assert passes_of(choices(key), 1) == METHODS[key].passes()


NO_ROOM, BROKEN = Failure("", no_room=True), Failure("", no_room=False)


def test_without_room_the_depths_are_halved_and_the_methods_stay_together() -> None:
    first, second = smaller(step(5, "gradient", "grad_cam"), NO_ROOM)
    assert (first.depths, second.depths) == ((1, 2), (3, 4, 5))
    assert first.group == second.group == step(5, "gradient", "grad_cam").group


def test_without_room_for_one_row_the_methods_are_tried_alone_and_then_not_again() -> None:
    one, other = smaller(step(1, "gradient", "guided_backprop"), NO_ROOM)
    assert keys((one.group, other.group)) == [("gradient",), ("guided_backprop",)]
    assert smaller(one, NO_ROOM) == ()


def test_another_failure_is_traced_to_its_method_and_then_to_its_depth() -> None:
    alone = smaller(step(3, "gradient", "grad_cam"), BROKEN)
    assert keys(tuple(s.group for s in alone)) == [("gradient",), ("grad_cam",)]
    assert all(s.depths == (1, 2, 3) for s in alone)
    assert [s.depths for s in smaller(alone[0], BROKEN)] == [(1,), (2,), (3,)]
    assert smaller(step(1, "gradient"), BROKEN) == ()


@pytest.mark.parametrize("failure", [NO_ROOM, BROKEN])
@pytest.mark.parametrize("count", [1, 2, 5, 19])
def test_smaller_steps_cover_all_cells_once_and_come_to_an_end(count: int, failure: Failure) -> None:
    ended, left, tries = [], [step(count, "gradient", "grad_cam", "guided_backprop")], 0
    while left:
        tries += 1
        now = left.pop()
        again = smaller(now, failure)
        left += again
        ended += [] if again else [(c.key, d) for c in now.group for d in now.depths]
    assert sorted(ended) == sorted(
        (key, d) for key in ("gradient", "grad_cam", "guided_backprop") for d in range(1, count + 1)
    )
    assert tries <= 8 * count
