"""A real Chromium against a real server: skipped without Chromium, unless XAICHECK_BROWSER=required."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tools.dashboard import CannotStart, chromium, dashboard
from tools.tour import Tour

REQUIRED = os.environ.get("XAICHECK_BROWSER") == "required"


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium with a profile of its own."""
    with ExitStack() as stack:
        try:
            found = stack.enter_context(chromium())
        except CannotStart as error:
            (pytest.fail if REQUIRED else pytest.skip)(str(error))
        yield found


@pytest.fixture(scope="session")
def server(browser: Any) -> Iterator[str]:
    """The address of a dashboard of our own, on a free port of the loopback."""
    with dashboard() as address:
        yield address


@pytest.fixture(scope="session")
def tour(browser: Any, server: str) -> Tour:
    """Every page, seen once for all tests that look at pages as a whole."""
    return Tour(browser, server)


@pytest.fixture
def page(browser: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A fresh visitor; parametrize indirectly with the options of a browser context."""
    context = browser.new_context(
        **{"viewport": {"width": 1440, "height": 1000}, **getattr(request, "param", {})}
    )
    context.set_default_timeout(60_000)
    visitor = context.new_page()
    yield visitor
    context.close()
