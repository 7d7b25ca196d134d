"""STEPS: one file a step, in the order of the lesson."""

from __future__ import annotations

from xaicheck.topics.lesson.steps import attribution, check, conclude, flip, guess, noise, scales
from xaicheck.types import Registry

STEPS = Registry(
    "step of the lesson",
    (module.STEP for module in (attribution, guess, check, noise, flip, scales, conclude)),
)
