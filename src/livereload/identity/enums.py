"""The members of an enum that is kept: those that stay are the same objects.

Knows how `enum` makes members (`_proto_member.__set_name__`).  Must not know classes of other kinds.

While a member is made, `_new_member_` of its class hands out the object that bore the name before, as new: nobody
ever sees another one.  A member of a data type (`IntEnum`) stays if the data is the same.
"""

from ..interpreter.tracebacks import disguised
from .object_model import instance_dict, namespace_of_class, refill, set_member

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Note = Callable[..., None]


def members_of(contents: "Any") -> "dict[str, Any]":
    """{name: member} of what an enum class had; empty for any other class."""
    members = contents.get("_member_map_")
    return members if type(members) is dict else {}


class Members:
    """The members that an enum had before its statement is executed again."""

    def __init__(self, cls: type, contents: "Any", note: "Note") -> None:
        self._cls = cls
        self._old = members_of(contents)
        self._combined = contents.get("_value2member_map_")
        self._note = note
        # what is to be put back when the member has been made
        self._restore: tuple[object, dict[str, Any], dict[str, Any], Any] | None = None

    def begin(self, name: str) -> None:
        """The member `name` is about to be made; the old one of that name becomes it if there is one."""
        self._restore = None
        old = self._old.get(name)
        attributes = None if old is None else instance_dict(old)
        if attributes is None or attributes.get("_name_") != name:  # an alias, which may be a member by itself now
            return
        contents, before = namespace_of_class(self._cls), dict(attributes)
        new_member = contents.get("_new_member_")
        self._note(refill, attributes, before)
        self._restore = (old, attributes, before, new_member)
        set_member(self._cls, "_new_member_", _Reviving(self._cls, old, new_member, contents.get("_member_type_")))

    def end(self, name: str) -> None:
        """The member `name` has been made, or that has failed."""
        if self._restore is None:
            return
        old, attributes, before, new_member = self._restore
        set_member(self._cls, "_new_member_", new_member)
        if members_of(namespace_of_class(self._cls)).get(name) is not old:  # an alias of another now, or of other data
            refill(attributes, before)

    def keep_combinations(self) -> None:
        """Combinations of flags are made when they are first asked for, and are compared by identity."""
        contents = namespace_of_class(self._cls)
        mask, values = contents.get("_flag_mask_"), contents.get("_value2member_map_")
        if type(self._combined) is not dict or type(mask) is not int or type(values) is not dict:
            return
        members = {id(member) for member in self._old.values()}
        for value, member in self._combined.items():
            if type(value) is int and value not in values and id(member) not in members and not value & ~mask:
                values[value] = member


class _Reviving:
    """Stands in the place of `_new_member_` while one member is made."""

    def __init__(self, cls: type, old: object, new_member: "Any", data_type: "Any") -> None:
        self._cls = cls
        self._old = old
        self._new_member = new_member
        self._data_type = data_type

    def _call_with_frames_removed(self, cls: type, *arguments: object) -> object:
        function = self._new_member.__func__ if type(self._new_member) is staticmethod else self._new_member
        new = function(cls, *arguments)
        return self._old if self._takes_over(new) else new

    __call__ = disguised(_call_with_frames_removed)

    def _takes_over(self, new: object) -> bool:
        """Make the old member like the new one; False if it cannot be."""
        old, cls = self._old, self._cls
        attributes, its = instance_dict(old), instance_dict(new)
        if type(new) is not cls or attributes is None or its is None or not _same_data(old, new, self._data_type):
            return False
        if type(old) is not cls:
            return False
        refill(attributes, its)
        return True


def _same_data(old: object, new: object, data_type: "Any") -> bool:
    """True if the object itself, apart from its attributes, may stand for the new member."""
    if data_type is object:
        return True
    if "__module__" in namespace_of_class(data_type):  # not one of the interpreter's own
        return instance_dict(old) is not None
    return data_type.__eq__(old, new) is True
