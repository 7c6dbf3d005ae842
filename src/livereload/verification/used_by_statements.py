"""What the statements of one module have used that has changed since it was up to date.

Knows how the statements of a module use names (`changes.uses`), and what callees do with what they are given.  Must
not know how objects lead to each other: that is `reachability`.
"""

import sys
from types import CodeType, FunctionType, ModuleType

from ..changes.bindings import DERIVED, MENTIONED, PASSED, USED
from ..changes.calls import RESULT
from ..identity.living_functions import functions_with
from ..identity.object_model import (
    instance_dict,
    is_class,
    is_plain,
    module_of_class,
    mro_of,
    named,
    namespace_of,
    namespace_of_class,
)
from ..interpreter.bytecode import is_function, nested
from ..modules.changed_names import outside
from .decorators import CALLS, MAY_CALL, attitude, keeps_at, kept, leads_to
from .reachability import (
    METHODS,
    Reachability,
    absolute_in,
    can_change,
    function_of,
    is_built,
    is_standard,
    namespace_in,
)
from .stale_memos import wrapped
from .update_methods import class_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..changes.bindings import Load
    from ..changes.calls import Call
    from ..changes.uses import Uses

    Namespace = dict[str, Any]

# What runs in the base when a class is derived from it, and in the metaclass when a class is made.
_DERIVING = frozenset(("__init_subclass__", "__class_getitem__", "__mro_entries__", "__prepare__"))
# What making an enum calls of it.
_OF_AN_ENUM = frozenset(("__new__", "__init__", "_generate_next_value_", "__set_name__"))
_READING_ANNOTATIONS = frozenset(("get_type_hints", "get_annotations", "signature", "__annotations__", "TypeAdapter"))


class Used(Reachability):
    """From the names that the statements of a module load to something that has changed."""

    def why(self) -> str | None:
        """What the module has used that has changed, if it has."""
        uses = self._uses
        if uses is None:
            return None
        self._mention(self._names_of_own(uses))
        self._look_at_loads(uses)
        self._look_at_calls(uses)
        for code, _ in uses.classes:
            self._make(code)
        self._run()
        self._resolve()
        return self._hit

    def _names_of_own(self, uses: "Uses") -> set[str]:
        """The names that the level of the module uses, but for attributes of what is nobody's own."""
        return {
            name
            for name, of in uses.level_names()
            if of is None or (uses.loads.get((of, name), USED) > PASSED and not self._is_others(of, name))
        }

    def _is_others(self, name: str, attribute: str) -> bool:
        """True if an attribute of what the name stands for is none that code of one's own has given it."""
        value = self._namespace.get(name)
        if value is None:
            return False
        for each in (*mro_of(type(value)), *(mro_of(value) if is_class(value) else ())):
            home = module_of_class(each) or "builtins"
            # What is in the standard library may stand for something else, such as `weakref.proxy`.
            if self._is_tracked(home) or (home != "builtins" and home.partition(".")[0] in sys.stdlib_module_names):
                return False
        return attribute not in (instance_dict(value) or {})

    def _look_at_loads(self, uses: "Uses") -> None:
        for name, attribute in uses.read:
            self._read(name, attribute or "")
        for statement in uses.imports:
            home = absolute_in(self._record.name, self._namespace, statement.module, statement.level)
            self._sources.update({bound: (home, each) for bound, each in (statement.names or {}).items()})
        for load, strength in uses.loads.items():
            self._load(load, strength)
        if self._are_annotations_looked_at(uses):
            for (name, attribute), strength in uses.loads.items():
                if strength == MENTIONED and attribute is None and is_class(self._namespace.get(name)):
                    self._derive(self._namespace[name])

    def _look_at_calls(self, uses: "Uses") -> None:
        for call in uses.given:
            self._give(call)
        for decorators, code in uses.decorated:
            self._decorate(decorators, code)
        for name in uses.handed:
            value = self._namespace.get(name)
            if value is not None and is_class(value) and self._is_made_by_others(value):
                self._use_all(value)
        for code in uses.called_codes:
            self._code(self._namespace, code)

    def _decorate(self, decorators: "list[tuple[str, ...]]", code: "CodeType") -> None:
        """Decorators have got a function or a class."""
        found = min([self._does(each, code) for each in decorators], default=CALLS)
        result = self._namespace.get(code.co_qualname)
        if found == MAY_CALL and is_function(code) and result is not None and is_plain(result):
            found = CALLS  # it gives what the function gave
        if found == CALLS:
            self._code(self._namespace, code)
        elif found == MAY_CALL and is_function(code):
            self._doubts.append(code)
        for path in decorators if not is_function(code) else ():
            if path and found != CALLS:
                self._push_called(path)
            elif path:
                self._load((path[0], path[1] if len(path) > 1 else None), USED)

    def _does(self, decorator: tuple[str, ...], code: "CodeType") -> int:
        """What a decorator does with a function: one that only the body of a class knows may call it."""
        found = keeps_at(self._namespace, decorator, self._is_tracked)
        is_known = not decorator or decorator[0] in self._namespace or "." not in code.co_qualname
        return found if found != CALLS or is_known else MAY_CALL

    def _are_annotations_looked_at(self, uses: "Uses") -> bool:
        """True if what the module decorates, or the classes that it makes, may be built by what annotations say."""
        if uses.reads(_READING_ANNOTATIONS):
            return True
        for decorators, _ in uses.decorated:
            for name, *_ in decorators:
                value = self._namespace.get(name)
                if value is not None and not is_standard(value):
                    return True
        return any(is_built(class_at(self._namespace, code.co_qualname)) for code, _ in uses.classes)

    def _load(self, load: "Load", strength: int) -> None:
        name, attribute = load
        if strength == USED and attribute is not None:
            self._mention((attribute,))
        if name in self._stale or (strength >= PASSED and self._changed.by_key(self._record.name, name, self._since)):
            self._found(name if attribute is None else f"{name}.{attribute}")
            return
        home, its_name = self._sources.get(name, (None, name))
        if home is not None and self._is_bound_anew(name, home, its_name):
            self._load_from(sys.modules[home], its_name, max(strength, PASSED))
        if name not in self._namespace:
            for code in self._uses.dormant.get(name, ()) if self._uses is not None and strength == USED else ():
                self._code(self._namespace, code)  # a name that the module has removed
            return
        value = self._namespace[name]
        if issubclass(type(value), ModuleType):
            self._load_from(value, attribute, strength)
        elif strength == DERIVED:
            self._derive(value)
        elif strength == USED:
            self._push_from(home, its_name, value)
            if attribute is not None:
                self._call_through(value, attribute)

    def _call_through(self, value: "Any", attribute: str) -> None:
        """A method that installed code defines for a class of one's own may call all that the class defines."""
        for cls in mro_of(value) if is_class(value) else mro_of(type(value)):
            if attribute in namespace_of_class(cls):
                if not self._is_tracked(module_of_class(cls)) and cls is not object:
                    self._use_all(value)
                return

    def _use_all(self, value: "Any") -> None:
        """Installed code has got hold of a class or an instance of one's own.

        It may use what its own classes have by these names, too, special methods, and data.
        """
        self._push(value)
        classes = mro_of(value if is_class(value) else type(value))
        known = {
            name for cls in classes if not self._is_tracked(module_of_class(cls)) for name in namespace_of_class(cls)
        }
        for cls in classes:
            if self._is_tracked(module_of_class(cls)):
                self._hold(cls)
                self._enter(cls, known & {*namespace_of_class(cls)})
        self._ask_for_members(classes[0])

    def _is_bound_anew(self, name: str, home: str, its_name: str) -> bool:
        """True if a name does not stand any more for what was imported by it, and loaded."""
        there = namespace_in(home)
        return home in sys.modules and there.get(its_name) is not self._namespace.get(name, there)

    def _load_from(self, module: ModuleType, attribute: str | None, strength: int) -> None:
        """A module is used: one attribute of it, or as a whole."""
        namespace = namespace_of(module) or {}
        name = namespace.get("__name__")
        if type(name) is not str or name not in self._records:
            return
        if attribute is None:
            if strength == USED and self._changed.anything(name, self._since):
                self._found(name)
        elif self._changed.by_key(name, attribute, self._since):
            self._found(f"{name}.{attribute}")
        elif attribute not in namespace:
            if strength >= PASSED and self._changed.anything(name, self._since):
                self._found(f"{name}.{attribute}")
        elif strength == DERIVED:
            self._derive(namespace[attribute])
        elif strength == USED:
            self._push_from(name, attribute, namespace[attribute])

    def _give(self, call: "Call") -> None:
        """A call is given something: it may call it, too."""
        given = [(path[0], path[1] if len(path) > 1 else None) for path in call.given]
        found = attitude(self._namespace, call, self._is_tracked)
        if found != CALLS and call.path is not None:
            self._push_called(call.path)
            if call.path in (("isinstance",), ("issubclass",)):
                self._check(given)
            self._keep(given)
            if found == MAY_CALL and not call.is_lazy:
                self._give_installed(given, call.codes, call.bound)
            is_decorator = found == MAY_CALL and (call.decorates or call.callee != RESULT)
            if call.made_by is not None and not is_decorator:  # partial(f)() calls what `partial` has kept
                self._use_given(call.made_by)
            return
        if call.path is not None:
            self._load((call.path[0], call.path[1] if len(call.path) > 1 else None), USED)
        self._use_given(call)
        if call.made_by is not None:
            self._use_given(call.made_by)

    def _use_given(self, call: "Call") -> None:
        """A call uses all that it is given."""
        for name, *attributes in call.given:
            self._load((name, attributes[0] if attributes else None), USED)
            value = self._namespace.get(name)
            if value is not None and not attributes and (is_class(value) or can_change(value)):
                self._use_all(value)
        for code in call.codes:
            self._code(self._namespace, code)

    def _give_installed(self, given: "list[Load]", codes: "list[CodeType]", bound: list[str]) -> None:
        """Installed code gets functions and classes: it asks what a class has; it may keep them, or call them."""
        for name, attribute in given:
            value = self._namespace.get(name)
            if attribute is not None and (space := namespace_of(value)) is not None:  # settings.Base
                value, attribute = space.get(attribute), None
            if attribute is None and self._changed.shape((namespace_of(value) or {}).get("__name__", ""), self._since):
                self._found(name)  # app.config.from_object(settings)
            if value is not None and attribute is None and is_class(value):
                self._ask_for_members(value, methods=False)
                results = [self._namespace[each] for each in bound if each in self._namespace]
                if not all(leads_to(each, value) for each in results) and self._is_made_by_others(value):
                    self._use_all(value)  # they have been computed with it
                continue
            function = value if attribute is None else function_of(value, attribute)
            if self._is_own(function):
                self._doubts.append(function)
        self._doubts += codes

    def _resolve(self) -> None:
        """Of functions that installed code has got: what nobody has kept has been called."""
        for doubt in self._doubts if self._hit is None else ():
            search = Reachability(self._changed, self._record, None, self._namespace, self._stale, self._contents)
            search._mention(self._names)
            if not search.leads(doubt):
                continue
            if type(doubt) is FunctionType:
                is_kept = kept(doubt, {id(self._doubts), id(search._waiting)})
            else:
                is_kept = self._are_kept(doubt.co_qualname)
            if not is_kept:
                self._hit = search._hit
                return

    def _are_kept(self, qualname: str) -> bool:
        """True if all functions of this qualified name that the module makes are alive."""
        living = sum(each.__code__.co_qualname == qualname for each in functions_with(self._namespace))
        return self._uses is None or living >= sum(each.co_qualname == qualname for each in nested(self._uses.code))

    def _keep(self, given: "list[Load]") -> None:
        """A call only keeps what it is given."""
        for name, attribute in given:
            if attribute is not None:
                owner = self._namespace.get(name)
                is_of_module = issubclass(type(owner), ModuleType)
                if is_of_module and can_change((namespace_of(owner) or {}).get(attribute)):
                    self._load((name, attribute), USED)
                else:
                    self._read(name, attribute)
            elif self._looks_different(self._namespace.get(name)):
                self._found(name)
            elif can_change(self._namespace.get(name)):  # it is looked into, or kept: both see what is in it
                self._load((name, None), USED)

    def _check(self, given: "list[Load]") -> None:
        """`isinstance` and `issubclass` ask what a class has, and the hooks of its metaclass."""
        for name, _ in given:
            value = self._namespace.get(name)
            cls: type = value if is_class(value) else type(value)  # type: ignore[assignment]
            if type(cls) is not type:
                self._use_all(cls)
            self._ask_for_members(cls)

    def _push_called(self, path: tuple[str, ...]) -> None:
        """A function, class or method is called; of the instance whose method it is, what it reads of that."""
        value: Any = self._namespace.get(path[0])
        home, _ = self._sources.get(path[0], (None, ""))
        for name in path[1:]:
            if issubclass(type(value), ModuleType):
                self._load_from(value, name, PASSED)
                home, value = ((namespace_of(value) or {}).get(each) for each in ("__name__", name))
                continue
            cls = value if is_class(value) else type(value)
            having = [namespace_of_class(each) for each in mro_of(cls) if name in namespace_of_class(each)]
            found = having[0][name] if having else None
            if found is not None:
                self._owners += [each for each in mro_of(cls) if self._is_tracked(module_of_class(each))]
                self._hold_of(home, value)
            value = (instance_dict(value) or {}).get(name) if found is None and not is_class(value) else found
        is_function = type(value) is FunctionType and not is_standard(value)  # `register` of a singledispatch holds all
        if is_function or is_class(value) or wrapped(value) is not None:
            self._push(value)

    def _looks_different(self, function: "Any") -> bool:
        """True for a function of which what keeps it sees something else: its signature."""
        if type(function) is not FunctionType or not self._is_own(function):
            return False
        home = function.__globals__["__name__"]
        return self._changed.by_key(home, outside(function.__code__.co_qualname), self._since)

    def _read(self, name: str, attribute: str) -> None:
        """An attribute is read and passed on; unless it is a method, reading it may run something."""
        value = self._namespace.get(name)
        if value is None or issubclass(type(value), ModuleType):
            self._load((name, attribute), PASSED)
            return
        for cls in mro_of(value) if is_class(value) else mro_of(type(value)):
            member = namespace_of_class(cls).get(attribute)
            if id(type(member)) in METHODS or (member is not None and is_class(member)):
                return
        self._load((name, attribute), USED)

    def _make(self, code: "CodeType") -> None:
        """A class statement runs hooks of its bases, and of its metaclass, which may call what the class has."""
        cls = class_at(self._namespace, code.co_qualname)
        if not is_class(cls):
            return
        if is_built(cls):  # who makes it may look at what its body has: `class Meta: model = Author`
            names = {name for each in nested(code) if not is_function(each) for name in each.co_names}
            modules = [namespace_of(each) for each in named(self._namespace, names) if type(each) is ModuleType]
            for value in [each for space in (self._namespace, *modules) for each in named(space, names)]:
                if is_class(value) and module_of_class(value) != self._record.name:
                    self._ask_for_members(value, methods=False)
        hooks = [
            namespace_of_class(each)[name]
            for each in mro_of(cls)[1:]
            for name in _DERIVING & {*namespace_of_class(each)}
        ]
        metaclasses = [each for each in mro_of(type(cls)) if self._is_tracked(module_of_class(each))]
        own = [each for hook in hooks for each in wrapped(hook) or [hook] if self._is_own(each)]
        if own or metaclasses:
            self._hold(cls)
            for each in (*own, *metaclasses):
                self._push(each)
        if module_of_class(type(cls)) == "enum":
            for each in filter(lambda each: self._is_tracked(module_of_class(each)), mro_of(cls)):
                for name in _OF_AN_ENUM & {*namespace_of_class(each)}:
                    self._enter(each, {name})

    def _derive(self, cls: "Any") -> None:
        """A class is derived from: it counts for its hooks, and for what it is, not for what its methods do."""
        if not is_class(cls):
            self._push(cls)
            return
        for each in mro_of(cls):
            if not self._is_tracked(module_of_class(each)):
                continue
            for key in self._changed_members(each, methods=False):
                self._found(key)
            hooks = _DERIVING & {*namespace_of_class(each)}
            for hook in hooks:
                self._push(namespace_of_class(each)[hook])
            if hooks:  # which may call other methods
                for other in mro_of(cls):
                    self._hold(other, special=False)
            if self._is_tracked(module_of_class(type(each))):
                self._push(type(each))
