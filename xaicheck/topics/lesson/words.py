"""The texts around the steps: the frame of the page, marks, results, the parts of the printed sheets."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from xaicheck.reading.captions import Caption
from xaicheck.reading.words import count
from xaicheck.topics.lesson.tally import Result

TITLE = "Lesson"
STEPS = "Steps of the lesson"
PICTURE = "Picture of the lesson"
BACK = "Back"
NEXT = "Next"
TASK = "Your task"
REMEMBER = "To remember"
RIGHT = "Right"
WRONG = "Not this one"
THE_ANSWER = "What this shows"
RIGHT_ONE = "the answer"
YOURS = "yours"
CHOOSE_ALL = "Choose an answer to each question first; the first answer counts."
CHOOSE = "Choose an answer first; the first answer counts."
NO_SCORES = "The scores that this step needs are not on this computer; go on to the next step."
COMPUTING = "Computing …"
COMPUTING_LINE = "Computed once, for the whole lesson and everybody in it. You can already choose."
FAILED = "The maps of this picture could not be computed. Choose another picture; the cat needs no computing."
AGAIN = "Try again"
PHOTO = "The picture"
PHOTO_ALT = "The picture as the network sees it"
STRONG = "+"
NEGATIVE = "−"
INPUT = "picture"
OUTPUT = "answer"
CONTROL = "control"
PLACE = "Place"
CONTESTANT = "Contestant"
CONTESTANTS = "The contestants. A control never looks at the network."
CLAIM_MAY = "may be concluded"
CLAIM_MAY_NOT = "may not be concluded"

RESULTS_TITLE = "Your answers"
RESULTS_EMPTY = "No answers are counted yet for this picture."
RESULTS_STEP = "Step"
RESULTS_COUNT = "Right"
RESULTS_READ = "Read again"
NOT_ANSWERED = "not answered"
ALL_RIGHT = "Nothing to read again: every answer was right."
OPEN = "Open"
RESTART = "Start this picture again"
RESTART_HELP = "Forgets the answers about this picture in this browser; nobody else’s."
COUNTED = "Answers are counted in this browser session only. Nothing is sent or stored."

SHEETS_TITLE = "For teachers: two sheets to print"
SHEETS = Caption(
    "The teacher’s sheet has aims, times, the numbers to expect and the answers. The worksheet has the same "
    "questions and pictures with space to write. Both are made for this picture and print on A4.",
    "Self-contained HTML with print styles, made from the same numbers as the page: the teacher’s sheet with "
    "the expected values and answers, the worksheet without.",
)
SHEETS_WAIT = "The sheets need the maps of this picture: they can be downloaded as soon as it is computed."
TEACHER = "Teacher’s sheet"
WORKSHEET = "Worksheet"
CLASS_LINK = "The link opens this step with this picture: for the class, write it on the board or the sheet."

SHEET = MappingProxyType(
    {
        "teacher_title": "Teacher’s sheet",
        "student_title": "Worksheet",
        "aim": "Aim",
        "do": "Do",
        "expect": "What to expect with this picture",
        "answers": "Answers, with this picture’s numbers",
        "words": "Words",
        "pitfalls": "Pitfalls",
        "ask": "Questions to the class",
        "remember": "To remember",
        "name": "Name",
        "date": "Date",
        "why": "Why?",
        "own_words": "In my own words:",
        "tick": "Tick one box for each question before anyone presses a button.",
        "times": "Times",
        "before": "Before the lesson",
        "source": "The argument is that of Binder et al., “Shortcomings of Top-Down Randomization-Based "
        "Sanity Checks for Evaluations of Deep Neural Network Explanations” (CVPR 2023), in our "
        "re-implementation.",
    }
)
GLOSSARY = (
    (
        "Attribution, map",
        "One number for each pixel of a picture: how much it had to do with the network’s answer.",
    ),
    ("Weights", "The numbers that a network learned. Random weights: it has learned nothing."),
    (
        "Block",
        "A group of neighbouring layers. The network is a row of blocks from the picture to the answer.",
    ),
    (
        "Randomization check",
        "Replace weights by random ones, block by block from the answer, and see whether the map changes.",
    ),
    (
        "Similarity",
        "How alike two maps are: 1 the same, 0 unrelated. A distance counts the other way: 0 is the same.",
    ),
    ("Control", "A map made without the network, such as random numbers or the picture’s edges."),
)
BEFORE = (
    "Open the lesson once with this picture: its maps are computed once and then serve the whole class.",
    "Everything works without the internet, as long as the class reaches the computer that runs the program.",
    "Each step asks before it shows. Let everybody answer first: the surprise is the lesson.",
    "The first answer counts, and only in that browser. It is a count for the student, not a grade.",
)


SHEET_TITLE = "Can a heatmap be trusted?"
TIMES_HEAD = ("Step", "", "Short lesson, minutes", "Long lesson, minutes", "Sentence to remember")
TOGETHER = "Together"


def sheet_line(picture: str, target: str, low: int, high: int) -> str:
    """What the sheet is about, in one line."""
    return f"Picture: {picture} · explained class: {target} · {low} to {high} minutes"


def made_line(network: str, seeds: Sequence[int], law: str, batchnorm: str, version: str) -> str:
    """What the numbers were computed for."""
    chosen = ", ".join(map(str, seeds))
    made = f"Maps and scores: {network}, seeds {chosen}, new weights {law}, BatchNorm {batchnorm}."
    return f"{made} xaicheck {version}".strip()


def step_of(number: int, total: int, minutes: str) -> str:
    """Where one is."""
    return f"Step {number} of {total} · {minutes}"


def blocks_alt(total: int, random: int) -> str:
    """The alternative text of the row of blocks."""
    kept = total - random
    return f"{total} blocks from the picture to the answer: {kept_blocks(kept)}, {random_blocks(random)}"


def kept_blocks(kept: int) -> str:
    """How many blocks keep their weights."""
    return f"{count(kept, 'block')} with trained weights"


def random_blocks(random: int) -> str:
    """How many blocks have new weights."""
    return f"{count(random, 'block')} with random weights"


def of(result: Result) -> str:
    """A count."""
    return f"{result.correct} of {result.asked}"


def total_line(result: Result, answered: int, steps: int) -> str:
    """All answers in one sentence."""
    missing = "" if answered == steps else f" {count(steps - answered, 'step')} not answered yet."
    return f"{of(result)} answers right in {answered} of {steps} steps.{missing}"


def over(pictures: Sequence[str], seeds: int, depths: int | None = None) -> str:
    """What a number is the mean of."""
    many = f" and {count(len(pictures), 'picture')}" if len(pictures) > 1 else ""
    deep = f"{depths} depths, " if depths and many else f"{depths} depths and " if depths else ""
    return f"mean over {deep}{count(seeds, 'random network')}{many}"


def other_pictures(label: str, pictures: Sequence[str]) -> str:
    """That a picture has no scores of its own; empty where it has."""
    if label in pictures:
        return ""
    return (
        f"{label} is not among the pictures that were scored beforehand: these are means over "
        f"{len(pictures)} other pictures."
    )
