"""Questions that are asked often.

This module has no functions.  `help("livereload.faq")` shows this text.


Does it run my side effects again?
==================================

Not if you edit functions or methods: the functions get new code, and nothing is executed.  A statement that only binds
a name is executed alone.  If you edit any other statement, the module is executed again, with all that it does.  So is
a module that used something that has changed, such as a constant, while it was executed.  `livereload.last()` names
the modules that were executed.  Write `__livereload__ = False` into a module whose code must run only once, or put that
code into a function.


What happens to the state of a module?
======================================

It stays as long as the module is not executed again.  A module that is executed starts from an empty namespace.  It
keeps a value that it asks for, in one of the forms that the documentation of `importlib.reload` names:

    try:
        cache
    except NameError:
        cache = {}

    if "cache" not in globals():
        cache = {}

    cache = globals().get("cache", {})

`__livereload_dispose__()`, if a module defines it, is called before the module is executed again, and only if all new
sources compile.


And to my objects?
==================

A module and its namespace are the same objects before and after.  A class is the same object wherever Python allows
it, so `isinstance`, `except`, `pickle` and subclasses go on working.  Instances have the new methods and keep their
attributes.  A function that is held (a callback, a bound method, a partial, an entry of a registry) runs the new code.
Objects are matched by what defined them: after an edit from `f = foo` to `f = bar`, `foo` is still `foo`.


IPython and Jupyter?
====================

`%load_ext livereload` brings everything up to date before each cell and shows what it did.  `%livereload` shows the
status; `%livereload?` its options.  `LIVERELOAD=1` makes repeated imports in cells follow the files, and
`LIVERELOAD=prompt` refreshes before each cell without showing what was done.  IPython's autoreload can stay
loaded; it is not needed.


VS Code and PyCharm?
====================

Install livereload into the environment that the editor uses, and call `python -m livereload enable --prompt` there.
Then VS Code's Python prompt and notebooks and PyCharm's console have it from their next start on.  The prompts of
debuggers are left alone.  (The tests imitate both consoles; livereload was not tried in the editors themselves.)


pdb and other debuggers?
========================

Breakpoints move with their lines.  On Python 3.13, pdb may say "file was edited, running stale code" of code that is
up to date: it compares times.  At an import, pdb's `step` leads into livereload, as it does into importlib at a first
import: use `next`.  While pdb asks for a command, only an import typed there refreshes, also in prompt mode.


pytest?
=======

You need nothing: pytest starts a new process, and works with livereload on (`LIVERELOAD=all`) as well.  A session that
calls `pytest.main()` again tests the new code.


Flask, FastAPI, Django?
=======================

See `help("livereload.middleware")`, and the section *Servers* of the README.  With `flask run`, write
`app.wsgi_app = wsgi(app.wsgi_app)` below the line that makes `app`.  Edited views then serve the next request.  For new
routes, name the application, as in `wsgi("shop.web:app")`.  Switch off the server's own reloader: it restarts the
process.


Production?
===========

No.  A refresh can execute modules again, and a request that runs meanwhile can see two versions.  `LIVERELOAD=0` in the
environment makes sure that nobody switches livereload on by `enable` or a variable.


Is the `.pth` file safe?
========================

The installed `livereload-imports.pth` holds one line of code that Python runs at each start.  If the variable
`LIVERELOAD` is not set, the line does nothing.  If it is set, it imports the module `_livereload_imports` from the same
folder; that name is only ours, and modules in the current folder are not asked.  `enable` writes a second file,
`livereload-enabled.pth`, and `disable` removes it.  Uninstalling the package leaves that file behind; it then does
nothing.  `python -S` reads neither file.


What about the other package `livereload`?
==========================================

The project `livereload` on the Python Package Index is a web development server.  Its package has the same name, so the
two cannot share an environment.  If both are installed, livereload does not switch itself on, and
`python -m livereload status` says so: uninstall the other one, then install livereload-imports again.


How do I leave a module alone? How do I add one?
================================================

`install(exclude=["shop.settings"])` or `LIVERELOAD_EXCLUDE=shop.settings` leaves a module alone, with all below it;
`include` and `LIVERELOAD_INCLUDE` add installed packages; `exclude` wins.  A module can say `__livereload__ = False`.


What does it cost?
==================

A module that is not tracked costs nothing.  A repeated import of a tracked module costs microseconds, plus a look at
each file behind it, or one question to Linux for all of them.  `benchmarks/README.md` has the figures.
"""
