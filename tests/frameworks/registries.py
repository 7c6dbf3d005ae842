# fmt: off
# ruff: noqa: E501 (an edit reads best in one line)
"""Registries of libraries: prometheus_client, gin-config, blinker, pluggy, loguru."""

from harness import ADD, BODY, CHANGE, DEFINE, FAIL, MEND, Edit, Scenario

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
)

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
            gin.parse_config(text)
            made = gin.config._REGISTRY.get_match(text.split(".")[0]).wrapper()
            gin.clear_config()
            gin.parse_config("layer.size = 5")
            return made
    """,
    probes=["layer()[:2], layer(7, 1)", "optimizer.step()[0], type(optimizer) is Optimizer", "build()", "other()"],
    obtained=[
        "sorted(name for name, _ in gin.config._REGISTRY.items() if not name.startswith('gin.'))",
        "configured('Optimizer.rate = 5').step()", "gin.config_str()", "hasattr(optimizer, 'base')",
    ],
)

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
)

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
        Edit(ADD, "host.py", "    @spec\n", "    @spec\n    def leave(self):\n        'Leave.'\n\n    @spec\n", remakes=True),
    ],
    holds="def greeted(): return manager.hook.greet(name='ann')",
    probes=["greeted()"],
    obtained=["[name for name, _ in manager.list_name_plugin()]", "len(manager.get_plugins()), hasattr(manager.hook, 'leave')"],
)

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
)

SCENARIOS = [PROMETHEUS, GIN, BLINKER, PLUGGY, LOGURU]
