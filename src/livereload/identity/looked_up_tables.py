"""Containers of modules that installed libraries have got hold of when they needed them.

Knows references to containers, and who has them.  Must not know which modules are executed.

A library looks up a table of a module (`urlpatterns`) at its first use, and keeps it, or what it has made of it, in an
attribute or in a `functools.lru_cache`.  A fresh interpreter would look up the new table: so the attribute gets
that, and the caches that lead to it are emptied.
"""

import sys

from .namespace_paths import LRU_CACHE
from .object_model import instance_dict, is_class, module_of_class, namespace_of
from .referrers import holders_of, replace_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    Namespace = dict[str, Any]

_KINDS = frozenset(map(id, (list, dict, set)))
# From an attribute, through the instance, what wraps that and the dict of the cache, to a cache.
_LEVELS = 5
_MOST = 1_000


class Looked:
    """A container that a name of a module was bound to, and that something else refers to as well."""

    __slots__ = ("container", "key", "namespace", "others")

    def __init__(self, namespace: "Namespace", key: str, container: "Any", others: int) -> None:
        self.namespace = namespace
        self.key = key
        self.container = container
        # how many references there are beside the namespace's
        self.others = others

    def now(self) -> "Any":
        """What the name is bound to now, if that is another container; else None."""
        now = self.namespace.get(self.key)
        return now if now is not self.container and type(now) is type(self.container) else None


class LookedUpTables:
    """The containers of modules that installed libraries may have, in one refresh."""

    def __init__(self) -> None:
        self._looked: list[Looked] = []
        # gives the namespaces of all tracked modules
        self._tracked: Callable[[], Iterable[Namespace]] = tuple

    def enter(
        self, looked: "list[Looked]", taken: "list[Namespace]", tracked: "Callable[[], Iterable[Namespace]]"
    ) -> None:
        """Note those of these containers that somebody else than modules, some `taken`, and the session refers to."""
        self._tracked = tracked
        if looked:
            main = namespace_of(sys.modules.get("__main__")) or {}
            self._looked += by_others(looked, [*tracked(), main, *taken, *taken])  # there is a copy of each

    def follow(self) -> None:
        """After the commit: give installed libraries the new containers."""
        if self._looked:
            tracked = {each.get("__name__") for each in self._tracked()}
            follow(self._looked, lambda name: _is_installed(name) and name not in tracked)


def _is_installed(name: str) -> bool:
    """True for the name of a module that is neither the standard library's nor ours."""
    top = name.partition(".")[0]
    return top not in sys.stdlib_module_names and top != "livereload"


def looked_up(namespace: "Namespace", contents: "Namespace") -> "list[Looked]":
    """The containers in a namespace, and in a copy of it, that something else refers to."""
    found = []
    for key in contents:
        if id(type(contents[key])) in _KINDS and key[:2] != "__":
            others = sys.getrefcount(contents[key]) - _NONE
            if others > 0:
                found.append(Looked(namespace, key, contents[key], others))
    return found


def _none() -> int:
    namespace: Namespace = {"": []}
    contents = dict(namespace)
    return sys.getrefcount(contents[""])


_NONE = _none()


def by_others(looked: "list[Looked]", namespaces: "Iterable[Namespace]") -> "list[Looked]":
    """Those that something else refers to than these namespaces, their own and a copy of it among them."""
    numbers = {id(each.container): each.others + 2 for each in looked}
    for namespace in namespaces:
        for value in list(namespace.values()):
            if id(value) in numbers:
                numbers[id(value)] -= 1
    return [each for each in looked if numbers[id(each.container)] > 0]


def follow(looked: "list[Looked]", is_installed: "Callable[[str], bool]") -> None:
    """Give the new containers to the instances of installed classes that have the old ones; empty caches of these."""
    kept = {id(each.container): now for each in looked if (now := each.now()) is not None}
    targets = [each.container for each in looked if id(each.container) in kept]
    looked.clear()
    direct = holders_of(targets)  # from 3.13 on, an instance need not have a dict of its attributes
    held = direct + holders_of([each for each in direct if type(each) is dict])
    instances = [each for each in held if _has_as_attribute(each, kept) and is_installed(_home(each))]
    if instances:
        replace_in(instances, kept)
        _empty_caches(instances, is_installed)


def _has_as_attribute(instance: "Any", kept: "dict[int, Any]") -> bool:
    attributes = None if is_class(instance) else instance_dict(instance)
    return attributes is not None and any(id(each) in kept for each in attributes.values())


def _home(instance: "Any") -> str:
    return module_of_class(type(instance)) or "builtins"


def _empty_caches(objects: "list[Any]", is_installed: "Callable[[str], bool]") -> None:
    seen = set(map(id, objects))
    for _ in range(_LEVELS):
        objects = [each for each in holders_of(objects) if id(each) not in seen and not is_class(each)]
        seen.update(map(id, objects))
        if not objects or len(objects) > _MOST:
            return
        for cache in [each for each in objects if type(each) is LRU_CACHE]:
            if is_installed((instance_dict(cache) or {}).get("__module__", "")):
                LRU_CACHE.cache_clear(cache)  # type: ignore[attr-defined]
        objects = [each for each in objects if type(each) is not LRU_CACHE]
