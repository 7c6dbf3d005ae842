"""Switches livereload on in the interpreter that `python -m livereload` starts, and leaves no trace.

This folder is the first one of PYTHONPATH there, so `site` imports this file instead of the `sitecustomize` that the
environment may have.  The latter is imported afterwards.
"""

import os
import sys

_folder = os.path.dirname(__file__)
_, _, _rest = os.environ["PYTHONPATH"].partition(os.pathsep)
if _rest:
    os.environ["PYTHONPATH"] = _rest
else:
    del os.environ["PYTHONPATH"]
sys.path.remove(_folder)
sys.path_importer_cache.pop(_folder, None)

# The program's path need not lead to livereload: `python -m` may have found it in the current folder.
sys.path.append(os.path.dirname(os.path.dirname(os.path.dirname(_folder))))
try:
    import _livereload_imports

    if _livereload_imports.is_ours():
        _asked = _livereload_imports.setting_of(os.environ.get("LIVERELOAD", ""))
        _livereload_imports.switch_on("prompt" if _asked == "prompt" else "all")
    else:
        print("livereload: not switched on: another package `livereload` is on the path", file=sys.stderr)
except Exception as _error:
    print(f"livereload: not switched on: {_error!r}", file=sys.stderr)
finally:
    sys.path.pop()

del sys.modules["sitecustomize"]
import sitecustomize  # type: ignore[import-not-found] # noqa: E402, F401 # if there is none, `site` expects this very error
