"""What a library keeps beside an instance that describes its class.

Knows by name the libraries that do so.  Must not know modules.

SQLAlchemy gives each instance an `InstanceState`, which refers to the `ClassManager` of its class.  A class that is
filled again has another one; without it, held instances cannot load what they have not loaded yet.
"""

import gc
import sys

from .object_model import instance_dict, namespace_of_class

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    Note = Callable[..., None]

_MEMBER = "_sa_class_manager"


def descriptions(classes: "Iterable[type]") -> "list[tuple[type, Any]]":
    """The classes that a library describes, and what does."""
    described = [(cls, namespace_of_class(cls).get(_MEMBER)) for cls in classes]
    return [(cls, description) for cls, description in described if description is not None]


def follow(described: "list[tuple[type, Any]]", note: "Note") -> None:
    """Give what is kept beside the instances of classes the descriptions that these have now."""
    now = {id(old): namespace_of_class(cls).get(_MEMBER, old) for cls, old in described}
    if all(now[id(old)] is old for _, old in described):
        return
    for state in gc.get_referrers(*[old for _, old in described]):
        if type(state).__name__ == "InstanceState" and id(state.manager) in now:
            note(setattr, state, "manager", state.manager)
            state.manager = now[id(state.manager)]
            attributes = instance_dict(state) or {}
            if "mapper" in attributes:  # taken from the manager once
                note(attributes.__setitem__, "mapper", attributes["mapper"])
                del attributes["mapper"]


def prepare() -> None:
    """Let SQLAlchemy do now what it else does before it makes the first instance of a new class."""
    orm = sys.modules.get("sqlalchemy.orm")
    try:
        orm.configure_mappers()  # type: ignore[union-attr]
    except Exception:
        pass  # no need to tell: it is raised again where something is used
