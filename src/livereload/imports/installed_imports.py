"""Installed modules that a module of the user's imports first: what their import changes is their own doing.

Knows loaders of other projects.  Must not know what an effect is.

The detection of effects rests while an installed module is executed, and goes on with what that has made.  Else a
library that a module imports first would have been seen by nobody before the module changes it.
"""

from ..interpreter.tracebacks import disguised
from .spec import lend, take_methods_back

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any

    from ..entries.effect_detection import EffectDetection


def watch(spec: "ModuleSpec", detection: "EffectDetection") -> None:
    """Let the detection rest while the module of this spec is executed."""
    loader: Any = spec.loader
    if detection.is_resting:
        return  # within the import of another one

    def _call_with_frames_removed(module: "ModuleType") -> None:
        take_methods_back(loader, "exec_module")
        if detection.is_resting or detection.is_over:
            loader.exec_module(module)
            return
        detection.rest()
        detection.is_resting = True
        try:
            loader.exec_module(module)
        finally:
            detection.is_resting = False
            detection.go_on(spec.name)

    lend(loader, "exec_module", disguised(_call_with_frames_removed))
