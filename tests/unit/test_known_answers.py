"""The known answers of the argument: which test shows each of the 27, and those that stand nowhere else.

1 to 11 are exact or analytic, 12 to 20 invariances, 21 to 27 behaviour on EfficientNet-Lite0 and the sample
pictures. Where a known answer names something that the program does not offer (Canny edges, DeepLIFT, a
softmax target), what it offers in its place is tested.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
import torch
from torch import nn

from tests.oracle import nets
from xaicheck.methods import METHODS
from xaicheck.methods.rules_lrp import ResidualSum, relevance
from xaicheck.models.registry import MODELS, assemble
from xaicheck.randomization.laws import LAWS
from xaicheck.randomization.weights import draw
from xaicheck.types import Network

ROOT = Path(__file__).resolve().parents[2]
HERE = "tests/unit/test_known_answers.py"
SIMILAR, SIMILAR_ORACLE = "tests/unit/test_similarity.py", "tests/oracle/test_similarity_oracle.py"
SIMULATED, THEORY = "tests/oracle/test_theory_simulation.py", "tests/unit/test_theory.py"
COVERAGE, INVARIANT = "tests/oracle/test_coverage.py", "tests/oracle/test_invariances.py"
METHOD, LRP = "tests/oracle/test_methods_oracle.py", "tests/oracle/test_lrp_oracle.py"
FLIP, FLIP_ORACLE = "tests/unit/test_faithfulness.py", "tests/oracle/test_faithfulness_oracle.py"
GALLERY = "tests/oracle/test_ranking_gallery.py"
RANDOM, BEHAVIOUR = "tests/unit/test_randomization.py", "tests/oracle/test_known_behaviour.py"

KNOWN: Mapping[int, tuple[str, ...]] = {
    1: (
        f"{SIMILAR}::test_a_map_against_a_copy_of_itself_has_exactly_the_best_value",
        f"{SIMILAR_ORACLE}::test_ssim_equals_scikit_images_on_normalised_maps",
    ),
    2: (
        f"{SIMILAR}::test_second_moment_mse_is_two_minus_two_cosines",
        f"{SIMILAR}::test_opposite_maps_are_four_apart",
        f"{SIMILAR}::test_ssim_is_blind_to_a_flipped_sign_and_its_structure_term_is_not",
    ),
    3: (
        f"{SIMILAR}::test_independent_maps_are_as_far_apart_as_their_marginal_says",
        f"{SIMULATED}::test_the_spread_of_the_distance_is_two_over_the_root_of_the_pixels",
    ),
    4: (f"{SIMULATED}::test_one_truth_gets_many_ssim_scores",),
    5: (
        f"{SIMULATED}::test_order_kept_by_random_weights_is_the_pair_law",
        f"{THEORY}::test_the_pair_law_has_its_known_values",
        f"{SIMULATED}::test_sixteen_outputs_at_a_ratio_of_one_and_a_half_have_the_known_value",
    ),
    6: (
        f"{SIMULATED}::test_expected_kendall_holds_over_twenty_thousand_draws",
        f"{SIMULATED}::test_expected_spearman_is_the_mean_over_random_weights",
        f"{SIMULATED}::test_top_places_are_kept_as_often_as_the_quadrature_says",
        f"{SIMULATED}::test_expected_order_under_permuted_values_is_the_mean_over_deals",
        f"{THEORY}::test_the_permuted_pair_law_equals_every_permutation_counted",
    ),
    7: (f"{SIMILAR}::test_a_shared_background_alone_gives_a_high_rank_correlation_of_magnitudes",),
    8: (f"{SIMILAR}::test_noise_in_the_maps_attenuates_the_correlation",),
    9: (
        f"{COVERAGE}::test_tau_of_unrelated_orders_spreads_as_the_formula_says",
        f"{COVERAGE}::test_the_checks_interval_covers_as_often_as_it_says",
        f"{COVERAGE}::test_the_interval_of_tau_is_wide_for_clear_orders_and_short_of_95_for_near_ties",
        f"{COVERAGE}::test_intervals_from_images_alone_fail_to_cover_where_seeds_decide",
    ),
    10: (
        "tests/unit/test_efficient_mprt.py::test_the_entropy_of_noise_is_what_its_law_says",
        "tests/unit/test_efficient_mprt.py::test_permuting_the_pixels_changes_nothing_which_is_the_loophole",
    ),
    11: (
        f"{FLIP_ORACLE}::test_a_constant_and_a_planar_picture_are_inpainted_exactly_away_from_borders",
        f"{FLIP}::test_a_constant_map_scores_zero_under_random_tie_breaking",
    ),
    12: (
        f"{INVARIANT}::test_controls_that_ignore_the_network_score_1_at_every_depth",
        f"{INVARIANT}::test_fresh_noise_scores_0_at_every_depth",
    ),
    13: (
        f"{INVARIANT}::test_a_new_bias_of_the_last_layer_changes_no_map",
        f"{INVARIANT}::test_new_weights_of_other_classes_change_no_map",
        f"{HERE}::test_the_gradient_of_a_probability_does_see_the_rows_of_other_classes",
    ),
    14: (
        f"{INVARIANT}::test_a_positive_factor_on_the_last_layer_changes_no_normalised_map",
        f"{INVARIANT}::test_a_negative_factor_on_the_last_layer_flips_signed_maps_exactly",
    ),
    15: (
        f"{INVARIANT}::test_activations_below_the_randomized_blocks_are_the_trained_ones_bit_for_bit",
        f"{RANDOM}::test_independent_randomizes_one_block_and_restores_all_others",
        f"{RANDOM}::test_a_seed_reproduces_and_two_seeds_differ",
        f"{HERE}::test_layers_of_one_shape_get_weights_of_their_own",
    ),
    16: (
        f"{LRP}::test_relevance_of_dense_layers_without_biases_is_input_x_gradient",
        "tests/oracle/test_lrp_ledger.py::test_the_ledger_closes_where_lrp_is_offered_at_every_depth",
        f"{LRP}::test_without_biases_relevance_is_conserved_where_lrp_is_offered",
        f"{HERE}::test_a_bare_shortcut_would_hand_back_exactly_twice_the_relevance",
    ),
    17: (
        f"{METHOD}::test_integrated_gradients_sum_to_the_rise_of_the_logit_on_a_tiny_network",
        f"{METHOD}::test_integrated_gradients_approach_the_rise_of_the_logit_on_lite0_with_many_steps",
    ),
    18: (
        f"{METHOD}::test_guided_backprop_equals_a_network_of_guided_modules",
        f"{LRP}::test_the_merged_copy_computes_the_same_and_leaves_no_negative_scale",
    ),
    19: (
        f"{METHOD}::test_grad_cam_behind_global_pooling_is_the_class_activation_map",
        f"{METHOD}::test_grad_cam_depends_on_the_explained_row_of_the_last_layer",
    ),
    20: (
        f"{RANDOM}::test_a_residual_block_reset_the_usual_way_hardly_changes_its_input",
        f"{RANDOM}::test_a_residual_block_drawn_he_normal_and_recalibrated_does_change_its_input",
    ),
    21: (
        f"{GALLERY}::test_fresh_noise_is_the_best_or_tied_best_of_all_at_every_depth",
        f"{GALLERY}::test_fresh_noise_is_not_faithful_at_all",
    ),
    22: (
        f"{BEHAVIOUR}::test_guided_backprop_hardly_sees_a_new_classifier",
        f"{BEHAVIOUR}::test_guided_backprop_is_not_invariant_once_the_lower_layers_are_random",
        "tests/oracle/test_convergence_oracle.py::test_guided_backprop_forgets_its_start_and_the_gradient_does_not",
    ),
    23: (
        f"{BEHAVIOUR}::test_ssim_of_the_gradient_falls_along_the_cascade",
        f"{BEHAVIOUR}::test_grad_cam_drops_with_the_first_two_steps",
    ),
    24: (f"{GALLERY}::test_lrp_stays_alike_throughout_and_is_among_the_most_faithful",),
    25: (
        f"{GALLERY}::test_magnitudes_make_a_gradient_faithful_that_is_not_by_its_sign",
        f"{GALLERY}::test_the_plain_gradient_of_lite0_gains_less_by_magnitudes_than_its_average",
    ),
    26: (
        "tests/oracle/test_scales_network.py::test_on_real_features_the_order_is_kept_as_often_as_the_law_says",
    ),
    27: (
        f"{GALLERY}::test_where_networks_matter_an_interval_from_images_alone_is_far_too_short",
        f"{GALLERY}::test_for_most_scores_of_the_gallery_images_are_nearly_the_whole_of_the_uncertainty",
    ),
}


@cache
def named_in(path: str) -> frozenset[str]:
    """The names of a file's test functions."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("number", range(1, 28))
def test_every_known_answer_is_shown_by_a_test_that_exists(number: int) -> None:
    assert KNOWN.get(number), f"nothing shows known answer {number}"
    for name in KNOWN[number]:
        path, _, test = name.partition("::")
        assert test.startswith("test_")
        assert test in named_in(path), name


# 13: what a softmax would change


class Head(nn.Module):
    """Features and a last layer of five classes."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.last = nn.Linear(8, 5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.last(self.features(x))


def test_the_gradient_of_a_probability_does_see_the_rows_of_other_classes() -> None:
    """Why methods explain the logit: a softmax would mix every other class's weights into the map."""
    network, x, target = nets.tiny(Head(), size=8), nets.tiny_picture(8), 2

    def slope(of: Network, *, softmax: bool) -> torch.Tensor:
        given = x.clone().requires_grad_()
        with torch.enable_grad():
            answer = of.module(given)
            answer = answer.log_softmax(1) if softmax else answer
            return torch.autograd.grad(answer[0, target], given)[0]

    def redraw(module: nn.Module) -> None:
        own = module.last.weight[target].clone()
        module.last.weight.copy_(nets.random_like(module.last.weight, "other rows"))
        module.last.weight[target] = own

    other = nets.changed(network, redraw)
    assert torch.equal(
        METHODS["gradient"].fn(network, x, torch.tensor([target]), rng=None), slope(network, softmax=False)
    )
    assert nets.relative(slope(other, softmax=False), slope(network, softmax=False)) < 1e-12
    assert nets.relative(slope(other, softmax=True), slope(network, softmax=True)) > 0.1


# 15: equal shapes


@pytest.mark.parametrize("law", [law for law in LAWS if law not in ("permutation", "sign_flip")])
def test_layers_of_one_shape_get_weights_of_their_own(law: str) -> None:
    """One generator a tensor: the same state before every layer would draw equal weights for equal shapes.

    The two laws left out keep the trained values, so they differ as those do.
    """
    network = assemble(MODELS["resnet18"], None)
    drawn = draw(network, network.blocks[:9], law=law, batchnorm="reset", seed=0)
    shapes: dict[torch.Size, list[torch.Tensor]] = {}
    for value in drawn.values():
        if value.dim() > 1:
            shapes.setdefault(value.shape, []).append(value)
    alike = [group for group in shapes.values() if len(group) > 1]
    assert max(map(len, alike)) >= 3
    for group in alike:
        for i, one in enumerate(group):
            assert not any(torch.equal(one, other) for other in group[i + 1 :])


# 16: shortcuts


class Unit(nn.Module):
    """x + f(x), written as timm's mobile units write it."""

    has_skip = True

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.drop_path = nn.Conv2d(4, 4, 3, padding=1, bias=False), nn.Identity()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        branch = self.conv(x)
        return self.drop_path(branch) + x if self.has_skip else branch


def test_a_bare_shortcut_would_hand_back_exactly_twice_the_relevance(monkeypatch) -> None:
    module = nn.Sequential(
        nn.Conv2d(3, 4, 1, bias=False), nn.ReLU(), Unit(), nn.ReLU(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 5, bias=False),
    )  # fmt: skip
    network, x, target = nets.tiny(module, size=8), nets.tiny_picture(8).abs(), torch.tensor([1])
    for layer in (module[0], module[2].conv):
        layer.weight.abs_()  # a unit to which nothing contributes positively hands nothing on: it blurs the 2
    assert relevance(network, x, target).sum().item() == pytest.approx(1, abs=1e-3)  # zennit's stabilizers
    monkeypatch.setattr(ResidualSum, "_map", staticmethod(lambda name, module: None))
    assert relevance(network, x, target).sum().item() == pytest.approx(2, abs=2e-3)
