"""`enable`, `disable` and `status` of the command line: the files that switch livereload on at each start of Python.

Knows where `site` looks for `.pth` and `.start` files, and what ours contain.  Must not know what happens when Python
starts: that is `_livereload_imports`, which the files import.
"""

import os
import site
import stat
import sys
import sysconfig

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_SHIPPED = "livereload-imports.pth"  # in the wheel; acts if LIVERELOAD is set
_WRITTEN = "livereload-enabled"
_VARIABLES = ("LIVERELOAD_INCLUDE", "LIVERELOAD_EXCLUDE", "LIVERELOAD_VERBOSE", "LIVERELOAD_WHOLE")
_HEAD = "# Written by `python -m livereload enable`; `python -m livereload disable` removes it.\n"
_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# {setting: the function of _livereload_imports for a .start file, which cannot pass an argument}
_ENTRY_POINTS = {"1": "start_interactive", "prompt": "start_prompt", "all": "start_every"}


class RefusedError(Exception):
    """A file cannot be written or removed here; the message is for the user."""


def enable(setting: str, *, user: bool) -> tuple[str, bool]:
    """Have Python start with `setting` as if LIVERELOAD were set to it, in this environment or for this user.

    Returns the path of the file that does this, and whether it had to be written.  The file is written as a whole or
    not at all.  RefusedError if it may not be written, or has no effect.
    """
    if is_overlay() and not user:
        raise RefusedError(
            f"this environment ({sys.prefix}) is thrown away when `uv run --with` ends: set LIVERELOAD=1 for each run, "
            "or install livereload-imports into the project (uv add --dev livereload-imports) and enable it there"
        )
    folder = _folder(user)
    path = os.path.join(folder, _file_name())
    text = _text(setting, user)
    if _read(path) == text:
        return path, False
    _check_written_by_us(path)
    scratch = os.path.join(folder, f".{_WRITTEN}.{os.getpid()}")  # a name that `site` does not look at
    try:
        if user:
            os.makedirs(folder, exist_ok=True)
        _write(scratch, text, stat.S_IMODE(os.stat(folder).st_mode) & 0o666)
        os.replace(scratch, path)
    except OSError as error:
        _remove(scratch)
        raise RefusedError(f"cannot write {path}: {error.strerror}{_way_out(user)}") from error
    if not is_on(interactive=True, without=("LIVERELOAD", "PYTHONPATH")):
        _remove(path)
        raise RefusedError("livereload would not come on when Python starts: is livereload-imports installed here?")
    return path, True


def disable(*, user: bool) -> tuple[str, bool]:
    """Undo `enable`: remove the file that it wrote.  Returns its path, and whether there was one.

    RefusedError if it may not be removed, or was not written by `enable`.
    """
    path = os.path.join(_folder(user, must_allow=False), _file_name())
    if _read(path) is None:
        return path, False
    _check_written_by_us(path)
    try:
        os.remove(path)
    except OSError as error:
        raise RefusedError(f"cannot remove {path}: {error.strerror}") from error
    return path, True


def shipped() -> str | None:
    """The path of the installed line that makes LIVERELOAD work, None if there is none."""
    for folder in _site_folders():
        path = os.path.join(folder, _SHIPPED)
        if os.path.isfile(path):
            return path
    return None


def enabled() -> "Iterator[tuple[str, str]]":
    """The paths of the files that `enable` wrote and that this Python reads, each with its setting."""
    for folder in _site_folders():
        path = os.path.join(folder, _file_name())
        text = _read(path)
        if text is not None:
            yield path, next((setting for setting in _ENTRY_POINTS if _call(setting) in text), "?")


def is_on(*, interactive: bool, without: tuple[str, ...] = ()) -> bool:
    """Start a Python, for a prompt or for a program: True if livereload is on in it.

    `without` are names of environment variables that it does not get.
    """
    import subprocess

    question = (
        "import sys; m = sys.modules; '_livereload_imports' in m and m['_livereload_imports'].wait_no_more(); "
        "hooks = m.get('livereload.imports.hooks'); print('on' if hooks and hooks.installed else '')"
    )
    command = [sys.executable, *(["-i"] if interactive else []), "-c", question]
    environment = {name: value for name, value in os.environ.items() if name not in without}
    null = subprocess.DEVNULL
    done = subprocess.run(command, env=environment, stdin=null, stdout=subprocess.PIPE, stderr=null, text=True)
    return "on" in done.stdout.split()


def describe() -> str:
    """For which kinds of start livereload is on here, why, and by which files, as a table."""
    from _livereload_imports import SETTINGS, setting_of

    value, startup = os.environ.get("LIVERELOAD", ""), os.environ.get("PYTHONSTARTUP", "")
    setting, line, files = setting_of(value), shipped(), list(enabled())
    at_prompts, everywhere = is_on(interactive=True), is_on(interactive=False)
    rows = [("LIVERELOAD", f"{value}: {SETTINGS.get(setting, 'means nothing')}" if value else "not set")]
    rows += [(name, os.environ[name]) for name in _VARIABLES if os.environ.get(name)]
    rows += [("read by", line or "no file: livereload-imports is not installed in this environment")]
    rows += [("enabled by", f"{path}, for {SETTINGS.get(each, 'nothing')}") for path, each in files]
    if _is_our_startup(startup):
        rows += [("PYTHONSTARTUP", f"{startup}, for prompts")]
    rows += [("package", _PACKAGE)]

    wanted = setting if setting in SETTINGS and (line or files) else "".join(each for _, each in files)
    if wanted not in ("", "0") and not at_prompts:
        rows += [("but", _why_it_fails())]
    on_at_prompts = at_prompts or (_is_our_startup(startup) and setting != "0")
    states = (
        f"{'on' if on_at_prompts else 'off'} for interactive starts, "
        f"{'on' if everywhere else 'off'} for scripts, -m and -c"
    )
    width = max(13, *(len(name) for name, _ in rows))
    return "\n".join([f"livereload is {states}", *(f"  {name:{width}}  {text}" for name, text in rows)])


def _why_it_fails() -> str:
    """Why livereload is not on after a start that should switch it on, and the way out."""
    from _livereload_imports import is_ours

    if not is_ours():
        path = getattr(sys.modules["livereload"], "__file__", None)
        mend = "pip install --force-reinstall livereload-imports"
        if path is None:
            return f"its __init__.py is gone, as happens when another package `livereload` is uninstalled: {mend}"
        return (
            f"{path} belongs to another package `livereload`, and the two cannot share an environment: "
            f"pip uninstall livereload, then {mend}; or use another environment"
        )
    return "it fails: python -c 'import livereload; livereload.install()' should show why"


def is_overlay() -> bool:
    """True if this environment was made by `uv run --with`, for one run, on top of another one."""
    return any(line.partition("=")[0].strip() == "extends-environment" for line in _configuration())


def _configuration() -> list[str]:
    """The lines of this environment's pyvenv.cfg (PEP 405)."""
    try:
        with open(os.path.join(sys.prefix, "pyvenv.cfg"), encoding="utf-8", errors="replace") as file:
            return file.read().splitlines()
    except OSError:  # no virtual environment
        return []


def _is_our_startup(path: str) -> bool:
    """True if PYTHONSTARTUP names a start-up file of livereload, of whichever environment."""
    return os.path.normpath(path).split(os.sep)[-2:] == ["livereload", "startup.py"]


def _has_start_files() -> bool:
    """True if this Python reads `.start` files instead of the import lines of `.pth` files (PEP 829).

    `.start` files exist from 3.15 on, but cost 10 ms a start there.
    """
    return sys.version_info >= (3, 18)


def _file_name() -> str:
    return _WRITTEN + (".start" if _has_start_files() else ".pth")


def _call(setting: str) -> str:
    if _has_start_files():
        return f"_livereload_imports:{_ENTRY_POINTS[setting]}\n"
    return f"ours.start('{setting}')"


def _text(setting: str, user: bool) -> str:
    """The contents of the file: ASCII, as 3.11 reads it in the locale's encoding.

    `site` reads the user's folder before the others, and up to 3.14 it executes a line before it has read the next
    folder.  So the line in the user's folder adds the folder that contains livereload to the path.
    """
    if _has_start_files():
        return _HEAD + _call(setting)
    action = f"try:\n import _livereload_imports as ours\n {_call(setting)}\nexcept Exception: pass"
    action = f"exec({action!a}, {{}})"
    folder = os.path.dirname(_PACKAGE)
    if user and folder in site.getsitepackages():
        action = f"sys.path.append({folder!a}); {action}; sys.path.pop()"
    return f"{_HEAD}import sys; {action}\n"


def _folder(user: bool, *, must_allow: bool = True) -> str:
    """The folder for the file.  RefusedError if Python does not look there, or another program manages it (PEP 668)."""
    if user:
        if not site.ENABLE_USER_SITE:
            raise RefusedError("this Python does not look at the user's site: leave out --user")
        return site.getusersitepackages()
    folders = site.getsitepackages()
    folder = sysconfig.get_path("purelib")
    if folder not in folders:
        folder = folders[0] if folders else ""
    if not os.path.isdir(folder):
        raise RefusedError(f"this Python has no site folder{folder and f': {folder} does not exist'}{_way_out(user)}")
    if must_allow and _is_externally_managed():
        raise RefusedError(f"this Python is managed by another program, such as the system's{_way_out(user)}")
    return folder


def _way_out(user: bool) -> str:
    return "" if user else "; --user, or a virtual environment, may do"


def _is_externally_managed() -> bool:
    """True if only another program may install here (PEP 668)."""
    marker = os.path.join(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED")
    return sys.prefix == sys.base_prefix and os.path.isfile(marker)


def _site_folders() -> list[str]:
    """The folders that `site` looks at when this Python starts, in its order.

    In an overlay (`is_overlay`) the folders of the environment below it come after its own on the path.
    """
    users = [site.getusersitepackages()] if site.ENABLE_USER_SITE else []
    below = [path for path in sys.path if os.path.basename(path) == "site-packages"] if is_overlay() else []
    return [*users, *dict.fromkeys([*site.getsitepackages(), *below])]


def _check_written_by_us(path: str) -> None:
    text = _read(path)
    if text is not None and not text.startswith(_HEAD):
        raise RefusedError(f"{path} was not written by `enable`: remove it yourself")


def _read(path: str) -> str | None:
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RefusedError(f"cannot read {path}: {error.strerror}") from error


def _write(path: str, text: str, mode: int) -> None:
    """Make a file with these permissions whatever the umask is, and never through a link of that name."""
    _remove(path)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with open(descriptor, "w", encoding="ascii", newline="\n") as file:
        if hasattr(os, "fchmod"):
            os.fchmod(descriptor, mode)
        file.write(text)


def _remove(path: str) -> None:
    try:
        os.remove(path)
    except OSError:
        pass
