"""My edit is not followed: a path of questions.

This module has no functions.  `help("livereload.troubleshooting")` shows this text.  Stop at the first question whose
answer is no.  In the examples, you have edited `shop/money.py`, and `shop/cart.py` imports it:

    >>> from shop.cart import total


1. Is livereload on?
====================

    >>> livereload.status().installed
    True

If not: call `livereload.install()`, or ask `python -m livereload status` in a shell why it is off.  It names the
variables, the files that switch livereload on, and whether another package `livereload` is in the way.


2. Is the module tracked?
=========================

Ask for the module that you have edited:

    >>> livereload.explain("shop.money")
    shop.money is tracked: a source file of yours
      file         shop/money.py
      state        fresh
      imported by  shop.cart

Of a module that is not tracked, it says why:

    >>> livereload.explain("json").why
    'it belongs to the standard library, and is not in `include`'

- *It is installed*: name it in `install(include=[...])`.
- *It is excluded*, *it says __livereload__ = False*: somebody wants it so.
- *It has not been imported*: it will be tracked from its import on.
- *No finder knows it*: the name is not on `sys.path`.


3. Is it the file that you have edited?
=======================================

The line `file` says which file the module comes from.  An installed copy of your project (`pip install .` instead of
`pip install -e .`) is a usual surprise: it lies in `site-packages`, and is not tracked.


4. Does livereload see the edit?
================================

    >>> edit("shop/money.py", "RATE = 2", "RATE = 3")
    >>> livereload.explain("shop.money").stale
    'shop/money.py changed'

If `stale` is None, the file holds the bytes that the module was brought up to date from.  Has the editor saved?  Has a
refresh taken the edit already?  Then go on with question 7.


5. Did you import it again?
===========================

A refresh happens at an import statement, for what it names and what that imports:

    >>> from shop.cart import total

A statement that imports nothing refreshes nothing.  If you want that, say `livereload.install(prompt=True)`, in
IPython and notebooks `%load_ext livereload`, in a server `livereload.middleware`, in any code `livereload.refresh()`.


6. Did the refresh succeed?
===========================

    >>> livereload.last()
    livereload:
      updated shop.money: RATE
      executed shop.cart (uses RATE)

If the source failed, `last().error` holds the error, and everything is as it was before.  The import statement has
raised the error.  In prompt mode, in notebooks and in servers it is shown once for each save.  `status()` lists modules
with errors first.


7. Is what you look at computed again?
======================================

    >>> livereload.explain("shop.cart").last
    'executed (uses RATE)'

The line `last edit` says what the last edit did to a module: updated, executed, or kept, and why.  If a module was
*kept*, nothing that it used while it was executed has changed.  What your session has computed by itself stays:

- a variable at the prompt, such as `x = total()`, keeps its value;
- the attributes of an instance keep theirs;
- what a function has stored in a variable of its module stays, as long as the module is not executed.
  `install(whole=True)` executes each changed module as a whole;
- a database is not watched; nor is a data file that no tracked module has read while it was executed.

`help("livereload.limits")` lists all of these.


8. Still not?
=============

`importlib.reload(module)` executes one module in any case.  A fresh interpreter is always right.  If livereload gives
something else than a fresh interpreter, and `help("livereload.limits")` does not say so, that is a bug.  Please report
the two versions of the source, the import statements in their order, and what `livereload.last()` says.
"""
