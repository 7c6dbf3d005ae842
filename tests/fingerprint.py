"""What a session would observe of the modules below a folder, as plain data.

Two interpreters whose fingerprints are equal hold the same names, functions (by code), classes (by
members and bases) and plain values.  Runs inside the interpreter that it describes.
"""

import sys
from functools import partial
from types import CodeType, FunctionType, MethodType, ModuleType

# What the interpreter keeps for itself in a namespace, or what differs from one process to the next.
_SKIPPED = {
    *("__builtins__", "__cached__", "__spec__", "__loader__", "__warningregistry__", "__dict__", "__weakref__"),
    *("__annotate__", "__annotate_func__", "__annotations_cache__", "__conditional_annotations__", "_abc_impl"),
}
# What makes up objects of these types.
_PARTS = {
    staticmethod: ("__func__",),
    classmethod: ("__func__",),
    property: ("fget", "fset", "fdel"),
    MethodType: ("__self__", "__func__"),
    partial: ("func", "args", "keywords"),
}
_namespace_of = ModuleType.__dict__["__dict__"].__get__


def fingerprint(root):
    """{module name: {name: description}} of every module in `sys.modules` that lies below `root`."""
    found = {}
    for name, module in sorted(sys.modules.items()):
        if type(module) is not ModuleType:  # lazy modules are loaded by a look at them
            continue
        namespace = _namespace_of(module)
        if any(place.startswith(root) for place in _places(namespace)):
            found[name] = _describe_namespace(name, namespace, root)
    return found


def _places(namespace):
    file = namespace.get("__file__")
    if isinstance(file, str):
        return [file]
    try:
        return [str(place) for place in namespace.get("__path__") or ()]
    except (KeyError, ImportError, AttributeError):  # a namespace package whose parent is gone, or a module now
        return []


def _describe_namespace(name, namespace, root):
    described = {
        key: describe(value, root)
        for key, value in list(namespace.items())
        # Which submodules are bound depends on who else has imported them.
        if key not in _SKIPPED and not (isinstance(value, ModuleType) and sys.modules.get(f"{name}.{key}") is value)
    }
    spec = namespace["__spec__"]
    described["__spec__"] = (spec.name, spec.origin, spec.has_location, spec.parent)
    described["__path__"] = [str(place) for place in namespace.get("__path__") or ()]
    return described


def describe(value, root, seen=()):
    """`value` as plain data: equal for what one source makes in two interpreters."""
    if id(value) in seen or len(seen) > 6:
        return "…"
    seen = (*seen, id(value))
    cls = type(value)
    if cls in (bool, int, float, complex, str, bytes, type(None), type(...)):
        return repr(value)
    if cls in (list, tuple, set, frozenset, dict):
        return _describe_container(value, root, seen)
    if cls is ModuleType:
        return f"module {value.__name__}"
    if cls is FunctionType:
        return _describe_function(value, root, seen)
    if isinstance(value, type):
        return _describe_class(value, root, seen)
    if cls in _PARTS:
        return (cls.__name__, [describe(getattr(value, part), root, seen) for part in _PARTS[cls]])
    return (f"instance of {_name(cls)}", _attributes(value, root, seen))


def _attributes(value, root, seen):
    """What an instance of a class of the project holds."""
    try:
        if hasattr(value, "__wrapped__"):
            return describe(value.__wrapped__, root, seen)
        if not _is_ours(type(value), root):
            return None
        attributes = getattr(value, "__dict__", {})
    except Exception as error:  # its own __getattr__
        return f"raises {type(error).__name__}"
    return {key: describe(each, root, seen) for key, each in sorted(attributes.items()) if key not in _SKIPPED}


def _is_ours(cls, root):
    """True for a class of a module below `root`, or of one that is gone as its import failed."""
    home = sys.modules.get(cls.__module__)
    return home is None or (
        type(home) is ModuleType and any(place.startswith(root) for place in _places(_namespace_of(home)))
    )


def _describe_container(value, root, seen):
    cls = type(value)
    if cls is dict:
        return ("dict", [(describe(key, root, seen), describe(each, root, seen)) for key, each in value.items()])
    each = [describe(each, root, seen) for each in value]
    return (cls.__name__, each if cls in (list, tuple) else sorted(map(repr, each)))


def _describe_function(function, root, seen):
    cells = []
    for cell in function.__closure__ or ():
        try:
            cells.append(describe(cell.cell_contents, root, seen))
        except ValueError:
            cells.append("empty")
    attributes = {key: describe(each, root, seen) for key, each in function.__dict__.items()}
    defaults = describe([function.__defaults__, function.__kwdefaults__], root, seen)
    home = function.__globals__.get("__name__")
    if home in sys.modules and function.__globals__ is not _namespace_of(sys.modules[home]):
        home = f"no longer {home}"
    return ("function", _name(function), describe_code(function.__code__), defaults, cells, attributes, home)


def _describe_class(cls, root, seen):
    head = ("class", _name(cls), _name(type(cls)), [_name(base) for base in cls.__bases__])
    if not _is_ours(cls, root):
        return head
    members = type.__dict__["__dict__"].__get__(cls)
    skipped = _SKIPPED if members.get("__annotations__") else {*_SKIPPED, "__annotations__"}
    return (*head, {key: describe(each, root, seen) for key, each in sorted(members.items()) if key not in skipped})


def describe_code(code):
    """What a code object does and where it says it stands."""
    constants = [describe_code(each) if type(each) is CodeType else _describe_constant(each) for each in code.co_consts]
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    return (code.co_name, code.co_filename, list(code.co_positions()), code.co_code, names, constants)


def _describe_constant(value):
    """Its `repr`; that of a set without its order, which is another one once it has been in bytecode."""
    return sorted(map(repr, value)) if type(value) is frozenset else repr(value)


def _name(thing):
    return f"{thing.__module__}.{thing.__qualname__}"
