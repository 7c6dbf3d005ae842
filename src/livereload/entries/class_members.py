"""Members of classes of others: what a library has made of a definition, and has set on a class of its own.

Knows the contents of classes.  Must not know to which module a member belongs.

    @pandas.api.extensions.register_dataframe_accessor("geo")     # DataFrame.geo = CachedAccessor("geo", Geo)
    class Geo: ...                                                # DataFrame._accessors.add("geo")
"""

import gc

from ..identity.object_model import is_class, is_plain, mro_of, namespace_of_class
from . import containers
from .effects import GONE, put

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    Note = Callable[..., None]


def take(members: "Iterable[tuple[dict[str, Any], Any]]", note: "Note") -> "Iterator[tuple[Any, Any]]":
    """Delete members from their classes; gives the containers in these that have the name, each with the name."""
    for contents, value in members:
        keys = [key for key, each in contents.items() if each is value and is_plain(key)]
        for cls in [each for each in gc.get_referrers(contents) if is_class(each)] if keys else ():
            for key in keys:
                put(cls, key, GONE, note)
                yield from _listed(cls, key)


def _listed(cls: type, key: str) -> "Iterator[tuple[Any, Any]]":
    for each in mro_of(cls):
        for table in list(namespace_of_class(each).values()):
            if containers.base_of(type(table)) in (list, set):
                yield from ((table, name) for name in containers.copy(table) if type(name) is str and name == key)
