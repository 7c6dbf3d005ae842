# fmt: off
# ruff: noqa: E501 (an edit reads best in one line)
"""What pandas, matplotlib and numba are told of functions and classes."""

from harness import ADD, BODY, CHANGE, DEFINE, FAIL, MEND, Edit, Scenario

PANDAS = Scenario(
    "pandas",
    ["pandas"],
    {
        "geo.py": """
            import pandas as pd

            SCALE = 2

            @pd.api.extensions.register_dataframe_accessor("geo")
            class Geo:
                def __init__(self, frame):
                    self._frame = frame

                def center(self):
                    return float(self._frame["x"].mean())

                @property
                def scaled(self):
                    return (self._frame["x"] * SCALE).tolist()
        """,
    },
    "from geo import Geo",
    [
        Edit(BODY, "geo.py", 'float(self._frame["x"].mean())', 'float(self._frame["x"].max())'),
        Edit(DEFINE, "geo.py", "    @property", "    def least(self):\n        return float(self._frame['x'].min())\n\n    @property"),
        Edit(CHANGE, "geo.py", "SCALE = 2", "SCALE = 3"),
        Edit(FAIL, "geo.py", "    @property", "    @propertyy"),
        Edit(MEND, "geo.py", "    @propertyy", "    @property"),
        Edit(CHANGE, "geo.py", 'accessor("geo")', 'accessor("geo2")'),
    ],
    holds="""
        import pandas as pd
        frame = pd.DataFrame({"x": [1, 2, 6]})
        accessor = getattr(frame, "geo", None) or frame.geo2
    """,
    probes=["accessor.center(), accessor.scaled, type(accessor) is Geo", "accessor.least()"],
    obtained=["frame.geo.center()", "frame.geo2.center()", "sorted(pd.DataFrame._accessors & {'geo', 'geo2'})"],
)

MATPLOTLIB = Scenario(
    "matplotlib",
    ["matplotlib"],
    {
        "look.py": """
            import matplotlib as mpl
            from matplotlib.colors import ListedColormap
            from matplotlib.projections import register_projection
            from matplotlib.axes import Axes

            COLORS = ["red", "blue"]
            mpl.colormaps.register(ListedColormap(COLORS), name="mine")
            mpl.rcParams["lines.linewidth"] = 3

            class MyAxes(Axes):
                name = "my"

                def mark(self):
                    return "marked"

            register_projection(MyAxes)

            def clicked(event):
                log.append("clicked " + event.name)

            log = []
        """,
        "window.py": """
            from matplotlib.figure import Figure
            from matplotlib.backends.backend_agg import FigureCanvasAgg
            import look

            figure = Figure()
            canvas = FigureCanvasAgg(figure)
            axes = figure.add_subplot(projection="my")
            canvas.mpl_connect("button_press_event", look.clicked)
        """,
    },
    "from look import MyAxes, log; from window import axes, canvas, figure",
    [
        Edit(BODY, "look.py", '"clicked "', '"pressed "'),
        Edit(BODY, "look.py", '"marked"', '"has marked"'),
        Edit(ADD, "look.py", "    def mark(self):", "    def more(self):\n        return 'more'\n\n    def mark(self):"),
        Edit(FAIL, "look.py", "register_projection(MyAxes)", "register_projection(MyAxis)"),
        Edit(MEND, "look.py", "register_projection(MyAxis)", "register_projection(MyAxes)"),
        Edit(CHANGE, "look.py", '["red", "blue"]', '["red", "green"]'),
        Edit(CHANGE, "look.py", '["lines.linewidth"] = 3', '["lines.linewidth"] = 5'),
    ],
    holds="""
        import matplotlib as mpl
        from matplotlib.backend_bases import MouseEvent
        def clicks():
            del log[:]
            canvas.callbacks.process("button_press_event", MouseEvent("button_press_event", canvas, 1, 1))
            return log[:]
    """,
    probes=["axes.mark(), type(axes) is MyAxes, hasattr(axes, 'more')"],
    obtained=[
        "clicks()", "mpl.colormaps['mine'](1.0)", "mpl.rcParams['lines.linewidth']",
        "type(figure.add_subplot(projection='my')) is MyAxes, figure.axes[-1].mark()",
        "list(mpl.colormaps).count('mine')",
    ],
)

NUMBA = Scenario(
    "numba",
    ["numba"],
    {
        "fast.py": """
            from numba import njit, vectorize

            FACTOR = 2
            cache = {}

            @njit
            def inner(x):
                return x * FACTOR

            @njit
            def outer(x):
                return inner(x) + 1

            @vectorize
            def plus(x):
                return x + FACTOR

            def plain(x):
                return outer(x)
        """,
        "other.py": "from fast import outer\n\ndef call(x):\n    return outer(x)\n",
    },
    "from fast import inner, outer, plain, plus; from other import call",
    [
        Edit(CHANGE, "fast.py", "return x * FACTOR", "return x * FACTOR + 10"),
        Edit(CHANGE, "fast.py", "return inner(x) + 1", "return inner(x) + 2"),
        Edit(BODY, "fast.py", "return outer(x)", "return -outer(x)"),
        Edit(ADD, "fast.py", "def plain(x):", "@njit\ndef third(x):\n    return outer(x)\n\ndef plain(x):"),
        Edit(CHANGE, "fast.py", "FACTOR = 2", "FACTOR = 3"),
        Edit(FAIL, "fast.py", "@vectorize\n", "@vectorise\n"),
        Edit(MEND, "fast.py", "@vectorise\n", "@vectorize\n"),
    ],
    probes=["plain(1), call(1)"],
    obtained=["inner(1), outer(1), plus(1)"],
)

SCENARIOS = [PANDAS, MATPLOTLIB, NUMBA]
