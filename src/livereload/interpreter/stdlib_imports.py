"""livereload's own imports: the standard library's modules, whatever lies on the search path.

Knows importlib's finders.  Must not know what is tracked.
"""

import _thread
import importlib
import os
import sys
from importlib.machinery import BuiltinImporter, FrozenImporter, PathFinder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from typing import Any

# `importlib._bootstrap`; typeshed does not have its private names.
bootstrap: "Any" = importlib._bootstrap

_STANDARD = os.path.dirname(os.__file__)


class _NarrowSearch(_thread._local):
    """Within this context, a thread that imports the name of a standard module gets the standard module."""

    is_on = False

    def __enter__(self) -> None:
        self.is_on = True

    def __exit__(self, *_: object) -> None:
        self.is_on = False


narrow_search = _NarrowSearch()


def standard(name: str) -> "Any":
    """The module `name` of the standard library; ImportError if it cannot be imported beside another of its name.

    A file of such a name in the current folder, or beside a script, is not executed because of livereload.
    """
    module = sys.modules.get(name)
    spec = find_standard(name) if module is None else getattr(module, "__spec__", None)
    usual = bootstrap._find_spec(name, None) if module is None else spec
    with narrow_search:
        if spec is not None and usual is not None and spec.origin == usual.origin and _is_standard(spec.origin):
            return importlib.import_module(name)
        spec = find_standard(name)
        if spec is None or spec.submodule_search_locations is not None or spec.loader is None:
            raise ImportError(f"{name!r} is not the standard library's", name=name)
        module = bootstrap.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module


def is_loaded(name: str) -> bool:
    """True if the program has imported the module `name` of the standard library, to its end."""
    spec = getattr(sys.modules.get(name), "__spec__", None)
    return spec is not None and _is_standard(spec.origin) and not getattr(spec, "_initializing", False)


def find_standard(name: str) -> "ModuleSpec | None":
    """The spec of a module of the standard library, whatever is on the search path; None if there is none."""
    for finder in (BuiltinImporter, FrozenImporter):
        spec = finder.find_spec(name)
        if spec is not None:
            return spec
    return PathFinder.find_spec(name, [_STANDARD, *(each for each in sys.path if each.endswith("lib-dynload"))])


def _is_standard(origin: str | None) -> bool:
    return origin in ("built-in", "frozen") or (origin or "").startswith(_STANDARD + os.sep)
