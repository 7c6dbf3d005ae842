"""Which classes of the modules below a folder live twice: after mypy's `mergecheck`.

Runs inside the interpreter that it describes.
"""

import gc
import sys
from functools import _lru_cache_wrapper as _Cache
from types import FrameType, ModuleType

_namespace_of = ModuleType.__dict__["__dict__"].__get__
_members_of = type.__dict__["__dict__"].__get__
_qualname_of = type.__dict__["__qualname__"].__get__


def classes_in_two_generations(tracked):
    """["shop.Cart"]: the names of which `tracked` modules can reach two classes, weak references aside.

    The way never leads through the namespace of another module, nor through livereload, which a module's loader
    knows, and which knows what is left of modules that failed, nor through caches of the standard library: `typing`
    keeps there what failed to be imported.  Classes made in functions are as many as there were calls.
    """
    strangers = {
        id(_namespace_of(module)) for module in list(sys.modules.values()) if issubclass(type(module), ModuleType)
    }
    waiting = [_namespace_of(sys.modules[name]) for name in tracked]
    strangers -= {id(namespace) for namespace in waiting}
    seen = set(strangers)
    found = {}
    while waiting:
        value = waiting.pop()
        kind = type(value)
        if (
            id(value) in seen
            or kind is FrameType
            or str(_members_of(kind).get("__module__")).startswith("livereload.")
            or (kind is _Cache and getattr(value, "__module__", None) not in tracked)
            or (issubclass(kind, ModuleType) and id(_namespace_of(value)) in strangers)
        ):
            continue
        seen.add(id(value))
        if issubclass(kind, type) and _members_of(value).get("__module__") in tracked:
            name = f"{_members_of(value)['__module__']}.{_qualname_of(value)}"
            if "<locals>" not in name:
                found.setdefault(name, []).append(value)
        waiting += gc.get_referents(value)
    return sorted(name for name, classes in found.items() if len(classes) > 1)
