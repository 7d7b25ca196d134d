"""How much a map knows of what the network uses: remove pixels in the map's order and watch the class go.

regions: the order; fills, inpaint and (on a GPU) multigrid: what stands where pixels were removed; answers:
the network's answers to many pictures; removal: from maps to curves; flipping and road: the two protocols;
measures: curves to numbers.
"""

from __future__ import annotations

from xaicheck.faithfulness.answers import OUTPUTS
from xaicheck.faithfulness.fills import FILLS, Fill
from xaicheck.faithfulness.flipping import faithfulness
from xaicheck.faithfulness.measures import FAITHFULNESS, Curve, FaithfulnessMeasure
from xaicheck.faithfulness.regions import ORDERS, RANKINGS
from xaicheck.faithfulness.result import Faithfulness
from xaicheck.faithfulness.road import road

__all__ = [
    "FAITHFULNESS",
    "FILLS",
    "ORDERS",
    "OUTPUTS",
    "RANKINGS",
    "Curve",
    "Faithfulness",
    "FaithfulnessMeasure",
    "Fill",
    "faithfulness",
    "road",
]
