"""The style of the check page: places that are as high before they are filled as after."""

from __future__ import annotations

# Pixels on a wide page and on a phone. Too little moves what stands below, too much leaves a gap.
_HEIGHTS = {
    "scores": (40, 40),
    "verdict": (555, 1240),
    "scales": (740, 840),
    "alive": (580, 1120),
    "audit": (150, 170),
    "take": (240, 360),
}
_ROW = 35  # of a table

CHECK = """
.st-key-address{position:absolute;width:1px;height:1px;overflow:hidden}
.st-key-status{min-height:3.5rem;gap:.5rem 1.25rem}
.st-key-status>div:first-child{flex:1 1 26rem}
.st-key-said{min-height:3.5rem}
.st-key-said [data-testid="stAlertContainer"]{padding:.5rem .75rem;min-height:0}
.st-key-said [data-testid="stAlertContainer"] p{font-size:.875rem;line-height:1.4}
.st-key-said [data-testid="stProgress"] p{font-size:.875rem;font-variant-numeric:tabular-nums;
 white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.xc-h3{font-size:var(--xc-l);font-weight:600;line-height:1.4;margin:.4rem 0 0;padding:0;
 max-width:var(--xc-measure);text-wrap:pretty}
.st-key-stage{container-type:inline-size}
.st-key-stage>*{min-height:calc(41rem + var(--stage-rows)*(15rem + 15cqw))}
@container (max-width:960px){.st-key-stage>*{min-height:calc(41rem + var(--stage-cards)*(15rem + 32cqw))}}
@container (max-width:900px){.st-key-stage>*{min-height:calc(56rem + var(--stage-cards)*(15rem + 32cqw))}}
@container (max-width:420px){.st-key-stage>*{min-height:calc(68rem + var(--stage-cards)*(13rem + 104cqw))}}
@media (max-width:640px){.st-key-said{min-height:5.5rem}}
"""


def reserved(methods: int) -> str:
    """CSS: the heights of the parts for so many methods, before they are drawn."""
    rows = f":root{{--stage-rows:{-(-methods // 2)};--stage-cards:{methods}}}"
    table = 155 + _ROW * (methods + 1)
    heights = {**_HEIGHTS, "entropy": (table, table + 60)}
    wide = "".join(f".st-key-part-{part}{{min-height:{high[0]}px}}" for part, high in heights.items())
    phone = "".join(f".st-key-part-{part}{{min-height:{high[1]}px}}" for part, high in heights.items())
    return f"{rows}{wide}@media (max-width:640px){{{phone}}}"
