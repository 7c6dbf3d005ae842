"""The protocol of the import system, for the rooms below `imports`; `imports.import_system` implements it.

Types only.  `modules` and `refreshes` get the object as an argument, as they may not import `imports`.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Protocol

    class Interpreter(Protocol):
        """What records and refreshes need of the import system."""

        def import_module(self, name: str, from_list: tuple[str, ...]) -> None:
            """Import `name` and its parents as a statement does."""

        def find(self, name: str, path: list[str] | None) -> ModuleSpec | None:
            """The spec of `name` by the other finders; nothing is executed."""

        def imports(self) -> dict[str, int]:
            """{name: number} of the imports that this thread is in, up to the code that imports."""

        def is_importing(self) -> bool:
            """True if this thread holds a module's lock: it must not wait for another thread."""

        def let_pass(self) -> None:
            """Let other threads that have an answer of the import system use it; wait a moment at the most."""

        def executes_code(self, name: str) -> bool:
            """True if the module `name` is executed from the code that its loader's `get_code` returns."""

        def is_reloading(self, name: str) -> bool:
            """True while `importlib.reload` is executing `name`."""

        def reloading(self) -> Collection[str]:
            """The names of all modules that `importlib.reload` is executing."""

        def attach(self, module: ModuleType) -> bool:
            """Make the spec of a module a tracked one; False if that cannot be done."""

        def attach_lazy(self, spec: ModuleSpec, where: tuple[str, ...]) -> None:
            """Make the spec of a lazy module tracked: it tells when the module's code runs."""

        def detach(self, module: ModuleType) -> None:
            """Undo `attach`."""

        def warn(self, message: str) -> None:
            """Issue a `LiveReloadWarning`."""

        def watch_classes(self) -> None:
            """Have the class statements of modules that are executed again fill the classes that are kept."""

        def stop_watching_classes(self) -> None:
            """Make class statements plain again."""

        def stop_watching_reads(self) -> None:
            """Note no more what is read, unless a module is being executed."""
