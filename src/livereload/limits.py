"""The limits of livereload.

This module has no functions.  `help("livereload.limits")` shows this text.

The words: a *tracked* module is one that livereload answers for.  A module is *updated* if some of its statements are
brought up to date in place, and *executed* if its whole code runs again, from an empty namespace.  A *refresh* is all
that one import statement causes.  An object is *held* if something outside of its module refers to it.


State
=====

- What is done stays done.  An edit of a function does not undo what the function has counted, stored or started.
  `install(whole=True)` or `LIVERELOAD_WHOLE=1` executes each changed module as a whole, so that its state starts over.
- A module that is executed starts over, and repeats its effects: it opens the file, starts the thread, connects to the
  server.  Write `__livereload__ = False` into a module whose code must run only once.
- The attributes of an instance are its own.  If `__init__` sets one attribute more, existing instances do not have it.
  A `functools.cached_property` that has been computed keeps its value.
- A call that is running ends in the old code, and so does a generator that has been started.  Local variables of
  running functions keep what they hold.


What is not watched
===================

- Data files and folders that a module has read before `install()`, or in other ways than by `open`, `os.listdir`,
  `os.scandir` and what calls these: databases, files that a library in C opens.  Variables of the environment that the
  session has changed.  After such a change, edit the module or call `importlib.reload()`.
- Modules that are not tracked: the standard library, what lies below a `site-packages` or `dist-packages` folder,
  extension modules, `.pyc` files without a source, modules in zip files, frozen modules, `__main__`.  `include` adds
  installed packages that have source files.
- An import statement brings up to date what it names and what that imports.  Other modules wait for their own next
  import, or for `livereload.refresh()`.
- An import inside a function is a statement of its own.  It takes effect when the function runs.
- While a tracked module is executed for the first time, imports in the same thread refresh nothing.  So a module whose
  top level runs for long, such as a server or a loop, belongs into a function, or is run as `__main__`.
- If a module was imported before `install()`, its import statements tell what it depends on.  What it imported by
  `importlib.import_module()` is not known until it is executed again.
- A lazy import (Python 3.15) is followed once it has been used.


Functions
=========

- What installed code has computed stays.  If a library called your function while your module was executed, and keeps
  the function as well, the function gets the new code, and the call is not repeated.  If the library only called it,
  the module is executed again.
- What an installed library remembers of your classes in a cache of its own stays.  The `functools.lru_cache` of a
  tracked function is emptied if what the function used has changed.
- A held function whose variables cannot be kept calls the new function, for instance if a decorator was added.  It
  shows as one frame more in tracebacks.
- A closure keeps its variables.  If the new code needs a variable that the closure does not have, it keeps the old
  code.
- A held `functools.partial` keeps its arguments.
- A function or class that was moved to another module is not followed there.


Classes
=======

Python does not let every class be kept as the same object.  The exceptions:

- its `__slots__` have changed;
- it went from the metaclass `type` to another one;
- its metaclass is written in C, as with `ctypes`, msgspec and PySide, and its class statement is executed again;
- it went from no base class to one, or back.

Then the new class takes the name, and references and instances move to it where their layout allows.  An instance that
cannot move goes on with the new methods and the old class: `isinstance(instance, TheClass)` is false.  A
`LiveReloadWarning` at the import statement says so.

An enum member whose value has changed is a new object.


Registries and other modules
============================

- Before a module is executed, what it put into containers and attributes of other modules is taken back: functions,
  classes, instances and plain data.  This holds for registries of installed packages as well, as far as what they keep
  leads to the definitions of the module.
- Where it does not, a library may keep the old registration, refuse the new one, or warn. Functions that it keeps
  follow all the same. Seen after edits of the registration itself: Django (a URL, a field of a model), Celery (options
  of a `shared_task`), Dash (one more callback), discord.py (one more command in a cog), pandas (an accessor renamed),
  matplotlib (a colormap), zope.interface (an interface) and pydantic (a generic model `Page[User]` after a field was
  added to another model). Restart after such an edit.
- A module that computed something from a registry is executed again after one that registers there, also if it does
  not import that.  It then finds there what modules that come later have registered before.
- A callback of `atexit` is taken back if it is a function of the module.  A callback of another module, such as
  `atexit.register(print, "bye")`, is registered twice.
- Effects that leave no entry, such as a request to a server, happen again.
- A class statement in a loop at module level fills the classes that are held, in their order.


Order, cycles and threads
=========================

- What a module sees of another in a cycle of imports depends on which is imported first.  livereload keeps the order
  of the session, which may differ from that of a fresh interpreter.  If one module of a cycle has to be executed, more
  of the cycle may be.
- A thread that runs a function of a module while another thread executes that module can meet a name that is not there
  yet.  `livereload.middleware` keeps requests of a server and refreshes apart.
- A thread that imports waits for the refresh of another thread, a second at the most.
- A file that is missing is looked for again, up to a tenth of a second, as an editor may be saving it.
- During a refresh, `builtins.__build_class__` is livereload's, and so is one class between `type` and the metaclasses
  that derive from it.


Systems
=======

- CPython 3.11 to 3.15 only.  `install()` raises `UnsupportedInterpreterError` where the interpreter does not ask
  livereload.
- All tests were run on Linux.  For Windows and macOS there are tests with the answers that these systems would give;
  nothing was run there.
- Where imports are frequent, Linux tells whether a file has changed.  On other systems, and on network and FUSE file
  systems, a program that imports in a loop looks at the module that it names each time, and trusts the other modules
  for up to 50 ms after a look.  What is typed at a prompt always looks at everything.
"""
