"""What a live session holds, and what of it has stayed behind.  Executed in the session's `__main__`."""

import re as _re
import sys as _sys
import warnings as _warnings
from enum import EnumMeta as _EnumMeta
from types import FunctionType as _Function
from types import ModuleType as _Module

_held = []  # [(module, attribute, shape, object, instance or None)]
_warned = []
_warnings.simplefilter("always")
_warnings.showwarning = lambda message, *_: _warned.append(str(message))


def claims(modules):
    """What is to be claimed of the session; `behind` of these modules."""
    return {"identities": _identities(), "warned": _warned, "behind": _behind(modules)}


def _identities():
    """{"a": (which module object, which namespace)}: what stays the same as long as the module is there."""
    found = {}
    for name, module in list(_sys.modules.items()):
        if type(module) is _Module:
            found[name] = (id(module), id(_Module.__dict__["__dict__"].__get__(module)))
    return found


def hold(module, attribute):
    """Keep what a module has by this name, and an instance of it if it is a class."""
    value = _sys.modules[module].__dict__.get(attribute) if module in _sys.modules else None
    shape = _shape(module, value)
    if shape is None:
        return
    instance = None
    if shape[0] == "enum":
        instance = list(value)
    elif shape[0] == "class":
        try:
            instance = value()
        except Exception:  # abstract, or with arguments; or a default is computed from what cannot be imported
            return
    _held.append((module, attribute, shape, value, instance))


def forget_held():
    """Nothing that is held has to follow any longer."""
    _held.clear()


def _behind(modules):
    """[("a.f", what is wrong)] for each of these modules that has a thing like the held one."""
    found = []
    for module, attribute, shape, value, instance in _held:
        if module not in modules:
            continue
        now = _sys.modules[module].__dict__.get(attribute)
        if _shape(module, now) != shape:
            continue
        wrong = _FOLLOWS[shape[0]](value, now, instance)
        if wrong:
            found.append((f"{module}.{attribute}", wrong))
    return found


def _shape(module, value):
    """What has to agree before a held thing has to follow; None if it never has to."""
    if type(value) is _Function and value.__globals__ is _sys.modules[module].__dict__ and not value.__closure__:
        code = value.__code__
        return ("function", code.co_qualname, value.__qualname__)
    if not isinstance(value, type) or value.__module__ != module:
        return None
    if type(value) is type:
        return ("class", value.__qualname__)
    if type(value) is _EnumMeta:
        return ("enum", value.__qualname__)
    if type(value).__module__ == module:
        return ("class", value.__qualname__, type(value).__qualname__)
    return None


def _outcome(call):
    try:
        text = repr(call())
    except Exception as error:
        text = repr(error)
    return _re.sub("0x[0-9a-f]+", "0x", text)


def _function_follows(value, now, _):
    was, wanted = _outcome(value), _outcome(now)
    return "" if was == wanted else f"returns {was}, not {wanted}"


def _class_follows(value, now, instance):
    if value is not now:
        return "another class"
    if type(instance) is not now:
        return "instance of another class"
    if not hasattr(now, "m"):
        return ""
    was, wanted = _outcome(instance.m), _outcome(lambda: now().m())
    return "" if was == wanted else f"m returns {was}, not {wanted}"


def _enum_follows(value, now, members):
    if value is not now:
        return "another enumeration"
    for member in members:
        other = now.__members__.get(member.name)
        if other is not None and other.value == member.value and other is not member:
            return f"another member {member.name}"
    return ""


_FOLLOWS = {"function": _function_follows, "class": _class_follows, "enum": _enum_follows}
