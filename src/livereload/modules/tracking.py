"""What is tracked: the user's own source modules.

Knows where Python keeps what is not the user's, and what the user included and excluded.
"""

import os
import sys
from importlib.machinery import SOURCE_SUFFIXES, ModuleSpec, SourceFileLoader

from ..files.stamp import stamp_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

# Debian's /usr/lib/python3/dist-packages is in no sysconfig path: go by the folder's name.
_LIBRARY_FOLDERS = ("site-packages", "dist-packages")
_SUFFIXES = tuple(SOURCE_SUFFIXES)
# The program itself, this project and what it asks while a module is executed, and what `site` executes once.
_NEVER = frozenset(
    {"__main__", "__mp_main__", "livereload", "_livereload_imports", "importlib", "sitecustomize", "usercustomize"}
)


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
            {folder + os.sep for path in folders if path for folder in (path, os.path.realpath(path))}
        )

    def tracks(self, spec: ModuleSpec) -> bool:
        """True if a module with this spec is tracked; looks at the file system only for that.

        Any loader will do as long as the module comes from an existing source file: a zip file or a
        frozen application has an origin that ends in `.py` and does not exist.
        """
        name = spec.name
        if name.partition(".")[0] in _NEVER or _covers(self.exclude, name):
            return False
        included = _covers(self.include, name)
        if spec.origin is None or not spec.has_location:
            return self._tracks_namespace(spec, included)
        path = spec.origin
        if not path.endswith(_SUFFIXES):
            return False
        if not included and not self.is_users(path):
            return False
        # What a plain loader was made for was a file, even if that has been deleted since.
        return type(spec.loader) is SourceFileLoader or stamp_at(path) is not None

    def is_users(self, path: str) -> bool:
        """True if a file at this absolute path is neither the standard library's nor installed."""
        if path.startswith("<"):
            return False
        if any(folder in path for folder in _LIBRARY_FOLDERS) and not set(_LIBRARY_FOLDERS).isdisjoint(
            path.split(os.sep)
        ):
            return False
        return not path.startswith(self._stdlib)

    def _tracks_namespace(self, spec: ModuleSpec, included: bool) -> bool:
        if spec.submodule_search_locations is None or spec.origin is not None:
            return False
        if "NamespaceLoader" not in type(spec.loader).__name__ and spec.loader is not None:
            return False
        portions = list(spec.submodule_search_locations)
        return bool(portions) and (included or any(self.is_users(os.path.join(p, "")) for p in portions))


def _covers(names: tuple[str, ...], name: str) -> bool:
    return any(name == other or name.startswith(other + ".") for other in names)


def _module_names(argument: str, names: "Iterable[str]") -> tuple[str, ...]:
    if isinstance(names, str):
        raise TypeError(f"{argument} must be an iterable of module names, not a single str: write [{names!r}]")
    try:
        found = tuple(names)
    except TypeError:
        raise TypeError(
            f"{argument} must be an iterable of module names, not {type(names).__name__}"
        ) from None
    for name in found:
        check_module_name(argument, name)
    return found


def check_module_name(argument: str, name: object) -> None:
    """TypeError or ValueError, naming the argument, unless `name` is an absolute dotted module name."""
    if not isinstance(name, str):
        raise TypeError(f"{argument} must hold names of modules, not {type(name).__name__} ({name!r})")
    if not name or not all(part.isidentifier() for part in name.split(".")):
        raise ValueError(f"{argument} must hold absolute dotted module names such as 'pkg.mod', not {name!r}")
