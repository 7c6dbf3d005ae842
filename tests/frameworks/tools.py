"""Registries of other kinds: commands, tasks, metrics, signals, hooks, loggers, accessors, jobs, compiled functions."""

from harness import ADD, BODY, CHANGE, DEFINE, FAIL, MEND, Edit, Scenario

CLICK = Scenario(
    "click",
    ["click"],
    {
        "cli/__init__.py": "",
        "cli/main.py": """
            import click

            VERSION = "1"

            @click.group()
            @click.version_option(VERSION, message="version %(version)s")
            def main():
                pass
        """,
        "cli/hello.py": """
            import click
            from cli.main import main

            def upper(context, parameter, value):
                return value.upper()

            @main.command()
            @click.argument("name", callback=upper)
            @click.option("--times", default=1)
            def hello(name, times):
                click.echo(f"hello {name}" * times)
        """,
    },
    "from cli.main import main; import cli.hello",
    [
        Edit(BODY, "cli/hello.py", 'f"hello {name}"', 'f"hi {name}"'),
        Edit(BODY, "cli/hello.py", "value.upper()", "value.title()"),
        Edit(BODY, "cli/main.py", "    pass", "    click.echo('main')"),
        Edit(ADD, "cli/hello.py", "def upper", "@main.command()\ndef bye():\n    click.echo('bye')\n\ndef upper"),
        Edit(BODY, "cli/hello.py", "click.echo('bye')", "click.echo('good bye')"),
        Edit(CHANGE, "cli/hello.py", "default=1", "default=2"),
        Edit(CHANGE, "cli/hello.py", "@main.command()\n@click.argument", "@main.command('greet')\n@click.argument"),
        Edit(FAIL, "cli/hello.py", '"--times"', '"times"'),
        Edit(MEND, "cli/hello.py", '"times"', '"--times", "--count"'),
        Edit(CHANGE, "cli/main.py", 'VERSION = "1"', 'VERSION = "2"', remakes=True),
    ],
    holds="""
        from click.testing import CliRunner
        def run(*arguments):
            return CliRunner().invoke(main, arguments).output
    """,
    probes=["run('hello', 'ann'), run('greet', 'ann')"],
    obtained=["run('bye')", "run('--help')", "list(main.commands)", "run('--version')", "run('greet', 'a', '--count', '3')"],
)  # fmt: skip

TYPER = Scenario(
    "typer",
    ["typer"],
    {
        "app.py": """
            import typer

            app = typer.Typer(add_completion=False)
            users = typer.Typer()
            app.add_typer(users, name="users")
            DEFAULT = "ann"

            def check(value: int):
                if value > 3:
                    raise typer.BadParameter("too many")
                return value

            @app.command()
            def hello(name: str = DEFAULT, times: int = typer.Option(1, callback=check)):
                typer.echo(f"hello {name} " * times)

            @users.command()
            def add(name: str):
                typer.echo("added " + name)

            @app.callback()
            def main(loud: bool = False):
                if loud:
                    typer.echo("LOUD")
        """,
    },
    "from app import app, users",
    [
        Edit(BODY, "app.py", 'f"hello {name} "', 'f"hi {name} "'),
        Edit(BODY, "app.py", '"too many"', '"more than three"'),
        Edit(BODY, "app.py", '"added "', '"put "'),
        Edit(BODY, "app.py", 'echo("LOUD")', 'echo("VERY LOUD")'),
        Edit(ADD, "app.py", "@users.command()", "@app.command()\ndef bye():\n    typer.echo('bye')\n\n@users.command()"),
        Edit(BODY, "app.py", "echo('bye')", "echo('good bye')"),
        Edit(CHANGE, "app.py", "times: int = typer.Option(1, callback=check)", "times: int = typer.Option(2, callback=check)"),
        Edit(FAIL, "app.py", "def add(name: str):", "def add(name: strr):"),
        Edit(MEND, "app.py", "def add(name: strr):", "def add(name: str = 'bob'):"),
        Edit(CHANGE, "app.py", 'DEFAULT = "ann"', 'DEFAULT = "eve"'),
    ],
    holds="""
        from typer.testing import CliRunner
        def run(*arguments):
            return CliRunner().invoke(app, arguments).output
    """,
    probes=["run('hello', '--name', 'a')"],
    obtained=[
        "run('hello')", "run('bye')", "run('users', 'add', 'x'), run('users', 'add')", "run('--help')",
        "run('--loud', 'hello', '--times', '9')", "len(app.registered_commands), len(users.registered_commands)",
    ],
)  # fmt: skip

CELERY = Scenario(
    "celery",
    ["celery"],
    {
        "work/__init__.py": "",
        "work/app.py": """
            from celery import Celery

            app = Celery("work", broker="memory://", backend="cache+memory://")
            app.conf.task_always_eager = True
            app.conf.task_store_eager_result = False
        """,
        "work/helpers.py": "def double(x):\n    return 2 * x\n",
        "work/tasks.py": """
            from celery import shared_task
            from work.app import app
            from work.helpers import double

            LIMIT = "10/m"
            done = []

            @app.task(rate_limit=LIMIT)
            def add(x, y):
                done.append("add")
                return x + y

            @app.task(bind=True, name="work.named")
            def named(self, x):
                return self.name, double(x)

            @shared_task
            def shared(x):
                return "shared", x
        """,
        "work/more.py": """
            from celery import signals
            from work.app import app
            from work.tasks import add, named

            flow = add.s(1, 1) | named.s()
            log = []

            @signals.task_postrun.connect
            def ran(sender=None, retval=None, **_):
                log.append(("ran", sender.name, retval))

            @app.on_after_configure.connect
            def later(sender, **_):
                sender.add_periodic_task(10.0, add.s(1, 2), name="every ten")
        """,
    },
    "from work.app import app; from work.tasks import add, named, shared; from work.more import flow, log",
    [
        Edit(BODY, "work/tasks.py", "return x + y", "return x + y + 100"),
        Edit(BODY, "work/tasks.py", "return self.name, double(x)", "return self.name, double(x), 'named'"),
        Edit(BODY, "work/tasks.py", '"shared", x', '"shared by all", x'),
        Edit(BODY, "work/helpers.py", "2 * x", "3 * x"),
        Edit(BODY, "work/more.py", '("ran", sender.name', '("has run", sender.name'),
        Edit(ADD, "work/tasks.py", "@shared_task", "@app.task\ndef less(x):\n    return -x\n\n@shared_task"),
        Edit(BODY, "work/tasks.py", "return -x", "return -2 * x"),
        Edit(CHANGE, "work/tasks.py", 'LIMIT = "10/m"', 'LIMIT = "20/m"'),
        Edit(FAIL, "work/tasks.py", "@shared_task\n", "@shared_task(bind=bool(NONE))\n"),
        Edit(MEND, "work/tasks.py", "@shared_task(bind=bool(NONE))\n", "@shared_task(max_retries=9)\n"),
        Edit(CHANGE, "work/tasks.py", 'name="work.named"', 'name="work.renamed"', remakes=True),
        Edit(BODY, "work/tasks.py", "return x + y + 100", "return x + y + 200"),
    ],
    holds="""
        signature = add.s(1, 2)
        def logged(action):
            del log[:]
            action()
            return log[:]
    """,
    probes=["add(1, 2)", "add.delay(1, 2).get()", "signature.delay().get()", "shared.delay(1).get(), shared(2)", "named.delay(1).get()"],
    obtained=[
        "flow.delay().get()", "sorted(name for name in app.tasks if not name.startswith('celery.'))",
        "add.rate_limit, app.tasks['work.tasks.add'](1, 2)", "app.tasks['work.tasks.shared'].max_retries",
        "logged(lambda: add.delay(1, 2))", "app.tasks.get('work.tasks.less') and app.tasks['work.tasks.less'](3)",
        "app.tasks['work.tasks.add'].delay(1, 2).get(), list(app.conf.beat_schedule)",
    ],
)  # fmt: skip

PROMETHEUS = Scenario(
    "prometheus",
    ["prometheus_client"],
    {
        "metrics.py": """
            from prometheus_client import REGISTRY, Counter, Gauge, Histogram

            hits = Counter("hits", "Hits.", ["page"])
            load = Gauge("load", "Load.")
            seconds = Histogram("seconds", "Seconds.", buckets=[1, 2])
            size = Gauge("size", "Size.")
            size.set_function(lambda: 7)

            def hit(page):
                hits.labels(page).inc()

            @seconds.time()
            def work():
                return "worked"

            class Collector:
                def collect(self):
                    yield from ()

            REGISTRY.register(Collector())
        """,
    },
    "from metrics import hit, hits, load, work",
    [
        Edit(BODY, "metrics.py", "hits.labels(page).inc()", "hits.labels(page).inc(10)"),
        Edit(BODY, "metrics.py", 'return "worked"', 'return "has worked"'),
        Edit(BODY, "metrics.py", "lambda: 7", "lambda: 8"),
        Edit(DEFINE, "metrics.py", "def hit(page):", "def miss(page):\n    hit(page)\n\ndef hit(page):"),
        Edit(ADD, "metrics.py", 'load = Gauge("load", "Load.")', 'load = Gauge("load", "Load.")\nmore = Gauge("more", "More.")'),
        Edit(FAIL, "metrics.py", 'Gauge("more", "More.")', 'Gauge("more", "More.", unit=5 + "")'),
        Edit(MEND, "metrics.py", 'Gauge("more", "More.", unit=5 + "")', 'Gauge("other", "Other.")'),
        Edit(CHANGE, "metrics.py", "buckets=[1, 2]", "buckets=[1, 2, 3]"),
        Edit(CHANGE, "metrics.py", '"Load."', '"The load."'),
        Edit(BODY, "metrics.py", "hits.labels(page).inc(10)", "hits.labels(page).inc(20)"),
    ],
    holds="""
        from prometheus_client import REGISTRY, generate_latest
        def hitting(page):
            before = REGISTRY.get_sample_value("hits_total", {"page": page}) or 0
            hit(page)
            return REGISTRY.get_sample_value("hits_total", {"page": page}) - before
    """,
    probes=[
        "hitting('a')", "work()", "REGISTRY.get_sample_value('size')",
        "[line for line in generate_latest().decode().splitlines() if '# HELP' in line and 'python' not in line and 'process' not in line]",
        "[line.split(' ')[0] for line in generate_latest().decode().splitlines() if line.startswith('seconds')]",
        "[type(each).__name__ for each in REGISTRY._collector_to_names]",
    ],
)  # fmt: skip

GIN = Scenario(
    "gin",
    ["gin-config"],
    {
        "net/__init__.py": "",
        "net/parts.py": """
            import gin

            RATE = 0.1

            @gin.configurable
            def layer(size=1, rate=RATE):
                return "layer", size, rate

            @gin.configurable
            class Optimizer:
                def __init__(self, rate=RATE):
                    self.rate = rate

                def step(self):
                    return "step", self.rate

            @gin.register
            def other():
                return "other"
        """,
        "net/model.py": "from net.parts import Optimizer, layer\n\ndef build():\n    return layer(), Optimizer().step()\n",
    },
    "from net.parts import Optimizer, layer, other; from net.model import build",
    [
        Edit(BODY, "net/parts.py", 'return "layer", size', 'return "a layer", size'),
        Edit(BODY, "net/parts.py", 'return "step", self', 'return "a step", self'),
        Edit(BODY, "net/model.py", "return layer(), Opt", "return 'built', layer(), Opt"),
        Edit(ADD, "net/parts.py", "@gin.register\n", "@gin.configurable\ndef third(x=3):\n    return x\n\n@gin.register\n"),
        Edit(CHANGE, "net/parts.py", "RATE = 0.1", "RATE = 0.2"),
        Edit(FAIL, "net/parts.py", "def layer(size=1,", "def layer(size=SIZE,"),
        Edit(MEND, "net/parts.py", "def layer(size=SIZE,", "def layer(size=2,"),
        Edit(CHANGE, "net/parts.py", "class Optimizer:", "class Base:\n    def base(self):\n        return 'base'\n\n@gin.configurable\nclass Optimizer(Base):", also=[("net/parts.py", "@gin.configurable\nclass Base:", "class Base:")], news={"net.parts.Optimizer"}),
        Edit(BODY, "net/parts.py", 'return "a layer", size', 'return "the layer", size'),
    ],
    start="""
        import gin
        import net.parts
        gin.parse_config("layer.size = 5")
    """,
    holds="""
        import gin
        optimizer = Optimizer()
        def configured(text):
            with gin.unlock_config():
                gin.parse_config(text)
            return gin.config._REGISTRY.get_match(text.split(".")[0]).wrapper()
    """,
    probes=["layer()[:2], layer(7, 1)", "optimizer.step()[0], type(optimizer) is Optimizer", "build()", "other()"],
    obtained=[
        "sorted(name for name, _ in gin.config._REGISTRY.items() if not name.startswith('gin.'))",
        "configured('Optimizer.rate = 5').step()", "gin.config_str()", "hasattr(optimizer, 'base')",
    ],
)  # fmt: skip

BLINKER = Scenario(
    "blinker",
    ["blinker"],
    {
        "signals_.py": "from blinker import Namespace\n\nsignals = Namespace()\nsold = signals.signal('sold')\nlog = []\n",
        "listen.py": """
            from signals_ import log, sold

            @sold.connect
            def note(sender, **data):
                log.append(("note", sender))
                return "noted"

            class Listener:
                def on_sold(self, sender, **data):
                    log.append(("method", sender))

            listener = Listener()
            sold.connect(listener.on_sold)

            @sold.connect_via("shop")
            def only_shop(sender, **data):
                log.append(("only", sender))

            sold.connect(lambda sender, **data: log.append(("lambda", sender)), weak=False)
        """,
    },
    "from signals_ import log, sold; from listen import listener, note",
    [
        Edit(BODY, "listen.py", '("note", sender)', '("a note", sender)'),
        Edit(BODY, "listen.py", '("method", sender)', '("a method", sender)'),
        Edit(BODY, "listen.py", '("only", sender)', '("only one", sender)'),
        Edit(BODY, "listen.py", '("lambda", sender)', '("a lambda", sender)'),
        Edit(ADD, "listen.py", "class Listener:", "@sold.connect\ndef more(sender, **data):\n    log.append(('more', sender))\n\nclass Listener:"),
        Edit(FAIL, "listen.py", '@sold.connect_via("shop")', '@sold.connect_vai("shop")'),
        Edit(MEND, "listen.py", '@sold.connect_vai("shop")', '@sold.connect_via("market")'),
        Edit(CHANGE, "listen.py", "class Listener:", "class Base:\n    pass\n\nclass Listener(Base):", news={"listen.Listener"}),
    ],
    holds="""
        def sent(sender):
            del log[:]
            answers = [answer for _, answer in sold.send(sender)]
            return sorted(map(str, log)), sorted(map(str, answers))
    """,
    probes=["sent('shop')", "sent('market')", "len(sold.receivers)"],
)  # fmt: skip

PLUGGY = Scenario(
    "pluggy",
    ["pluggy"],
    {
        "host.py": """
            import pluggy

            spec = pluggy.HookspecMarker("host")
            impl = pluggy.HookimplMarker("host")

            class Spec:
                @spec
                def greet(self, name):
                    "Greet."

            manager = pluggy.PluginManager("host")
            manager.add_hookspecs(Spec)
        """,
        "plugs.py": """
            import sys
            from host import impl, manager

            class Polite:
                @impl
                def greet(self, name):
                    return "good day " + name

            manager.register(Polite(), "polite")

            @impl(trylast=True)
            def greet(name):
                return "hello " + name

            manager.register(sys.modules[__name__], "module")
        """,
    },
    "from host import manager; import plugs",
    [
        Edit(BODY, "plugs.py", '"good day "', '"a good day "'),
        Edit(BODY, "plugs.py", '"hello "', '"hi "'),
        Edit(ADD, "plugs.py", "    @impl\n", "    @impl\n    def other(self):\n        pass\n\n    @impl\n"),
        Edit(FAIL, "plugs.py", "@impl(trylast=True)", "@impl(trylast=Yes)"),
        Edit(MEND, "plugs.py", "@impl(trylast=Yes)", "@impl(tryfirst=True)"),
        Edit(ADD, "plugs.py", "import sys\n", "import sys\n\nclass Rude:\n    @staticmethod\n    def unused():\n        pass\n"),
        Edit(CHANGE, "plugs.py", '"polite"', '"very polite"'),
        Edit(ADD, "host.py", "    @spec\n", "    @spec\n    def leave(self):\n        'Leave.'\n\n    @spec\n"),
    ],
    holds="def greeted(): return manager.hook.greet(name='ann')",
    probes=["greeted()"],
    obtained=["[name for name, _ in manager.list_name_plugin()]", "len(manager.get_plugins()), hasattr(manager.hook, 'leave')"],
)  # fmt: skip

LOGURU = Scenario(
    "loguru",
    ["loguru"],
    {
        "logs.py": """
            import sys
            from loguru import logger

            lines = []
            FORMAT = "{level} {message}"

            def keep(record):
                return "secret" not in record["message"]

            def sink(message):
                lines.append(message.strip())

            logger.remove()
            logger.add(sink, format=FORMAT, filter=keep)

            @logger.catch(reraise=False)
            def risky():
                raise ValueError("oh")
        """,
    },
    "from logs import lines, risky",
    [
        Edit(BODY, "logs.py", '"secret" not in', '"hidden" not in'),
        Edit(BODY, "logs.py", "message.strip()", "message.strip() + '!'"),
        Edit(BODY, "logs.py", '"oh"', '"ah"'),
        Edit(CHANGE, "logs.py", 'FORMAT = "{level} {message}"', 'FORMAT = "{message}"'),
        Edit(FAIL, "logs.py", "filter=keep", "filter=keeep"),
        Edit(MEND, "logs.py", "filter=keeep", "filter=keep, level='INFO'"),
        Edit(ADD, "logs.py", "@logger.catch", "logger.add(lambda message: lines.append('second'), level='ERROR')\n\n@logger.catch"),
    ],
    holds="""
        from loguru import logger
        def logged(*messages):
            del lines[:]
            for each in messages:
                logger.info(each)
            return lines[:]
    """,
    obtained=["logged('a', 'secret', 'hidden')", "len(logger._core.handlers)", "risky(), len(lines)"],
    probes=["risky()"],
)  # fmt: skip

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
)  # fmt: skip

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
)  # fmt: skip

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
)  # fmt: skip

APSCHEDULER = Scenario(
    "apscheduler",
    ["apscheduler"],
    {
        "timer.py": """
            from apscheduler.schedulers.background import BackgroundScheduler

            scheduler = BackgroundScheduler(timezone="UTC")
            scheduler.start(paused=True)
            log = []
        """,
        "jobs.py": """
            from timer import log, scheduler

            @scheduler.scheduled_job("interval", hours=1, id="tick")
            def tick():
                log.append("tick")

            def tock():
                log.append("tock")

            scheduler.add_job(tock, "interval", hours=2, id="tock")
        """,
    },
    "from timer import log, scheduler; from jobs import tick",
    [
        Edit(BODY, "jobs.py", 'append("tick")', 'append("a tick")'),
        Edit(BODY, "jobs.py", 'append("tock")', 'append("a tock")'),
        Edit(CHANGE, "jobs.py", "hours=1", "hours=3"),
        Edit(ADD, "jobs.py", "def tock():", "@scheduler.scheduled_job('interval', hours=4, id='more')\ndef more():\n    log.append('more')\n\ndef tock():"),
        Edit(FAIL, "jobs.py", "hours=2", "ours=2"),
        Edit(MEND, "jobs.py", "ours=2", "hours=6"),
    ],
    holds="""
        def ran(name):
            del log[:]
            scheduler.get_job(name).func()
            return log[:]
    """,
    probes=["ran('tick'), ran('tock')", "sorted((job.id, str(job.trigger)) for job in scheduler.get_jobs())", "scheduler.running"],
    obtained=["scheduler.get_job('more') and ran('more')"],
)  # fmt: skip

# What the standard library takes hold of.
PLAIN = Scenario(
    "standard-library",
    [],
    {
        "hub.py": """
            handlers = []
            table = {}
            hooks = {"sold": []}

            def on(name):
                def register(function):
                    hooks[name].append(function)
                    return function
                return register
        """,
        "parts.py": """
            import asyncio
            import atexit
            import contextvars
            import logging
            import queue
            import threading
            from functools import partial, singledispatch
            from hub import handlers, on, table

            handlers.append(lambda x: x + 1)
            table["lambda"] = lambda x: ("lambda", x)
            logger = logging.getLogger("parts")
            logger.propagate = False
            lines = []
            counter = {"calls": 0}

            class Filter(logging.Filter):
                def filter(self, record):
                    return "secret" not in record.getMessage()

            class Handler(logging.Handler):
                def emit(self, record):
                    lines.append(self.format(record))

            logger.addFilter(Filter())
            logger.addHandler(Handler())
            logger.setLevel("INFO")

            @on("sold")
            def sold(x):
                counter["calls"] += 1
                return "sold", x

            def worker():
                while (item := todo.get()) is not None:
                    done.put(handle(item))

            def handle(item):
                return "handled", item

            todo, done = queue.Queue(), queue.Queue()
            thread = threading.Thread(target=worker, daemon=True)
            thread.start()

            @singledispatch
            def show(x):
                return "any"

            @show.register
            def _(x: int):
                return "int"

            @show.register
            def _(x: str):
                return "str"

            def leaving():
                return "leaving"

            atexit.register(leaving)
            half = partial(handle, "half")

            async def job():
                await asyncio.sleep(0)
                return "job"
        """,
    },
    "import hub, parts; from parts import counter, done, handle, half, job, lines, logger, show, sold, todo",
    [
        Edit(BODY, "parts.py", "x: x + 1", "x: x + 2"),
        Edit(BODY, "parts.py", '("lambda", x)', '("a lambda", x)'),
        Edit(BODY, "parts.py", '"secret" not in', '"hidden" not in'),
        Edit(BODY, "parts.py", "lines.append(self.format(record))", "lines.append('line: ' + self.format(record))"),
        Edit(BODY, "parts.py", 'return "sold", x', 'return "was sold", x'),
        Edit(BODY, "parts.py", 'return "handled", item', 'return "is handled", item'),
        Edit(BODY, "parts.py", 'return "int"', 'return "a number"'),
        Edit(BODY, "parts.py", 'return "job"', 'return "a job"'),
        Edit(DEFINE, "parts.py", "def leaving():", "def staying():\n    return 'staying'\n\ndef leaving():"),
        Edit(BODY, "parts.py", 'return "is handled", item', 'return "has been handled", item'),
    ],
    holds="""
        import asyncio
        def worked(item):
            todo.put(item)
            return done.get(timeout=1)
        def logged(*messages):
            del lines[:]
            for each in messages:
                logger.info(each)
            return lines[:]
    """,
    probes=[
        "[each(1) for each in hub.handlers], hub.table['lambda'](1), [each(1) for each in hub.hooks['sold']]",
        "worked(1), half()", "show(1), show('a'), show([]), show(None)", "asyncio.run(job())",
        "len(logger.filters), len(logger.handlers)",
    ],
    obtained=["logged('a', 'secret', 'hidden')"],
)  # fmt: skip

# The module is executed again: its thread and its queues are others then.
PLAIN_CHANGED = Scenario(
    "standard-library-changed",
    [],
    PLAIN.files,
    PLAIN.imports,
    [
        Edit(ADD, "parts.py", "@show.register\ndef _(x: str)", "@show.register\ndef _(x: list):\n    return 'list'\n\n@show.register\ndef _(x: str)"),
        Edit(BODY, "parts.py", 'return "int"', 'return "a number"'),
        Edit(FAIL, "parts.py", "atexit.register(leaving)", "atexit.register(leving)"),
        Edit(MEND, "parts.py", "atexit.register(leving)", "atexit.unregister(leaving)"),
        Edit(CHANGE, "parts.py", 'setLevel("INFO")', 'setLevel("ERROR")'),
        Edit(CHANGE, "parts.py", "handlers.append(lambda x: x + 1)", "handlers.insert(0, lambda x: x + 1)"),
        Edit(CHANGE, "parts.py", 'table["lambda"]', 'table["other"]'),
        Edit(CHANGE, "parts.py", "logger.addFilter(Filter())", ""),
        Edit(CHANGE, "parts.py", '@on("sold")\ndef', "def"),
    ],
    holds=PLAIN.holds,
    probes=[*PLAIN.probes[:1], "show(1), show('a'), show([]), show(None)", "half()", "asyncio.run(job())", "len(logger.filters), len(logger.handlers)"],
    obtained=["logged('a', 'secret', 'hidden')", "worked(1)", "sorted(hub.table)"],
)  # fmt: skip

SCENARIOS = [PLAIN, PLAIN_CHANGED, CLICK, TYPER, CELERY, PROMETHEUS, GIN, BLINKER, PLUGGY, LOGURU, PANDAS, MATPLOTLIB, NUMBA, APSCHEDULER]
