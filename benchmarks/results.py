"""Figures: what was measured, whether it is what it should be, and how it compares with an earlier run.

Pure data.  Must not know how anything is measured.
"""

from __future__ import annotations

import statistics
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

# Two runs of the same code on an idle machine differ by as much.
LEAST_NOISE = 0.03

TITLES = {"ipython": "IPython autoreload", "jurigged": "jurigged", "hmr": "hmr-daemon"}


@dataclass(frozen=True)
class Goal:
    """What a row should reach; None if that cannot be told without what was not measured."""

    text: str
    is_met: Callable[[Result], bool | None]


@dataclass
class Figures:
    """The samples of one tool in one row."""

    samples: list[float] = field(default_factory=list)
    failed: str = ""  # what of the work the tool did not do
    extra: dict[str, list[float]] = field(default_factory=dict)

    def add(self, sample: dict) -> None:
        self.samples.append(sample["figure"])
        self.failed = self.failed or sample["failed"]
        if "look" in sample:
            self.extra.setdefault("look", []).append(sample["look"])

    @property
    def least(self) -> float:
        return min(self.samples)

    @property
    def median(self) -> float:
        return statistics.median(self.samples)

    @property
    def spread(self) -> float:
        """How far the lower quartile lies above the minimum, as a share of it."""
        return sorted(self.samples)[len(self.samples) // 4] / self.least - 1 if self.least else 0.0


@dataclass
class Result:
    """One row: the figures of livereload, of what it is held against, and of the peers."""

    name: str
    label: str
    unit: str  # "s" or "B"
    against: str  # what the first figures are of
    size: str  # figures of different sizes cannot be compared
    tools: dict[str, Figures] = field(default_factory=dict)
    goals: list[tuple[str, bool | None]] = field(default_factory=list)
    unavailable: str = ""  # why there are no figures
    rows: dict[str, Result] = field(default_factory=dict, repr=False)  # those before it

    @property
    def figure(self) -> float:
        return self.tools["livereload"].least

    @property
    def base(self) -> float:
        return self.tools[self.against].least

    @property
    def over(self) -> float:
        return self.figure - self.base

    @property
    def ratio(self) -> float:
        return self.figure / self.base

    @property
    def noise(self) -> float:
        return max(LEAST_NOISE, *(self.tools[each].spread for each in (self.against, "livereload")))

    @property
    def met(self) -> bool | None:
        """Whether all goals are met that can be told; None if none can."""
        known = [each for _, each in self.goals if each is not None]
        return all(known) if known else None

    def extra(self, name: str) -> float:
        return min(self.tools["livereload"].extra[name])

    def is_below(self, peer: str) -> bool | None:
        figures = self.tools.get(peer)
        return self.figure < figures.least if figures is not None and figures.samples else None

    def as_fast_as(self, name: str) -> bool | None:
        """Whether livereload takes no longer than in the row of this name, within noise."""
        other = self.rows.get(name)
        if other is None or not other.tools:
            return None
        return self.figure <= other.figure * (1 + self.noise + other.noise)

    def judge(self, goals: tuple[Goal, ...]) -> None:
        """Hold the figures against the goals; none is met by what does not do the work."""
        worked = not self.tools["livereload"].failed
        self.goals = [(goal.text, goal.is_met(self) and worked) for goal in goals]

    def as_data(self) -> dict:
        """What `from_data` takes."""
        data = {key: value for key, value in vars(self).items() if key not in ("tools", "rows", "name")}
        return {**data, "tools": {name: vars(each) for name, each in self.tools.items()}}

    @classmethod
    def from_data(cls, name: str, data: dict) -> Result:
        data = {**data, "tools": {each: Figures(**figures) for each, figures in data["tools"].items()}}
        return cls(name=name, **{**data, "goals": [tuple(each) for each in data["goals"]]})


def shown(value: float, unit: str) -> str:
    """A figure with three digits and the unit that fits."""
    scales = {
        "s": ((1, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")),
        "B": ((1e6, "MB"), (1e3, "KB"), (1, "B")),
    }[unit]
    scale, name = next((each for each in scales if abs(value) >= each[0]), scales[-1])
    scaled = value / scale
    digits = 0 if abs(scaled) >= 100 or name == "B" else 1 if abs(scaled) >= 10 else 2
    return f"{scaled:,.{digits}f} {name}"


MET = {True: "yes", False: "NO", None: "–"}
_LABEL, _FIGURE = 62, 10


def heading() -> str:
    titles = ("plain", "median", "livereload", "median", "over", "ratio")
    return f"{'':{_LABEL}}" + "".join(f"{each:>{_FIGURE + 1}}" for each in titles) + "   goal"


def lines(result: Result, peers: dict[str, str]) -> Iterator[str]:
    """The row of the table, and one below it for each peer."""
    label = textwrap.wrap(result.label, _LABEL - 2)
    if result.unavailable:
        yield f"{label[0]:{_LABEL}}   not measured: {result.unavailable}"
        yield from label[1:]
        return
    live, base, unit = result.tools["livereload"], result.tools[result.against], result.unit
    figures = [shown(each, unit) for each in (base.least, base.median, live.least, live.median)]
    figures += [f"{'+' if result.over >= 0 else ''}{shown(result.over, unit)}", f"{result.ratio:.2f}"]
    goals = "; ".join(text for text, _ in result.goals)
    text = "".join(f"{each:>{_FIGURE + 1}}" for each in figures)
    yield f"{label[0]:{_LABEL}}{text}   {goals}: {MET[result.met]}"
    yield from label[1:]
    if base.failed and result.against != "plain":
        yield f"    {result.against}: {base.failed}"
    if live.failed:
        yield f"    livereload: {live.failed}"
    for name in TITLES:
        if name not in result.tools:
            continue
        peer = result.tools[name]
        title = f"    {TITLES[name]} {peers.get(name, '')}"
        if not peer.samples:
            yield f"{title:{_LABEL}}{'':{2 * (_FIGURE + 1)}}   cannot: {peer.failed}"
            continue
        figures = [shown(peer.least, unit), shown(peer.median, unit), "", f"{peer.least / result.base:.2f}"]
        text = "".join(f"{each:>{_FIGURE + 1}}" for each in ("", "", *figures))
        yield f"{title:{_LABEL}}{text}" + (f"   cannot: {peer.failed}" if peer.failed else "")


def differences(old: dict[str, Result], new: dict[str, Result]) -> Iterator[str]:
    """What has become slower, faster, larger or smaller beyond noise.

    Beyond noise by itself and as a share of what it is held against: a machine that is slower now
    makes both figures worse.
    """
    for name, now in new.items():
        before = old.get(name)
        if before is None or before.unavailable or now.unavailable:
            continue
        if before.size != now.size:
            yield f"{name}: not compared, {before.size} then and {now.size} now"
            continue
        change = now.figure / before.figure
        relative = change / (now.base / before.base)
        noise = 1 + before.noise + now.noise
        worse, better = ("slower", "faster") if now.unit == "s" else ("larger", "smaller")
        if min(change, relative) > noise or max(change, relative) < 1 / noise:
            what = worse if change > 1 else better
            figures = f"{shown(before.figure, now.unit)} then, {shown(now.figure, now.unit)} now"
            yield f"{name}: {what}, {figures} ({change:.2f}, noise {noise - 1:.2f})"
        if before.met and now.met is False:
            yield f"{name}: its goal is missed now"
        elif before.met is False and now.met:
            yield f"{name}: its goal is met now"
