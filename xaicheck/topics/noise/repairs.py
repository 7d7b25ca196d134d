"""The matrix of repairs and exploits: one sentence, one figure, one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from xaicheck.experiments.repairs.bench import BEATS, GATE, NONE, OPEN, STOPPED, Cell
from xaicheck.experiments.repairs.data import RepairData
from xaicheck.experiments.repairs.exploits import EXPLOITS
from xaicheck.experiments.repairs.setting import COPIES, REPAIRS
from xaicheck.methods import METHODS
from xaicheck.models.registry import MODELS
from xaicheck.reading.sentence import Sentence, say
from xaicheck.reading.words import count, inside, interval, listed, method_name, number
from xaicheck.statistics import cautions
from xaicheck.topics.noise.words import TEXT

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

RAW = "raw"
SIGNS = {BEATS: "▲", STOPPED: "▼", GATE: "■", OPEN: "○", NONE: "–"}
SHADES = {BEATS: 1.0, OPEN: 0.5, NONE: 0.5, STOPPED: 0.0, GATE: 0.0}
SCALE = ((0.0, "rgba(47,130,196,0.42)"), (0.5, "rgba(138,143,152,0.10)"), (1.0, "rgba(217,123,15,0.50)"))
ROW = 44  # pixels
SMALL = 0.01  # margins below it have a third decimal
WRAP = 13  # characters a line of a label may have
Cells = Sequence[Cell]

# The sentence


def _winners(cells: Cells) -> list[str]:
    """The exploits that beat every real method in the raw check."""
    return [cell.exploit for cell in cells if cell.repair == RAW and cell.verdict == BEATS]


def _stopped(cells: Cells) -> dict[str, list[str]]:
    """By repair: those of them that it stops; only repairs that stop one."""
    found: dict[str, list[str]] = {}
    for cell in cells:
        if cell.stopped and cell.exploit in _winners(cells):
            found.setdefault(cell.repair, []).append(cell.exploit)
    return found


def _left(cells: Cells) -> list[str]:
    stopped = {exploit for one in _stopped(cells).values() for exploit in one}
    return [exploit for exploit in _winners(cells) if exploit not in stopped]


def _lists(cells: Cells) -> str:
    return "; by ".join(
        f"{inside(REPAIRS[repair].label)}: {_names(one)}" for repair, one in _stopped(cells).items()
    )


def _names(exploits: Sequence[str]) -> str:
    return listed([inside(EXPLOITS[key].label) for key in exploits]) or TEXT.repairs.nobody


def _numbers(cells: Cells) -> Mapping[str, object]:
    return {"lists": _lists(cells), "names": _names(_left(cells))}


NO_WINNER = Sentence[Cells](
    "repairs.no_winner", TEXT.repairs.say.no_winner, lambda cells: not _winners(cells)
)
LEFT = Sentence[Cells]("repairs.left", TEXT.repairs.say.left, lambda cells: bool(_left(cells)), _numbers)
NONE_LEFT = Sentence[Cells](
    "repairs.none_left", TEXT.repairs.say.none_left, lambda cells: bool(_winners(cells)) and not _left(cells)
)
SOME = Sentence[Cells]("repairs.some", TEXT.repairs.say.some, lambda cells: bool(_stopped(cells)), _numbers)


def _passing(cells: Cells) -> list[str]:
    """The exploits that pass the gate."""
    return [cell.exploit for cell in cells if _passes(cell)]


def _passes(cell: Cell) -> bool:
    return REPAIRS[cell.repair].reads == "networks" and cell.verdict == OPEN


PASSED = Sentence[Cells](
    "repairs.passed",
    TEXT.repairs.say.passed,
    lambda cells: bool(_passing(cells)),
    lambda cells: {"names": _names(_passing(cells))},
)


def _opened(cells: Cells) -> dict[str, list[str]]:
    """By exploit that does not win in the raw check: the repairs under which it does."""
    found: dict[str, list[str]] = {}
    for cell in cells:
        if cell.verdict == BEATS and cell.exploit not in _winners(cells):
            found.setdefault(cell.exploit, []).append(inside(REPAIRS[cell.repair].label))
    return found


OPENED = Sentence[Cells](
    "repairs.opened",
    TEXT.repairs.say.opened,
    lambda cells: bool(_opened(cells)),
    lambda cells: {
        "lists": "; ".join(f"{_names([key])} ({', '.join(where)})" for key, where in _opened(cells).items())
    },
)


def finding(cells: Cells) -> str:
    """What beats every real method in the raw check and is stopped by no repair."""
    return say((NO_WINNER, LEFT, NONE_LEFT), cells)


def details(cells: Cells) -> list[str]:
    """Which repair stops what, what passes the gate, and what wins elsewhere; empty where it is not so."""
    return [sentence(cells) for sentence in (SOME, PASSED, OPENED)]


# The figure and its table


def figure(cells: Cells) -> Figure:
    """A row an exploit, a column a repair: a sign for the verdict, and the margin below it."""
    import plotly.graph_objects as go

    repairs, exploits = _axes(cells)
    by_place = {(cell.exploit, cell.repair): cell for cell in cells}
    rows = [[by_place[exploit, repair] for repair in repairs] for exploit in exploits]
    shades = go.Heatmap(
        z=[[SHADES[cell.verdict] for cell in row] for row in rows],
        zmin=0,
        zmax=1,
        colorscale=[list(stop) for stop in SCALE],
        showscale=False,
        xgap=2,
        ygap=2,
        customdata=[[hover(cell) for cell in row] for row in rows],
        hovertemplate="%{customdata}<extra></extra>",
    )
    signs = go.Scatter(
        x=[x for _ in rows for x in range(len(repairs))],
        y=[y for y, row in enumerate(rows) for _ in row],
        text=[_sign(cell) for row in rows for cell in row],
        mode="text",
        textfont={"size": 11},
        hoverinfo="skip",
        showlegend=False,
    )
    labels = ["<br>".join(wrap(REPAIRS[key].label, WRAP)) for key in repairs]
    names = ["<br>".join(wrap(EXPLOITS[key].label, WRAP)) for key in exploits]
    plain = {"showgrid": False, "zeroline": False, "fixedrange": True, "automargin": True}
    layout = {
        "height": ROW * len(exploits) + 110,
        "margin": {"l": 10, "r": 4, "t": 10, "b": 4},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "dragmode": False,
        "uirevision": "stay",
        "xaxis": {
            "side": "top", "tickvals": list(range(len(repairs))), "ticktext": labels,
            "autotickangles": [0, 90], "tickfont": {"size": 12}, "range": [-0.5, len(repairs) - 0.5], **plain,
        },
        "yaxis": {
            "tickvals": list(range(len(exploits))), "ticktext": names, "tickfont": {"size": 12},
            "range": [len(exploits) - 0.5, -0.5], **plain,
        },
    }  # fmt: skip
    return go.Figure([shades, signs], layout)


def _axes(cells: Cells) -> tuple[list[str], list[str]]:
    return list(dict.fromkeys(c.repair for c in cells)), list(dict.fromkeys(c.exploit for c in cells))


def _sign(cell: Cell) -> str:
    margin = None if cell.margin is None else cell.margin.estimate
    if margin is None:
        return SIGNS[cell.verdict]
    text = number(margin, 2 if abs(margin) >= SMALL else 3)
    return f"{SIGNS[cell.verdict]}<br>{'+' * (margin >= SMALL / 10)}{text}"


def hover(cell: Cell) -> str:
    """A cell in words."""
    lines = [f"<b>{EXPLOITS[cell.exploit].label}</b>, {REPAIRS[cell.repair].label}", verdict(cell)]
    if cell.margin is not None:
        margin = number(cell.margin.estimate, 3)
        if cell.margin.low is not None and cell.margin.high is not None:
            margin += f" ({interval(cell.margin.low, cell.margin.high, partial(number, digits=3))})"
        lines.append(TEXT.repairs.margin.format(margin=margin, rival=method_name(METHODS, cell.rival)))
    return "<br>".join(lines)


def verdict(cell: Cell) -> str:
    """A cell's verdict in a sentence."""
    return str(TEXT.repairs["passes" if _passes(cell) else cell.verdict].format(why=cell.why))


def alt(cells: Cells) -> str:
    """The matrix for those who hear it: by repair, who beats every real method and who clearly does not."""
    repairs, exploits = _axes(cells)
    lines = []
    for repair in repairs:
        own = [cell for cell in cells if cell.repair == repair]
        lines.append(
            TEXT.repairs.alt_line.format(
                repair=REPAIRS[repair].label,
                beats=_names([cell.exploit for cell in own if cell.verdict == BEATS]),
                behind=_names([cell.exploit for cell in own if cell.stopped]),
            )
        )
    return str(TEXT.repairs.alt.format(repairs=len(repairs), exploits=len(exploits), lines=" ".join(lines)))


def setting_line(data: RepairData) -> str:
    """What the numbers were computed for."""
    seeds = {one.repair: len(one.seeds) for one in data.scores}
    most = len(data.networks.seeds)
    fewer = [key for key, n in seeds.items() if n < most]
    networks = count(most, "random network")
    if fewer:
        named, few = listed([inside(REPAIRS[key].label) for key in fewer]), min(seeds.values())
        networks = TEXT.repairs.fewer.format(networks=networks, few=few, repairs=named)
    setting = str(
        TEXT.repairs.setting.format(
            network=MODELS[data.model].label,
            pictures=count(len(data.pictures), "picture"),
            networks=networks,
            copies=f"{data.copies} copies",
            left_out=listed([METHODS[key].label for key in data.real if key not in COPIES.real]),
            real=listed([method_name(METHODS, key) for key in data.real]),
        )
    )
    few_numbers = cautions(n_seeds=min(most, *seeds.values()), n_images=len(data.pictures))
    return " ".join((setting, *few_numbers))


def table(cells: Cells) -> list[dict[str, Any]]:
    """One row a cell."""
    rows = []
    for cell in cells:
        margin = cell.margin
        rows.append(
            {
                TEXT.repairs.axis: REPAIRS[cell.repair].label,
                "Map": EXPLOITS[cell.exploit].label,
                "Verdict": verdict(cell),
                "Margin": None if margin is None else margin.estimate,
                "Low": None if margin is None else margin.low,
                "High": None if margin is None else margin.high,
                "Best real method": METHODS[cell.rival].label if cell.rival else "",
                "Depths": ", ".join(map(str, REPAIRS[cell.repair].source.variant.depths)),
            }
        )
    return rows
