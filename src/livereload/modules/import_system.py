"""What is wanted from the import system; `imports.hooks` gives it.

Types only: what is below `imports.hooks` in the layout does not import it.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Protocol

    class Interpreter(Protocol):
        """What the engine wants from the import system."""

        def import_module(self, name: str, from_list: tuple[str, ...]) -> None:
            """Import `name` and its parents as a statement does."""

        def find(self, name: str, path: list[str] | None) -> ModuleSpec | None:
            """The spec of `name` by the other finders; nothing is executed."""

        def imports(self) -> dict[str, int]:
            """{name: number} of the imports that this thread is in, up to the code that has asked for one."""

        def is_importing(self) -> bool:
            """True if this thread holds a module's lock: it must not wait for another thread."""

        def let_pass(self) -> None:
            """Let other threads get what the import system has promised them, a moment at the most."""

        def executes_code(self, name: str) -> bool:
            """True if what is executed of the module `name` is what its loader's `get_code` returns, to us as well."""

        def is_reloading(self, name: str) -> bool:
            """True while `importlib.reload` is executing `name`."""

        def reloading(self) -> Collection[str]:
            """The names of all modules that `importlib.reload` is executing."""

        def attach(self, module: ModuleType) -> bool:
            """Make the module's spec the proxy; False if that cannot be done."""

        def attach_lazy(self, spec: ModuleSpec, where: tuple[str, ...]) -> None:
            """Have it told when the code of a lazy module runs."""

        def detach(self, module: ModuleType) -> None:
            """Undo `attach`."""

        def warn(self, message: str) -> None:
            """Issue a `LiveReloadWarning`."""

        def stop_watching_classes(self) -> None:
            """Make class statements plain again."""
