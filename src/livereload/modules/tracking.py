"""Which modules are tracked: the user's own source modules.

Knows the folders of the standard library and of installed packages, and what the user included and excluded.  Must
not know whether a module has changed.
"""

import os
import sys
from importlib.machinery import SOURCE_SUFFIXES, ModuleSpec, SourceFileLoader

from ..files.stamp import stamp_at
from ..identity.object_model import is_loaded, namespace_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

# Debian's /usr/lib/python3/dist-packages is in no sysconfig path: go by the folder's name.
_LIBRARY_FOLDERS = ("site-packages", "dist-packages")
_SUFFIXES = tuple(SOURCE_SUFFIXES)
# The program itself, this project, importlib, which is asked while a module is executed, and what `site` executes once.
_NEVER = {
    **dict.fromkeys(("__main__", "__mp_main__"), "it is the program itself"),
    **dict.fromkeys(("livereload", "_livereload_imports"), "it is livereload itself"),
    **dict.fromkeys(("sitecustomize", "usercustomize"), "it is executed once, when Python starts"),
    "importlib": "it is what executes modules",
}


class Policy:
    """Decides by a module's spec; holds the names that the user included and excluded."""

    __slots__ = ("_stdlib", "exclude", "include")

    def __init__(self, include: "Iterable[str]" = (), exclude: "Iterable[str]" = ()) -> None:
        """Names of modules; each stands for the module and everything below it.  `exclude` wins.

        TypeError or ValueError, naming the argument, for anything else.
        """
        self.include = _module_names("include", include)
        self.exclude = _module_names("exclude", exclude)
        # `os` has a file in every layout, frozen or not; sysconfig would cost milliseconds.
        folders = {os.path.dirname(os.__file__), getattr(sys, "_stdlib_dir", None) or ""}
        self._stdlib = tuple(
            {os.path.normcase(folder) + os.sep for path in folders if path for folder in (path, os.path.realpath(path))}
        )

    def tracks(self, spec: ModuleSpec) -> bool:
        """True if a module with this spec is tracked."""
        return self.why_not(spec) is None

    def why_not(self, spec: ModuleSpec) -> str | None:
        """Why a module with this spec is not tracked; None if it is tracked.

        Any loader will do as long as the module comes from an existing source file.  Zip files and frozen
        applications have origins that end in `.py` and do not exist.
        """
        name = spec.name
        why = self._why_never(name)
        if why is not None:
            return why
        included = covers(self.include, name)
        if spec.origin is None or not spec.has_location:
            return self._why_not_namespace(spec, included)
        path = spec.origin
        if not path.endswith(_SUFFIXES):
            return f"it has no Python source: {path}"
        others = None if included else self._whose(path)
        if others is not None:
            return f"{others}, and is not in `include`"
        # A plain loader is made for a file only, even if that has been deleted since.
        if type(spec.loader) is SourceFileLoader or stamp_at(path) is not None:
            return None
        return f"its source is no file of its own: {path}"

    def why_not_tracked(self, name: str) -> str:
        """Why the module `name` is not tracked; only for one that is not."""
        why = self._why_never(name)
        if why is not None:
            return why
        if name not in sys.modules:
            return "it has not been imported"
        module = sys.modules[name]
        namespace = namespace_of(module)
        if namespace is None:
            return f"sys.modules[{name!r}] is no module, but of type {type(module).__name__}"
        spec = namespace.get("__spec__")
        if spec is None:
            return "it has no spec"
        other = getattr(spec, "name", None)
        if other != name:
            return f"it is another name of {other}"
        if namespace.get("__livereload__", True) is False:
            return "it says __livereload__ = False"
        if type(spec) is not ModuleSpec:
            return f"its spec is not importlib's, but of type {type(spec).__name__}"
        return self.why_not(spec) or (
            "it is new and will be tracked" if is_loaded(module) else "it is lazy and has not been used yet"
        )

    def _why_never(self, name: str) -> str | None:
        excluding = next((each for each in self.exclude if covers((each,), name)), None) if self.exclude else None
        if excluding is not None:
            return f"it is excluded, as {excluding!r} is in `exclude`"
        return _NEVER.get(name.partition(".")[0])

    def is_users(self, path: str) -> bool:
        """True if a file at this absolute path is neither the standard library's nor installed."""
        return self._whose(path) is None

    def _whose(self, path: str) -> str | None:
        """Why the file at this absolute path is not the user's; None if it is."""

        if path.startswith("<"):
            return "it comes from no file"
        path = os.path.normcase(path)  # Windows ignores case and has two separators
        if any(folder in path for folder in _LIBRARY_FOLDERS) and not set(_LIBRARY_FOLDERS).isdisjoint(
            path.split(os.sep)
        ):
            return "it is installed"
        return "it belongs to the standard library" if path.startswith(self._stdlib) else None

    def _why_not_namespace(self, spec: ModuleSpec, included: bool) -> str | None:
        if spec.origin in ("built-in", "frozen"):
            return f"it is {spec.origin}: part of the interpreter"
        is_plain = "NamespaceLoader" in type(spec.loader).__name__ or spec.loader is None
        if spec.submodule_search_locations is None or spec.origin is not None or not is_plain:
            return "it comes from no file"
        portions = list(spec.submodule_search_locations)
        if not portions:
            return "it comes from no folder"
        others = [self._whose(os.path.join(each, "")) for each in portions]
        return None if included or None in others else f"{others[0]}, and is not in `include`"


def covers(names: tuple[str, ...], name: str) -> bool:
    """True if the module `name` is one of `names`, or below one."""
    return any(name == other or name.startswith(other + ".") for other in names)


def _module_names(argument: str, names: "Iterable[str]") -> tuple[str, ...]:
    if isinstance(names, str):
        raise TypeError(f"{argument} must be an iterable of module names, not a single str: write [{names!r}]")
    try:
        found = tuple(names)
    except TypeError:
        raise TypeError(f"{argument} must be an iterable of module names, not {type(names).__name__}") from None
    for name in found:
        check_module_name(argument, name)
    return found


def name_of(argument: str, module: object) -> str:
    """The name of a module given by its name or as the module object itself, as `importlib.reload` takes it.

    TypeError or ValueError, naming the argument, for anything else.
    """
    namespace = namespace_of(module)
    if namespace is not None:
        module = getattr(namespace.get("__spec__"), "name", namespace.get("__name__"))
    check_module_name(argument, module)
    return str(module)


def check_module_name(argument: str, name: object) -> None:
    """TypeError or ValueError, naming the argument, unless `name` is an absolute dotted module name."""
    if not isinstance(name, str):
        raise TypeError(f"{argument} must hold names of modules, not {type(name).__name__} ({name!r})")
    if not name or not all(part.isidentifier() for part in name.split(".")):
        raise ValueError(f"{argument} must hold absolute dotted module names such as 'pkg.mod', not {name!r}")
