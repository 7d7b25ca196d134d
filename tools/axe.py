"""axe-core on a page: what it finds, less what Streamlit draws itself and nothing here can change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

GRAVE = ("serious", "critical")
OF_COLOUR = ("color-contrast", "link-in-text-block")  # all that another theme can change


@dataclass(frozen=True, slots=True)
class Finding:
    """One element that breaks one rule."""

    rule: str
    impact: str  # minor, moderate, serious or critical
    selector: str  # of the element, through shadow roots
    html: str
    why: str

    def __str__(self) -> str:
        return f"{self.impact} {self.rule}: {self.selector}\n    {self.html}\n    {self.why}"


@dataclass(frozen=True, slots=True)
class Excluded:
    """What is not counted: elements of Streamlit's own that its settings and our style sheet cannot reach."""

    rule: str
    inside: str  # a part of the element's HTML or of its selector
    reason: str

    def covers(self, finding: Finding) -> bool:
        """Whether it is this finding."""
        return finding.rule == self.rule and self.inside in finding.selector + finding.html


EXCLUDED: tuple[Excluded, ...] = ()


def findings(page: Any, *, rules: Sequence[str] = ()) -> tuple[Finding, ...]:
    """What axe finds on the page as it is now, shadow roots included; `rules`: these alone, () = all."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_script())
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = list(rules)
    answer = page.evaluate("(options) => axe.run(document, options)", options)
    return tuple(
        Finding(rule["id"], rule["impact"], _path(node["target"]), node["html"][:300], _why(node))
        for rule in answer["violations"]
        for node in rule["nodes"]
    )


def grave(seen: Sequence[Finding]) -> list[Finding]:
    """The serious and critical ones that are not excluded."""
    return [f for f in seen if f.impact in GRAVE and not any(one.covers(f) for one in EXCLUDED)]


def _script() -> str:
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")


def _path(target: Sequence[Any]) -> str:
    return " >> ".join(" > ".join(part) if isinstance(part, list) else str(part) for part in target)


def _why(node: dict[str, Any]) -> str:
    checks = (*node["any"], *node["all"], *node["none"])
    return "; ".join(str(check["message"]) for check in checks)
