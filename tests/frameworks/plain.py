# fmt: off
# ruff: noqa: E501 (an edit reads best in one line)
"""What the standard library takes hold of: threads, timers, logging, atexit, tables of lambdas."""

from harness import ADD, BODY, CHANGE, DEFINE, FAIL, MEND, Edit, Scenario

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
)

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
)

SCENARIOS = [PLAIN, PLAIN_CHANGED]
