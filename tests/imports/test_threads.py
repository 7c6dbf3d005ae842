"""Other threads, other processes, and interrupts: no one waits for ever, and no one sees half a module."""

import os
import textwrap

import pytest
from conftest import SRC

DEADLINE = 20

# What the threads of a test and the modules that they execute share.
SHARED = f"""
import sys, threading, types
shared = types.ModuleType("shared")
sys.modules["shared"] = shared
shared.running, shared.go, shared.log = threading.Event(), threading.Event(), []
shared.wait = lambda: shared.running.set() or shared.go.wait({DEADLINE}) or shared.log.append("never told to go on")
def start(target):
    def run():
        try:
            target()
        except BaseException as error:
            shared.log.append(repr(error))
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread
def finish(*threads):
    for thread in threads:
        thread.join({DEADLINE})
        assert not thread.is_alive(), "a thread hangs"
    assert shared.log == [], shared.log
"""


def run(project, code):
    return project.run(textwrap.dedent(code))


def test_import_while_another_thread_refreshes(project):
    """A thread that asks for a module that another is executing again waits, and gets the new one whole."""
    project.write({"a.py": "X = 1\nY = 1\n"})
    project.run(SHARED + "import a")
    project.write({"a.py": "X = 2\nimport shared\nshared.wait()\nY = 2\n"})
    outcome = run(project, """
        seen = []
        def refresh():
            import a
        def use():
            from a import X, Y
            seen.append((X, Y))
        one = start(refresh)
        assert shared.running.wait(20)
        two = start(use)
        two.join(0.05)
        shared.go.set()
        finish(one, two)
    """)  # fmt: skip
    assert outcome.executed == ["a"]
    assert project.value("seen") == [(2, 2)]


def test_import_of_another_module_while_a_thread_refreshes(project):
    """A thread that asks for a module that has nothing to do with another's refresh gets it."""
    project.write({"a.py": "X = 1\n", "b.py": "X = 1\n"})
    project.run(SHARED + "import a, b")
    project.write({"a.py": "import shared\nshared.wait()\nX = 2\n"})
    outcome = run(project, """
        def refresh():
            import a
        def use():
            import b
            import json.decoder
        one = start(refresh)
        assert shared.running.wait(20)
        finish(start(use))
        shared.go.set()
        finish(one)
    """)  # fmt: skip
    assert outcome.executed == ["a"]


def test_first_import_while_another_thread_refreshes(project):
    """A thread that is in the middle of importing takes what is there, rather than wait for another's refresh."""
    project.write({"a.py": "X = 1\n", "b.py": "import a\nX = a.X\n"})
    project.run(SHARED + "import a")
    project.write({"a.py": "import shared\nshared.wait()\nimport c\nX = 2\n", "c.py": "import b\n"})
    outcome = run(project, """
        def refresh():
            import a
        def use():
            import b
        one = start(refresh)
        assert shared.running.wait(20)
        two = start(use)
        two.join(0.05)
        shared.go.set()
        finish(one, two)
        import a, b
    """)  # fmt: skip
    assert set(outcome.executed) == {"a", "b", "c"}
    assert project.value("(a.X, b.X)") == (2, 2)


def test_edit_of_a_module_that_another_thread_has_executed_meanwhile(project):
    """A refresh finds stale again what another thread has executed for it: that is left to the next import."""
    project.write({"a.py": "import b\nX = b.X\n", "b.py": "X = 1\n", "c.py": "import b\nX = b.X\n"})
    project.run(SHARED + "import a")
    project.write({"a.py": "import shared\nshared.wait()\nimport b\nX = b.X\n", "b.py": "X = 2\n"})
    run(project, """
        def refresh():
            import a
        def use():
            import c
        one = start(refresh)
        assert shared.running.wait(20)
        finish(start(use))
        with open(sys.modules["b"].__file__, "w") as file:
            file.write("X = 33\\n")
        shared.go.set()
        finish(one)
        import a, c
    """)  # fmt: skip
    assert project.value("(a.X, a.b.X, c.X)") == (33, 33, 33)


def test_two_threads_refresh_two_modules_that_import_each_other(project):
    """Two threads that enter a stale cycle from both sides do not wait for each other for ever."""
    project.write({"a.py": "import b\nX = 1\n", "b.py": "import a\nY = 1\n"})
    project.run(SHARED + "import a")
    for generation in range(2, 12):
        project.write({"a.py": f"import b\nX = {generation}\n", "b.py": f"import a\nY = {generation}\n"})
        run(project, """
            barrier = threading.Barrier(2)
            def first():
                barrier.wait(20)
                import a
            def second():
                barrier.wait(20)
                import b
            finish(start(first), start(second))
        """)  # fmt: skip
        assert project.value("(a.X, a.b.Y)") == (generation, generation)
        assert project.run("import a, b").executed == []


def test_many_threads_ask_at_once(project):
    """Of many threads that ask for the same stale module at once, one executes it, and all get it."""
    project.write({"a.py": "X = 1\n"})
    project.run(SHARED + "import a")
    for generation in range(2, 7):
        project.write({"a.py": f"import time\nX = {generation}\n"})
        outcome = run(project, """
            barrier, seen = threading.Barrier(8), []
            def use():
                barrier.wait(20)
                from a import X
                seen.append(X)
            finish(*[start(use) for _ in range(8)])
        """)  # fmt: skip
        assert outcome.executed == ["a"]
        assert project.value("seen") == [generation] * 8


# Each gives two values that one execution of one module has made.
SPELLINGS = {
    "import": "import a; seen = a.X, a.Y",
    "from": "from a import X, Y; seen = X, Y",
    "as": "import pkg.sub as s; seen = s.X, s.Y",
    "dotted": "import pkg.sub; seen = pkg.sub.X, pkg.sub.Y",
    "from package": "from pkg import sub; seen = sub.X, sub.Y",
    "star": "from a import *; seen = X, Y",
    "import_module": "m = __import__('importlib').import_module('pkg.sub'); seen = m.X, m.Y",
    "__import__": "m = __import__('a'); seen = m.X, m.Y",
    "first import": "import importlib; m = importlib.import_module(f'new_{number}'); seen = m.X, m.Y",
}
CROWD = f"""
sys.setswitchinterval(1e-6)
codes = [compile(text, "<stdin>", "exec") for text in {list(SPELLINGS.values())!r}]
def crowd(size):
    barrier, results = threading.Barrier(size), [None] * size
    def use(number):
        names = {{"number": number % 9}}
        code = codes[number % len(codes)]
        barrier.wait({DEADLINE})
        for _ in range(3):
            exec(code, names)
        results[number] = names["seen"]
    finish(*[start(lambda number=number: use(number)) for number in range(size)])
    return results
"""


def generation(n):
    files = {
        "b.py": f"X = {n}\nclass C:\n    def x(self): return {n}\n",
        "a.py": f"import b\nX = {n}\nfrom pkg import sub\nY = sub.X\n",
        "pkg/__init__.py": "",
        "pkg/sub.py": f"X = {n}\nimport b\nY = b.X\n",
    }
    return files | {f"new_{i}.py": f"X = {n}\nfrom a import X as Y\n" for i in range(9)}


@pytest.mark.parametrize("size", [20, 50])
def test_a_crowd(project, size):
    """Whatever way many threads ask at once for what is stale: all get the new modules, whole, and no one hangs."""
    project.write(generation(1) | {"other.py": "X = 1\n"})
    project.run(SHARED + CROWD + "import a, pkg.sub, other; held = a.b.C()")
    project.write({"other.py": "X = 2\n"})
    project.run("import other")  # what a first refresh loads would hold the crowd up
    for n in range(2, 6):
        project.write(generation(n))
        executed = project.run(f"results = crowd({size})").executed
        assert project.value("set(results), held.x()") == ({(n, n)}, n)
        assert [executed.count(name) for name in ("a", "b", "pkg.sub")] == [1, 1, 1]


def test_edits_under_a_crowd(project):
    """Threads that import all the time while others refresh what they import find there all that they ask for."""
    project.write(generation(1))
    project.run(SHARED + CROWD + "import os, a, pkg.sub")
    run(project, f"""
        done = threading.Event()
        def use(code):
            while not done.is_set():
                exec(code, {{}})
        names = ("from", "from package", "star")
        texts = [{SPELLINGS!r}[name].partition(";")[0] for name in names]
        codes = [compile(text, "<stdin>", "exec") for text in texts]
        threads = [start(lambda code=code: use(code)) for code in codes * 5]
        for n in range(2, 12):
            for file in (a.b.__file__, pkg.sub.__file__, a.__file__):
                with open(file) as old:
                    text = old.read().replace(f"X = {{n - 1}}", f"X = {{n}}")
                with open(file + "~", "w") as new:
                    new.write(text)
                os.replace(file + "~", file)
            import a, pkg.sub
        done.set()
        finish(*threads)
        import a, pkg.sub
        assert (a.X, a.Y, pkg.sub.X) == (11, 11, 11)
    """)  # fmt: skip


def test_failure_while_others_wait(project):
    """A refresh that fails in one thread leaves a thread that waited for it the last good state, or the same error."""
    project.write({"a.py": "X = 1\n"})
    project.run(SHARED + "import a")
    project.write({"a.py": "import shared\nX = 2\nshared.wait()\n1 / 0\n"})
    run(project, """
        seen = []
        def use():
            try:
                from a import X
                seen.append(X)
            except ZeroDivisionError as error:
                seen.append(type(error).__name__)
        one = start(use)
        assert shared.running.wait(20)
        two = start(use)
        two.join(0.05)
        shared.go.set()
        finish(one, two)
    """)  # fmt: skip
    seen = project.value("seen")
    assert "ZeroDivisionError" in seen
    assert set(seen) <= {"ZeroDivisionError", 1}
    assert project.value("a.X") == 1
    project.write({"a.py": "X = 3\n"})
    project.step("import a", ["a"])


@pytest.mark.parametrize("before", ["", "import b\n"], ids=["not yet", "just executed"])
@pytest.mark.parametrize("b", ["Y = 1\n", "Y = 2\n"], ids=["fresh", "stale"])
def test_module_that_waits_for_a_thread_that_imports(project, before, b):
    """A module that, while executed again, waits for a thread that imports another module does not hang."""
    project.write({"a.py": "import b\nX = 1\n", "b.py": "Y = 1\n"})
    project.run(SHARED + "import a")
    project.write({"b.py": b, "a.py": before + "import threading\n"
                   "def use():\n    global X\n    import b\n    X = b.Y\n"
                   "t = threading.Thread(target=use)\nt.start()\nt.join(20)\n"
                   "assert not t.is_alive()\ndel t\n"})  # fmt: skip
    assert project.run("import a", "a.X").value == int(b[-2])


def test_uninstall_while_another_thread_refreshes(project):
    """uninstall() waits for a refresh to end."""
    project.write({"a.py": "X = 1\n"})
    project.run(SHARED + "import a")
    project.write({"a.py": "import shared\nshared.wait()\nX = 2\n"})
    run(project, """
        def refresh():
            import a
        one = start(refresh)
        assert shared.running.wait(20)
        two = start(livereload.uninstall)
        two.join(0.05)
        shared.go.set()
        finish(one, two)
    """)  # fmt: skip
    assert project.value("(a.X, livereload.status().installed)") == (2, False)


CHILD = """
import os
def in_child(body):
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            body()
            status = 0
        except BaseException as error:
            shared.log.append(repr(error))
            os.write(2, repr(error).encode() + b"\\n")
        os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
"""
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")


@needs_fork
def test_forked_child_refreshes_for_itself(project):
    """A forked child refreshes what it imports, and the parent what it imports."""
    project.write({"a.py": "X = 1\n"})
    project.run(SHARED + CHILD + "import a")
    project.write({"a.py": "X = 2\n"})
    run(
        project,
        """
        def body():
            from a import X
            assert X == 2
        code = in_child(body)
    """,
    )
    assert project.value("(code, a.X)") == (0, 1)
    project.step("import a", ["a"])


@needs_fork
def test_fork_while_a_module_is_executed_again(project):
    """A module may fork while it is executed again; both processes go on."""
    project.write({"a.py": "import b\nX = b.X\n", "b.py": "X = 1\n"})
    project.run(SHARED + CHILD + "import a")
    project.write({"b.py": "import __main__\ndef body():\n    import json.tool, a\n"
                           "code = __main__.in_child(body)\nX = 2\n"})  # fmt: skip
    project.run("in_child_before = in_child")
    assert project.run("import a", "(a.X, a.b.code)").value == (2, 0)
    project.write({"b.py": "X = 3\n"})
    project.step("import a", ["a", "b"])


@needs_fork
def test_fork_while_another_thread_refreshes(project):
    """A child forked in the middle of another thread's refresh has the state from before, and can import."""
    project.write({"a.py": "import b\nX = b.X\n", "b.py": "X = 1\n", "c.py": "X = 1\n"})
    project.run(SHARED + CHILD + "import a, c")
    project.write({"b.py": "import shared\nif not shared.go.is_set():\n    shared.wait()\nX = 2\n", "c.py": "X = 2\n"})
    run(project, """
        def refresh():
            import a
        def body():
            assert (a.X, a.b.X) == (1, 1), (a.X, a.b.X)
            shared.go.set()
            import c
            assert c.X == 2
            from a import X
            assert X == 2, X
        one = start(refresh)
        assert shared.running.wait(20)
        code = in_child(body)
        shared.go.set()
        finish(one)
    """)  # fmt: skip
    assert project.value("(code, a.X)") == (0, 2)


def test_threads_that_change_what_modules_hold(project):
    """Threads go on changing containers, instances, classes and namespaces while these are looked through."""
    project.write({"hub.py": "DATA, LIST, SET = {}, [], set()\nclass Base: pass\nbase = Base()\n"})
    project.write({"a.py": "import hub\nX = 1\nhub.LIST.append(1)\nhub.DATA['a'] = hub.LIST\n"})
    project.run(SHARED + "import a, hub; sys.setswitchinterval(1e-6)")
    run(project, """
        done = threading.Event()
        def change():
            number = 0
            while not done.is_set():
                number += 1
                for table in (hub.DATA, vars(hub), vars(hub.base)):
                    table[f"n{number % 99}"] = [number]
                    table.pop(f"n{(number + 50) % 99}", None)
                hub.SET.add(number)
                hub.SET.discard(number - 50)
                hub.LIST.append((number, hub))
                del hub.LIST[-50:-49]
                setattr(hub.Base, f"n{number % 99}", number)
                if number > 99:
                    delattr(hub.Base, f"n{(number + 1) % 99}")
                    setattr(hub.Base, f"n{(number + 1) % 99}", number)
        thread = start(change)
        for n in range(2, 32):
            with open(a.__file__, "w") as file:
                file.write(f"import hub\\nX = {n}\\nhub.LIST.append({n})\\nhub.DATA['a'] = hub.LIST\\n")
            import a
            assert a.X == n
        done.set()
        finish(thread)
    """)  # fmt: skip


def test_tasks(project):
    """Tasks of one event loop that import, each at its own pace, all get the new modules, executed once."""
    project.write(generation(1))
    run(
        project,
        """
        import asyncio, a
        async def use(number):
            for _ in range(number % 3):
                await asyncio.sleep(0)
            import pkg.sub
            await asyncio.sleep(0)
            from a import X, Y
            return X, Y, pkg.sub.X, pkg.sub.Y
        async def all_of_them():
            return await asyncio.gather(*[use(number) for number in range(12)])
    """,
    )
    for n in range(2, 5):
        project.write(generation(n))
        outcome = project.run("results = asyncio.run(all_of_them())")
        assert sorted(outcome.executed) == ["a", "b", "pkg.sub"]
        assert project.value("set(results)") == {(n, n, n, n)}


SUB_INTERPRETER = """
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
other = interpreters.create()
def elsewhere(code):
    error = interpreters.run_string(other, code)
    assert error is None, error
"""


def test_sub_interpreter(project):
    """A sub-interpreter refreshes what it imports, and the main one what that imports."""
    project.write({"a.py": "X = 1\n"})
    project.run(SUB_INTERPRETER + "import a")
    start = f"import sys; sys.path[:0] = {[project.root, SRC]!r}; import livereload; livereload.install(); import a"
    project.run(f"elsewhere({start!r}); elsewhere('held = a; assert a.X == 1')")
    project.write({"a.py": "X = 2\n"})
    project.run("elsewhere('from a import X; assert X == held.X == 2')")
    assert project.value("a.X") == 1
    project.step("import a", ["a"])
    project.write({"a.py": "X = 3\n"})
    project.step("import a", ["a"])
    project.run("elsewhere('assert held.X == 2; import a; assert held.X == 3'); interpreters.destroy(other)")


def test_interrupt_at_every_line(project):
    """An interrupt at any line of the modules leaves the last good state; the next import brings the new one."""
    lines = "import b\nX = b.X\nclass C:\n    a = 1\n    b = 2\nY = 1\n"
    project.write({"a.py": lines, "b.py": "X = 1\nZ = 1\n"})
    project.step("import a", ["a", "b"])
    project.write({"a.py": lines.replace("Y = 1", "Y = 2"), "b.py": "X = 2\nZ = 2\n"})
    code = f"""
        import sys
        root, states = {project.root!r}, []
        for at in range(1, 100):
            count = 0
            def trace(frame, event, argument):
                global count
                if frame.f_code.co_filename.startswith(root):
                    count += event == "line"
                    if count == at:
                        raise KeyboardInterrupt
                return trace
            before = dict(vars(a)), dict(vars(a.b))
            sys.settrace(trace)
            try:
                import a
                break
            except KeyboardInterrupt:
                pass
            finally:
                sys.settrace(None)
            assert before == (vars(a), vars(a.b)), at
            assert sys.modules["a"] is a and sys.modules["b"] is a.b
    """
    project.run(textwrap.dedent(code))
    assert project.value("(at > 8, a.X, a.Y, a.b.Z)") == (True, 2, 2, 2)
    project.step("import a", [])


def test_first_import_in_another_thread_while_one_plans(project):
    """What another thread has begun to import since this one looked at the files is not executed a second time."""
    project.write({"a.py": "import b\n", "b.py": "X = 1\n"})
    project.run(SHARED + "import a")
    project.run("del sys.modules['a'], sys.modules['b']; import b")
    outcome = run(project, """
        import livereload.imports.threads
        livereload.imports.threads.PATIENCE_S = 0  # the other thread does not wait for this one's refresh
        survey = livereload.imports.hooks.installed.survey
        plan = survey.plan
        def plan_and_let_another_go_on(names, **further):
            found = plan(names, **further)
            if "a" in names:
                survey.plan = plan
                finish(start(lambda: __import__("a")))
            return found
        survey.plan = plan_and_let_another_go_on
        import a
        assert survey.plan is plan, "nothing was planned"
    """)  # fmt: skip
    assert outcome.executed == ["a"]
