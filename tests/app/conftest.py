"""The page under AppTest, with an engine that needs no network: see fakes.py."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.app import fakes
from xaicheck.experiments.first_visit import results as shipped, store
from xaicheck.models import samples
from xaicheck.topics.check import page_view as view
from xaicheck.types import Report

ROOT = Path(__file__).resolve().parents[2]


class FakeEngine:
    """Stands where xaicheck.engine.run stands and counts its runs."""

    def __init__(self) -> None:
        self.requests: list[Any] = []
        self.error: Exception | None = None

    def run(self, request: Any, image: Any, **rest: Any) -> Report:
        self.requests.append(request)
        if self.error is not None:
            raise self.error
        return fakes.run(request, image, **rest)


@pytest.fixture(scope="session")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stored first-visit report made from synthetic maps."""
    image = samples.load("chelsea")
    request = shipped.first_request()
    path = tmp_path_factory.mktemp("stored") / "first.zip"
    store.save(fakes.report(request, image, complete=True), path)
    return path


_packed = view._packed
_payloads: dict[Any, bytes] = {}


def _packed_once(reading: Any, carried: Any, start: Any) -> bytes:
    """The payload of a report, packed once for all tests: equal requests have equal synthetic reports."""
    report = reading.report
    key = (report.request, report.image_name, report.complete, len(report.attributions), carried, start)
    if key not in _payloads:
        _payloads[key] = _packed(reading, carried, start)
    return _payloads[key]


@pytest.fixture(autouse=True)
def main_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """A script under AppTest takes the place of `__main__`, which a later test's new process would run."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, stored: Path) -> Iterator[FakeEngine]:
    """The stand-in engine; caches that outlive a test are emptied."""
    fake = FakeEngine()
    monkeypatch.setattr("xaicheck.engine.run.run", fake.run)
    monkeypatch.setattr(shipped, "FILE", stored)
    monkeypatch.setattr(view, "_packed", _packed_once)
    monkeypatch.setattr("xaicheck.topics.check.page.PAINT", 0)
    monkeypatch.setenv("XAICHECK_WARM", "0")
    monkeypatch.chdir(ROOT)
    st.cache_resource.clear()
    yield fake
    st.cache_resource.clear()


@pytest.fixture
def visit(engine: FakeEngine) -> Callable[..., AppTest]:
    """visit(**query) -> the page after its first run."""
    return functools.partial(_visit)


def _visit(**query: Any) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for key, value in query.items():
        at.query_params[key.replace("__", ".")] = value
    return at.run()
