"""Registries and hooks of the interpreter and the standard library: as in a fresh interpreter, failure or not."""

import pytest

WAYS = {
    "a log record factory": (
        "import logging\n_old = logging.getLogRecordFactory()\ndef factory(*args, **more):\n"
        "    record = _old(*args, **more)\n    record.seen = [*getattr(record, 'seen', []), {n}]\n    return record\n"
        "logging.setLogRecordFactory(factory)",
        "getattr(logging.getLogRecordFactory()('n', 1, 'p', 1, 'm', (), None), 'seen', None)",
    ),
    "basicConfig": (
        "import logging\nlogging.basicConfig(level={n}0, format='{n} %(message)s')",
        "[h.formatter._fmt for h in logging.root.handlers], logging.root.level, logging.getLogger().isEnabledFor(15)",
    ),
    "a log handler without a name": (
        "import io, logging\nlogging.getLogger('shop').addHandler(logging.StreamHandler(io.StringIO('{n}')))",
        "[h.stream.getvalue() for h in logging.getLogger('shop').handlers]",
    ),
    "a log handler": (
        "import io, logging\nhandler = logging.StreamHandler(io.StringIO('{n}'))\nlogging.root.addHandler(handler)",
        "[h.stream.getvalue() for h in logging.root.handlers]",
    ),
    "a log filter": (
        "import logging\nclass Dots(logging.Filter):\n    n = {n}\nlogging.getLogger('shop').addFilter(Dots())",
        "[f.n for f in logging.getLogger('shop').filters]",
    ),
    "a log level": ("import logging\nlogging.getLogger('shop').setLevel({n}0)", "logging.getLogger('shop').level"),
    "dictConfig": (
        "import logging.config\nlogging.config.dictConfig({{'version': 1, 'handlers': {{'h': {{'class':"
        " 'logging.StreamHandler'}}}}, 'loggers': {{'shop': {{'handlers': ['h'], 'level': {n}}}}}}})",
        "len(logging.getLogger('shop').handlers), logging.getLogger('shop').level",
    ),
    "a warnings filter": (
        "import warnings\nwarnings.filterwarnings('ignore', message='shop{n}')",
        "[f[1].pattern for f in warnings.filters if f[1] and 'shop' in f[1].pattern]",
    ),
    "excepthook": (
        "import sys\n_old = sys.excepthook\nseen = []\ndef hook(*args):\n    seen.append({n})\n"
        "    if args[1] is not None: _old(*args)\nsys.excepthook = hook",
        "(sys.excepthook(None, None, None), getattr(shop, 'seen', []).copy(), getattr(shop, 'seen', []).clear())[1]"
        " if sys.excepthook is not sys.__excepthook__ else None",
    ),
    "a signal handler": (
        "import signal\n_old = signal.getsignal(signal.SIGUSR1)\nseen = []\ndef handler(number, frame):\n"
        "    seen.append({n})\n    if callable(_old): _old(number, frame)\nsignal.signal(signal.SIGUSR1, handler)",
        "callable(signal.getsignal(signal.SIGUSR1)) and (signal.raise_signal(signal.SIGUSR1), shop.seen.copy(),"
        " shop.seen.clear())[1]",
    ),
    "threading's excepthook": (
        "import threading\ndef hook(args): return {n}\nthreading.excepthook = hook",
        "threading.excepthook(None) if hasattr(threading.excepthook, '__code__') else None",
    ),
    "copyreg": (
        "import copyreg, decimal\n_old = copyreg.dispatch_table.get(decimal.Context)\ndef reduce(x):\n"
        "    return [*(_old(x) if _old else []), {n}]\ncopyreg.dispatch_table[decimal.Context] = reduce",
        "[f(1) for c, f in copyreg.dispatch_table.items() if c is decimal.Context]",
    ),
    "copyreg.pickle": (
        "import copyreg\nclass Q: pass\ncopyreg.pickle(Q, lambda q: {n})",
        "[f(1) for c, f in copyreg.dispatch_table.items() if c.__name__ == 'Q']",
    ),
    "gc.callbacks": (
        "import gc\ndef callback(phase, info): return {n}\ngc.callbacks.append(callback)",
        "[c(0, 0) for c in gc.callbacks if c.__module__ == 'shop']",
    ),
    "sys.path": (
        "import sys\nsys.path.insert(0, '/nowhere/{n}')",
        "[each for each in sys.path if 'nowhere' in each]",
    ),
    "sys.meta_path": (
        "import sys\nclass Finder:\n    n = {n}\n    @classmethod\n    def find_spec(cls, *_): return None\n"
        "sys.meta_path.append(Finder)",
        "[each.n for each in sys.meta_path if getattr(each, '__module__', '') == 'shop']",
    ),
    "sys.path_hooks": (
        "import sys\ndef hook(path, n={n}): raise ImportError\nsys.path_hooks.append(hook)",
        "[each.__defaults__[0] for each in sys.path_hooks if getattr(each, '__module__', '') == 'shop']",
    ),
    "singledispatch": (
        "from hub import show\n@show.register\ndef _(x: int): return {n}",
        "hub.show(1), hub.show('')",
    ),
    "a class of singledispatch": (
        "from hub import show\nclass C: pass\n@show.register(C)\ndef _(x): return {n}",
        "hub.show(shop.C()) if hasattr(shop, 'C') else None",
    ),
    "an abstract base class": (
        "from hub import Base\nclass C: n = {n}\nBase.register(C)",
        "isinstance(shop.C(), hub.Base) if hasattr(shop, 'C') else None",
    ),
    "subclasses": (
        "from hub import Plain\nclass C(Plain, name='c{n}'): n = {n}",
        "[c.n for c in (gc.collect(), hub.Plain.__subclasses__())[1]], [(k, c.n) for k, c in hub.Plain.kinds.items()]",
    ),
    "exit callbacks": (
        "import atexit, hub\ndef done(): hub.ended.append({n})\natexit.register(done)",
        "(hub.ended.clear(), atexit._run_exitfuncs(), list(hub.ended))[2] if hub.ended != ['stay'] else None",
    ),
}  # fmt: skip
HUB = """
import abc, functools
ended = []
@functools.singledispatch
def show(x): return 'any'
class Base(abc.ABC): pass
class Plain:
    kinds = {}
    def __init_subclass__(cls, name): Plain.kinds[name] = cls
"""
IMPORT = "import shop, hub, sys, logging, warnings, signal, threading, copyreg, decimal, gc, atexit"
SHOP = "K = len('x' * {k})\n{way}\n"


@pytest.mark.parametrize("way", WAYS)
def test_registries_of_the_standard_library(project, way):
    """Edited itself, beside it, removed and put there again, an entry is what it is in a fresh interpreter."""
    text, expression = WAYS[way]
    project.write({"hub.py": HUB})
    edits = [text.format(n=1), text.format(n=1), text.format(n=2), "", text.format(n=2)]
    seen = unseen = object()
    runs_once = way == "exit callbacks"  # looking at them calls them
    for k, edit in enumerate(edits):
        if k:
            project.write({"shop.py": SHOP.format(way=edit, k=k) + "1 / 0\n"})
            assert project.attempt("import shop").error["type"] == "ZeroDivisionError"
            assert seen is unseen or project.value(expression) == seen, (k, "failed")
        project.write({"shop.py": SHOP.format(way=edit, k=k)})
        project.run(IMPORT)
        if not runs_once or k == len(edits) - 1:
            seen = project.value(expression)
            assert seen == project.fresh(IMPORT, expression=expression).value, k
