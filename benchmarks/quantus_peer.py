"""Quantus' own model parameter randomisation test, with our explainer and the layers' own init."""

from __future__ import annotations

import dataclasses
import importlib
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from benchmarks import engine
from benchmarks.networks import TARGET
from xaicheck.types import MethodChoice, Network

LAW: dict[str, Any] = {"law": "own_init", "batchnorm": "reset"}  # what reset_parameters does


def quantus() -> Any:
    """The package, or None where it is not installed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return importlib.import_module("quantus")
    except ImportError:
        return None


def _no_similarity(a: np.ndarray, b: np.ndarray, batched: bool = True) -> np.ndarray:
    return np.zeros(len(a))


def explainer(network: Network, chosen: MethodChoice) -> Callable[..., np.ndarray]:
    """Our method as Quantus calls it: fn(module, pictures [B 3 H W]) -> maps [B 1 H W]."""

    def explain(model: Any, inputs: np.ndarray, targets: object = None, **_: object) -> np.ndarray:
        there = dataclasses.replace(network, module=model)
        return engine.one(there, torch.from_numpy(np.asarray(inputs)).to(network.device), chosen, (0,))[
            :, None
        ]

    return explain


def mprt(network: Network, x: torch.Tensor, chosen: MethodChoice, *, scored: bool) -> Callable[[], None]:
    """A call that explains one picture at every layer; not `scored`: without any similarity."""
    package = quantus()
    batch = x.cpu().numpy()
    settings: dict[str, Any] = {} if scored else {"similarity_func": _no_similarity}

    def run() -> None:
        test = package.MPRT(
            layer_order="top_down", abs=False, normalise=False, disable_warnings=True, **settings
        )
        test(
            model=network.module,
            x_batch=batch,
            y_batch=np.array([TARGET]),
            explain_func=explainer(network, chosen),
            device=network.device,
            channel_first=True,
        )

    return run
