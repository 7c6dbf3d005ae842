"""Submodules that are in `sys.modules` while their package is being executed again and has not bound them.

Knows namespaces of packages.  Must not know why a package is executed.

In a fresh interpreter a submodule becomes an attribute of its package when it is first imported
(`_bootstrap._find_and_load_unlocked`).  Of a package that is executed again the submodules are there already.  So
the binding is made when the import system asks for the submodule, and for the rest when the package has been executed.
"""

import sys

from ..identity.object_model import namespace_of
from ..modules.file_changes import Survey
from ..modules.state import State


def expect_submodules(state: State, name: str) -> None:
    """The package `name` starts without its submodules, those that are in `sys.modules` included.

    Only tracked modules ask when they are imported; others are bound at once.
    """
    transaction = state.transaction
    taken = None if transaction is None else transaction.taken.get(name)
    for child, module in sys.modules.copy().items():
        parent, _, tail = child.rpartition(".")
        if parent != name:
            continue
        if taken is None or (child in state.records and namespace_of(module) is not None):
            state.unbound.add(child)
        elif taken.contents.get(tail) is module:
            taken.namespace[tail] = module


def bind(state: State, name: str) -> None:
    """Bind a submodule in its package, as the import system does when it has loaded it."""
    parent, _, tail = name.rpartition(".")
    namespace = namespace_of(sys.modules.get(parent))
    if namespace is not None and name in sys.modules:
        namespace[tail] = sys.modules[name]
    state.unbound.discard(name)


def bind_submodules(state: State, survey: Survey, name: str) -> None:
    """The package `name` has been executed: bind the submodules that its code left unbound."""
    unbound = state.unbound
    for child in [child for child in unbound if child.rpartition(".")[0] == name]:
        namespace = namespace_of(sys.modules.get(name)) or {}
        if child.rpartition(".")[2] in namespace or survey.plan((child,)):
            unbound.discard(child)
        else:
            bind(state, child)
