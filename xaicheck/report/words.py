"""Every text of the report that is taken away: plain text, two levels where something is explained."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xaicheck.reading.captions import Caption

TITLE = "Randomization check: {picture}, {network}"
SAVED_AT = "The figures and tables below are for the depth at which the report was saved: {place}."
PRINTED_AT = "The maps above are printed at the depth that was shown on screen."
SECTIONS: Mapping[str, str] = MappingProxyType(
    {
        "curves": "Every measure, depth by depth",
        "scales": "How large the activations are, block by block",
        "settings": "Settings and versions",
        "again": "Open it again, check it again",
    }
)
CURVES = Caption(
    student="How alike a map is to its original, while more and more of the network is made random. The line "
    "is the mean over the random networks, the band goes from the lowest to the highest of them.",
    researcher="Mean over the seeds with lowest to highest; each map normalised by its own values first. "
    "Missing points are undefined scores, with the reason in the table.",
)
SCALES = Caption(
    student="Blocks below the new weights work exactly as before, and a random block is often about as "
    "active as the trained one was. Both limit how much a map can change.",
    researcher="Per block on this picture, mean over the seeds: RMS, 5 to 95 % quantiles and dead share of "
    "the activations, RMS of d(target logit)/d(activation).",
)
ALIVE = Caption(
    student="A random network that answers nothing would make every map look changed. These numbers say "
    "whether it still tells classes apart.",
    researcher="Spread of the logits over the classes and entropy of their softmax; log 1000 = 6.91 nats is "
    "the uniform answer.",
)
SHOWN_AT = "Shown: {place}."
MARK = "depth {depth}"
TABLE = "The numbers as a table"
CELL = "Each cell: mean over the seeds, below it the lowest to the highest."
RAW_SETTINGS = "The request as the program reads it"
REQUEST_FIELD, VALUE = "Field", "Value"
LINK = "Open these settings in the dashboard"
LINK_HELP = "The link opens at {base}. Where your dashboard has another address, put that in front of:"
LINK_UPLOAD = (
    "The picture is not a sample of the program, so the link leaves it out: choose the file again after "
    "opening it."
)
LINK_LEAVES_OUT = "No link holds {what} of this run: set that by hand, or use the command below."
VERIFY = "Compute everything again and compare"
VERIFY_HELP = (
    "The command reads the settings and the picture from this file, computes everything again and says what "
    "differs. On the same machine the numbers are the same; on another one the last digits may differ."
)
REPEAT = "Ask for the same from the picture itself"
INSIDE = "What is in this file"
HELD = (
    "The picture as the network saw it, {size} by {size} pixels, and nothing else of the original file.",
    "All scores and other numbers, with every digit, as JSON inside this page.",
)
FIRST_SEED = (
    "Maps of seed {seed} only; scores over {seeds}. The zip from the command line has the maps of all seeds."
)
POOLED = "Maps of {pixels} by {pixels} pixels, each the mean over {factor} by {factor}, with 8 bits a pixel."
WHOLE = "Maps at the network’s own {pixels} by {pixels} pixels, 8 bits a pixel."
EIGHT_BIT = (
    "These are the results that come with the program: their maps were stored with 8 bits a pixel for "
    "drawing, the scores were computed from the full maps."
)
ZIP = "Raw maps, CSV tables and figures are in the zip beside this file."
MADE = "Made by xaicheck {version} on {device} in {seconds} s."

TAKE_PAGE = "Report (HTML)"
TAKE_ZIP = "Everything (zip)"
TAKE_HELP = (
    "Report: one page that opens without a network, with maps, curves, verdict and all settings, under 5 MB. "
    "Zip: the same page, the maps as arrays, the numbers as CSV and the figures. Each is made when you press "
    "its button, which takes a few seconds."
)
TAKE_PRIVATE = (
    "Your picture is inside both files, cropped to what the network saw. They are made for you alone; "
    "whoever you give them to sees the picture."
)

README = """What is in this folder

report.html       the report: opens in a browser without a network
report.json       settings, versions and every number
maps.npz          the maps, float32 [H W], signed, never normalised, named method/depth/seed
picture.png       the picture as the network saw it
scores.csv        similarity of each map to its original
entropies.csv     entropy of the maps' values, in nats
activations.csv   how large each block's activations and gradients are
liveness.csv      whether the random networks still answer
figures/          the curves and the maps, as PNG and SVG
manifest.json     settings, versions, how to repeat it, SHA-256 of every file

python -m xaicheck verify {name}
computes everything again and says what differs.
"""
