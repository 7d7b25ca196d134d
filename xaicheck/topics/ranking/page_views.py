"""Views of one set of numbers, kept: going back to an earlier switch costs nothing."""

from __future__ import annotations

import dataclasses
from collections import OrderedDict
from typing import Any

import streamlit as st

from xaicheck.experiments.ranking import store
from xaicheck.experiments.ranking.association import Association, associated
from xaicheck.experiments.ranking.data import RankingData
from xaicheck.experiments.ranking.rank import Choice, FlipView, RankingView, flips, rank
from xaicheck.methods import METHODS
from xaicheck.topics.ranking import figures_spread
from xaicheck.topics.ranking.numbers import TwoOrders

KEPT = 128  # views; each is some tens of kilobytes


class Views:
    """The views of one RankingData; the gallery's are shared by all visitors, a visitor's own by nobody."""

    def __init__(self, data: RankingData) -> None:
        self.data = data
        self._views: OrderedDict[Choice, RankingView] = OrderedDict()
        self._associations: OrderedDict[Choice, Association | None] = OrderedDict()
        self._flips: dict[bool, FlipView] = {}
        self._figures: dict[bool, tuple[Any, Any]] = {}

    def view(self, choice: Choice) -> RankingView:
        """Both orders under this choice."""
        view = self._views.get(choice)
        if view is None:
            view = self._views[choice] = rank(self.data, choice)
            while len(self._views) > KEPT:
                self._views.popitem(last=False)
        return view

    def orders(self, choice: Choice) -> TwoOrders | None:
        """The same, read by place; None where no picture has any score."""
        view = self.view(choice)
        return None if view.gap is None else TwoOrders(self.data, choice, view, METHODS)

    def both(self, choice: Choice) -> dict[bool, TwoOrders | None]:
        """With the controls (True) and without them (False), else the same choice."""
        return {with_: self.orders(dataclasses.replace(choice, controls=with_)) for with_ in (True, False)}

    def association(self, choice: Choice) -> Association | None:
        """All networks under this choice; None where they were not compared so."""
        if choice not in self._associations:
            self._associations[choice] = associated(self.data, choice, self.view(choice))
            while len(self._associations) > KEPT:
                self._associations.popitem(last=False)
        return self._associations[choice]

    def flips(self, *, controls: bool) -> FlipView:
        """How often orders change over all settings."""
        if controls not in self._flips:
            self._flips[controls] = flips(self.data, controls=controls)
        return self._flips[controls]

    def flip_figures(self, *, controls: bool) -> tuple[Any, Any]:
        """(winners, switches): the charts that no other switch changes."""
        if controls not in self._figures:
            view = self.flips(controls=controls)
            self._figures[controls] = (figures_spread.wins(view.all), figures_spread.switches(view))
        return self._figures[controls]


@st.cache_resource(show_spinner=False)
def gallery() -> Views | None:
    """The numbers that come with the program; None when they are not there."""
    data = store.load()
    return None if data is None else Views(data)
