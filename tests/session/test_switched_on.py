"""Switched on when Python starts: by LIVERELOAD, by `enable`; off again; silent whatever is wrong.

Each test has a virtual environment of its own, where livereload lies as a wheel would put it.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from test_prompt import Prompt

SOURCES = Path(__file__).parents[2] / "src"
PATIENCE_S = 120.0
# Where livereload waits for a module of the user's, it waits no more.
QUESTION = (
    "import sys; p = sys.modules.get('_livereload_imports'); hasattr(p, 'wait_no_more') and p.wait_no_more(); "
    "p = sys.modules.get('livereload.imports.hooks'); print('on' if p and p.installed else 'off')"
)
MODULES = "import sys; print(*sorted(sys.modules))"


class Environment:
    """A virtual environment without pip, with livereload in its site folder."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder, symlinks=os.name != "nt")
        scheme = {"base": str(folder), "platbase": str(folder)}
        self.python = Path(sysconfig.get_path("scripts", "venv", scheme)) / "python"
        self.site = Path(sysconfig.get_path("purelib", "venv", scheme))
        self.folder = folder
        self.variables: dict[str, str] = {}
        for item in ("livereload", "_livereload_imports.py", "livereload-imports.pth"):
            if (SOURCES / item).is_dir():
                shutil.copytree(SOURCES / item, self.site / item, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(SOURCES / item, self.site / item)

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LIVERELOAD"))}
        return {**inherited, "HOME": str(self.folder), "PYTHON_BASIC_REPL": "1", **self.variables}

    def run(self, *arguments: object, stdin: str = "", **variables: str) -> "subprocess.CompletedProcess[str]":
        """Run this environment's Python."""
        return subprocess.run(
            [str(self.python), *map(str, arguments)],
            env={**self.environment, **variables},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            cwd=self.folder,
        )

    def answers(self, *arguments: object, stdin: str = "", **variables: str) -> str:
        """What Python prints, when it must print nothing on standard error but prompts."""
        done = self.run(*arguments, stdin=stdin, **variables)
        assert done.stderr.replace(">>> ", "").strip() == ""
        assert done.returncode == 0
        return done.stdout.strip()

    def is_on(self, *options: object, **variables: str) -> bool:
        """True if livereload is on when this Python runs code from the command line."""
        return self.answers(*options, "-c", QUESTION, **variables) == "on"

    def files(self) -> dict[str, bytes]:
        """What the site folder holds, but for bytecode."""
        return {str(p): p.read_bytes() for p in self.site.rglob("*") if p.is_file() and p.suffix != ".pyc"}

    @property
    def enabled(self) -> Path:
        return self.site / "livereload-enabled.pth"


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return Environment(tmp_path / "environment")


# The installed line.


def test_inert_until_asked(environment: Environment) -> None:
    """Without LIVERELOAD, a start of Python imports what it imports with a `.pth` file that says nothing."""
    with_us = environment.answers("-c", MODULES)
    (environment.site / "livereload-imports.pth").write_text("# nothing\n")
    assert environment.answers("-c", MODULES) == with_us
    assert "livereload" not in with_us


@pytest.mark.parametrize("how", ["variable", "enable"])
def test_a_start_that_wants_nothing_imports_one_module(environment: Environment, how: str) -> None:
    """In an environment that is switched on, `python -c` imports the deciding module and nothing that this imports."""
    plain = environment.answers("-c", MODULES).split()
    if how == "enable":
        assert environment.run("-m", "livereload", "enable").returncode == 0
    else:
        environment.variables["LIVERELOAD"] = "1"
    assert set(environment.answers("-c", MODULES).split()) - set(plain) == {"_livereload_imports"}


@pytest.mark.parametrize(
    ("value", "prompts", "programs"),
    [
        *(("", False, False), ("0", False, False), ("1", True, False), ("prompt", True, False), ("all", True, True)),
        *(("true", True, False), ("Yes", True, False), ("ON", True, False), ("off", False, False), ("ALL", True, True)),
    ],
)
def test_the_variable_says_for_which_starts(
    environment: Environment, value: str, prompts: bool, programs: bool
) -> None:
    """LIVERELOAD: 0 for none, 1 and prompt for interactive starts, all for every start; empty is as if not set.

    true, yes and on mean 1, and false, no and off mean 0, in any case.
    """
    assert environment.is_on(LIVERELOAD=value) is programs
    assert environment.is_on("-i", LIVERELOAD=value) is prompts
    assert environment.is_on(LIVERELOAD=value, PYTHONINSPECT="1") is prompts
    script = environment.folder / "script.py"
    script.write_text(QUESTION)
    assert (environment.answers(script, LIVERELOAD=value) == "on") is programs
    assert (environment.answers("-m", "script", LIVERELOAD=value, PYTHONPATH=str(script.parent)) == "on") is programs
    assert ("on" in environment.run("-m", "code", "-q", stdin=QUESTION + "\n", LIVERELOAD=value).stdout) is prompts


def test_every_start_waits_for_a_module_of_the_users(environment):
    """What the standard library and installed packages are imported for loads nothing; the user's module does."""
    (environment.site / "installed.py").write_text("X = 1\n")
    (environment.folder / "mine.py").write_text("X = 1\n")
    loaded = "print(any(name.startswith('livereload.') for name in sys.modules))"
    follow = "open('mine.py', 'w').write('X = 22\\n'); from mine import X; print(X)"
    code = f"import sys, json, installed, sitecustomize; {loaded}; import mine; {loaded}; {follow}"
    (environment.site / "sitecustomize.py").write_text("")
    answers = environment.answers("-c", code, LIVERELOAD="all").split()
    assert answers == ["False", "True", "22"]
    try_absent = f"import sys\ntry: import absent\nexcept ImportError: {loaded}"
    assert environment.answers("-c", try_absent, LIVERELOAD="all").split() == ["False"]
    assert environment.answers("-c", f"import sys, livereload; {loaded}", LIVERELOAD="all").split() == ["True"]


def test_isolated_and_without_site(environment: Environment) -> None:
    """It works under -I, and is absent under -S."""
    assert environment.is_on("-I", LIVERELOAD="all")
    assert not environment.is_on("-S", LIVERELOAD="all")


def test_children_have_it_by_the_variable_only(environment: Environment) -> None:
    """A child process is switched on if the variable reaches it."""
    ask = f"import os, subprocess, sys; os.environ.pop('LIVERELOAD', 0) if len(sys.argv) > 1 else 0; \
subprocess.run([sys.executable, '-c', {QUESTION!r}])"
    assert environment.answers("-c", ask, LIVERELOAD="all") == "on"
    assert environment.answers("-c", ask, "without", LIVERELOAD="all") == "off"


@pytest.mark.parametrize("value", ["always", "2", " "])
def test_a_value_that_means_nothing(environment: Environment, value: str) -> None:
    """One line on standard error, though the lines run twice and there are two; Python runs as without the variable."""
    assert environment.run("-m", "livereload", "enable", "--everywhere").returncode == 0
    done = environment.run("-c", QUESTION, LIVERELOAD=value)
    assert done.stderr == f"livereload: LIVERELOAD={value} means nothing: say 0, 1, prompt, all\n"
    assert (done.returncode, done.stdout) == (0, "on\n")


def test_include_and_exclude(environment: Environment) -> None:
    """LIVERELOAD_INCLUDE and LIVERELOAD_EXCLUDE are what install() takes, separated by commas or blanks."""
    ask = "import livereload.imports.hooks as p; i = p.installed.state.policy; print(i.include, i.exclude)"
    answer = environment.answers("-c", ask, LIVERELOAD="all", LIVERELOAD_INCLUDE="a, b.c", LIVERELOAD_EXCLUDE="d e")
    assert answer == "('a', 'b.c') ('d', 'e')"
    done = environment.run("-c", ask, LIVERELOAD="all", LIVERELOAD_INCLUDE="a,b-c", LIVERELOAD_EXCLUDE="d")
    assert done.stdout == "() ('d',)\n"
    assert done.stderr == (
        "livereload: LIVERELOAD_INCLUDE must hold absolute dotted module names such as 'pkg.mod', not 'b-c'\n"
    )


@pytest.mark.parametrize(
    ("command", "argv", "interactive"),
    [
        ("python -m asyncio", "-m", True),
        ("python -X dev -Im code -q", "-m -q", True),
        ("python -mIPython --pylab", "-m --pylab", True),
        ("python -m ipykernel_launcher -f x.json", "-m -f x.json", True),
        ("python -m http.server code", "-m code", False),
        ("python -m mypy -m asyncio", "-m -m asyncio", False),
        ("python /bin/ipython", "/bin/ipython", True),
        ("python /bin/ipython3.13 x", "/bin/ipython3.13 x", True),
        ("python ptpython.exe", "ptpython.exe", True),
        ("python /bin/bpython", "/bin/bpython", True),
        ("python -m spyder_kernels.console -f x", "-m -f x", True),
        ("python -c __import__('idlelib.run').run.main(True) 4711", "-c 4711", True),
        ("python /opt/pycharm/pydevconsole.py --port=1", "/opt/pycharm/pydevconsole.py --port=1", True),
        ("python /x/python_files/python_server.py", "/x/python_files/python_server.py", True),
        ("python /x/python_server.py", "/x/python_server.py", False),
        ("python asyncio.py", "asyncio.py", False),
        ("python /bin/pip install ipython", "/bin/pip install ipython", False),
        ("python -c x", "-c", False),
    ],
)
def test_what_an_interactive_start_is(
    monkeypatch: pytest.MonkeyPatch, command: str, argv: str, interactive: bool
) -> None:
    """Prompts are known by the module or the program, as `sys.argv` and `sys.orig_argv` show them to `site`."""
    import _livereload_imports

    monkeypatch.setattr(sys, "orig_argv", command.split())
    monkeypatch.setattr(sys, "argv", argv.split())
    assert _livereload_imports.is_interactive() is interactive


def test_sys_argv_when_site_runs(environment: Environment) -> None:
    """The interpreter's behaviour that this rests on: the module's name is the last of its own arguments."""
    (environment.site / "show.pth").write_text("import sys; print(sys.argv, sys.orig_argv[-len(sys.argv)])\n")
    for arguments, shown in [
        (["-m", "code", "-q"], "['-m', '-q'] code"),
        (["-Im", "code", "-q"], "['-m', '-q'] code"),
        (["-mcode", "-q"], "['-m', '-q'] -mcode"),
        (["-c", "", "a"], "['-c', 'a'] "),
        (["-", "a"], "['-', 'a'] -"),
    ]:
        assert environment.run(*arguments).stdout.splitlines()[0].strip() == shown.strip()


@pytest.fixture
def prompt(environment: Environment) -> Iterator[Callable[..., Prompt]]:
    """Start this environment's Python at a pseudo-terminal."""
    prompts = []

    def start(*arguments: str, **variables: str) -> Prompt:
        variables = {**environment.environment, "TERM": "xterm", "PYTHON_COLORS": "0", **variables}
        try:
            prompt = Prompt(arguments, variables, str(environment.python))
        except OSError as error:
            pytest.skip(f"there are no pseudo-terminals here: {error}")
        prompts.append(prompt)
        prompt.read()
        return prompt

    yield start
    for each in prompts:
        each.close()


@pytest.mark.parametrize("basic", ["1", ""])
@pytest.mark.parametrize("arguments", [(), ("-",), ("-I",)])
def test_the_report_at_a_prompt(
    environment: Environment, prompt: Callable[..., Prompt], arguments: tuple[str, ...], basic: str
) -> None:
    """`LIVERELOAD=1 python` at a terminal: the repeated import gives the edited function, without more ado."""
    module = environment.folder / "project" / "shop.py"
    module.parent.mkdir()
    module.write_text("def total(): return 1\n")
    session = prompt(*arguments, LIVERELOAD="1", PYTHON_BASIC_REPL=basic)
    assert (
        session.ask(f"import sys; sys.path.insert(0, {str(module.parent)!r}); sorted(globals())").count("livere") == 0
    )
    assert session.ask("from shop import total; total()") == "1"
    module.write_text("def total(): return 2\n")
    assert session.ask("from shop import total; total()") == "2"


# `enable`, `disable`, `status`.


@pytest.mark.parametrize(
    ("option", "setting", "starts", "programs"),
    [
        ((), "1", "interactive starts", False),
        (("--everywhere",), "all", "every start", True),
        (("--prompt",), "prompt", "interactive starts, with a refresh before each statement", False),
    ],
)
def test_enable_and_disable(
    environment: Environment, option: tuple[str, ...], setting: str, starts: str, programs: bool
) -> None:
    """One file, one line of report; a second time nothing changes; `disable` removes exactly that file."""
    before = environment.files()
    assert environment.answers("-m", "livereload", "enable", *option) == (
        f"livereload: enabled for {starts}, by {environment.enabled}"
    )
    assert set(environment.files()) - set(before) == {str(environment.enabled)}
    assert f"ours.start('{setting}')" in environment.enabled.read_text(encoding="ascii")
    assert environment.is_on("-i") and environment.is_on() is programs
    assert environment.is_on("-Ii")

    written = environment.enabled.stat()
    assert environment.answers("-m", "livereload", "enable", *option) == (
        f"livereload: enabled already for {starts}, by {environment.enabled}"
    )
    assert environment.enabled.stat() == written

    assert environment.answers("-m", "livereload", "disable") == (
        f"livereload: disabled, {environment.enabled} is removed"
    )
    assert environment.files() == before
    assert not environment.is_on("-i")
    assert environment.answers("-m", "livereload", "disable") == (
        f"livereload: there is nothing to disable, no {environment.enabled}"
    )


def test_enable_anew_with_another_option(environment: Environment) -> None:
    """The last `enable` counts."""
    environment.answers("-m", "livereload", "enable", "--everywhere")
    assert environment.is_on()
    environment.answers("-m", "livereload", "enable")
    assert not environment.is_on() and environment.is_on("-i")


def test_the_variable_decides_over_enable(environment: Environment) -> None:
    """LIVERELOAD=0 switches off, LIVERELOAD=1 takes back `--everywhere`, LIVERELOAD=all adds it."""
    environment.answers("-m", "livereload", "enable", "--everywhere")
    assert not environment.is_on("-i", LIVERELOAD="0")
    assert not environment.is_on(LIVERELOAD="1")
    environment.answers("-m", "livereload", "enable")
    assert environment.is_on(LIVERELOAD="all")


@pytest.fixture
def installation(environment: Environment) -> Environment:
    """The same with a Python that is no virtual environment, but an installation with folders of its own."""
    prefix, stdlib = environment.folder / "prefix", Path(os.__file__).parent
    own = prefix / sys.platlibdir / stdlib.name
    own.mkdir(parents=True)
    for item in stdlib.iterdir():
        if item.name not in ("site-packages", "dist-packages", "sitecustomize.py", "EXTERNALLY-MANAGED"):
            (own / item.name).symlink_to(item)
    environment.python = Path(getattr(sys, "_base_executable", sys.executable))
    environment.variables = {"PYTHONHOME": str(prefix), "PYTHONUSERBASE": str(environment.folder / "base")}
    folders = environment.run("-c", "import site; print(*site.getsitepackages(), sep='\\n')").stdout.splitlines()
    site = Path(folders[0])
    site.parent.mkdir(parents=True, exist_ok=True)
    environment.site = environment.site.rename(site)
    return environment


@pytest.mark.skipif(os.name == "nt", reason="an installation is laid out otherwise there")
def test_enable_for_the_user(installation: Environment) -> None:
    """`--user` writes into the user's site, which comes before the folder that holds livereload, and works there."""
    path = Path(installation.run("-m", "site", "--user-site").stdout.strip()) / "livereload-enabled.pth"
    before = installation.files()
    enabled = installation.answers("-m", "livereload", "enable", "--user")
    assert enabled == f"livereload: enabled for interactive starts, by {path}"
    assert installation.is_on("-i") and not installation.is_on() and not installation.is_on("-s", "-i")
    assert installation.answers("-m", "livereload", "disable") == (
        f"livereload: there is nothing to disable, no {installation.enabled}; still enabled by {path}"
    )
    assert installation.answers("-m", "livereload", "disable", "--user") == f"livereload: disabled, {path} is removed"
    assert installation.files() == before and not path.exists()
    assert not installation.is_on("-i")


def test_enable_what_is_not_installed(environment: Environment) -> None:
    """A livereload that only PYTHONPATH leads to would not be found at the next start: nothing is written."""
    elsewhere = environment.folder / "elsewhere"
    elsewhere.mkdir()
    for item in ("livereload-imports.pth", "_livereload_imports.py", "livereload"):
        (environment.site / item).rename(elsewhere / item)
    environment.variables["PYTHONPATH"] = str(elsewhere)
    assert refused(environment, "enable") == (
        "livereload: not enabled: livereload would not come on when Python starts: "
        "is livereload-imports installed here?"
    )


@pytest.mark.skipif(sys.version_info < (3, 15), reason=".start files are new in 3.15")
def test_a_start_file(environment: Environment) -> None:
    """What `enable` writes where import lines no longer count (3.18) works wherever `.start` files do."""
    pretend = "from livereload.session import enable_at_startup as a; a._has_start_files = lambda: True; "
    path = environment.site / "livereload-enabled.start"
    for setting, programs in (("1", False), ("prompt", False), ("all", True)):
        enable = f"{pretend} print(a.enable({setting!r}, user=False)[0], *a.enabled())"
        assert environment.answers("-c", enable) == f"{path} ('{path}', '{setting}')"
        assert environment.is_on("-i") and environment.is_on() is programs
    assert environment.answers("-c", f"{pretend} print(a.disable(user=False)[0])") == str(path)
    assert not environment.is_on("-i")


def test_status(environment: Environment) -> None:
    """The table says for which starts livereload is on, tried out, and by which files."""
    status = ("-m", "livereload", "status")
    shipped, package = environment.site / "livereload-imports.pth", environment.site / "livereload"
    assert environment.answers(*status) == (
        "livereload is off for interactive starts, off for scripts, -m and -c\n"
        "  LIVERELOAD     not set\n"
        f"  read by        {shipped}\n"
        f"  package        {package}"
    )
    environment.answers("-m", "livereload", "enable")
    assert environment.answers(*status) == (
        "livereload is on for interactive starts, off for scripts, -m and -c\n"
        "  LIVERELOAD     not set\n"
        f"  read by        {shipped}\n"
        f"  enabled by     {environment.enabled}, for interactive starts\n"
        f"  package        {package}"
    )
    assert environment.answers(*status, LIVERELOAD="all").startswith(
        "livereload is on for interactive starts, on for scripts, -m and -c\n  LIVERELOAD     all: every start\n"
    )
    startup = package / "startup.py"
    answer = environment.answers(*status, LIVERELOAD="0")
    assert answer.startswith("livereload is off for interactive starts, off for")
    shipped.unlink()
    environment.enabled.unlink()
    answer = environment.answers(*status, PYTHONSTARTUP=str(startup))
    assert answer.startswith("livereload is on for interactive starts, off for")
    assert "  read by        no file: livereload-imports is not installed in this environment\n" in answer
    assert f"  PYTHONSTARTUP  {startup}, for prompts\n" in answer


def test_status_of_an_installation_that_fails(environment: Environment) -> None:
    """Silence at each start is explained here."""
    (environment.site / "livereload" / "imports" / "executions.py").write_text("raise RuntimeError\n")
    answer = environment.answers("-m", "livereload", "status", LIVERELOAD="1")
    assert answer.startswith("livereload is off for interactive starts, off for scripts, -m and -c\n")
    assert answer.endswith(
        "\n  but            it fails: python -c 'import livereload; livereload.install()' should show why"
    )


def test_status_shows_every_variable(environment: Environment) -> None:
    """What else the environment says is in the table, in columns."""
    variables = {
        "LIVERELOAD": "yes",
        "LIVERELOAD_INCLUDE": "a, b.c",
        "LIVERELOAD_EXCLUDE": "d",
        "LIVERELOAD_VERBOSE": "1",
        "LIVERELOAD_WHOLE": "1",
    }
    lines = environment.answers("-m", "livereload", "status", **variables).splitlines()
    assert lines[0] == "livereload is on for interactive starts, off for scripts, -m and -c"
    assert lines[1:6] == [
        "  LIVERELOAD          yes: interactive starts",
        "  LIVERELOAD_INCLUDE  a, b.c",
        "  LIVERELOAD_EXCLUDE  d",
        "  LIVERELOAD_VERBOSE  1",
        "  LIVERELOAD_WHOLE    1",
    ]


@pytest.mark.parametrize("init", ["__version__ = '2.7'\n", None], ids=["laid over", "taken away"])
def test_status_beside_the_other_project(environment: Environment, init: str | None) -> None:
    """Another package `livereload` laid over ours, or uninstalled from over it: the table says so, and the way out."""
    path = environment.site / "livereload" / "__init__.py"
    path.unlink() if init is None else path.write_text(init)
    last = environment.answers("-m", "livereload", "status", LIVERELOAD="1").splitlines()[-1]
    mend = "pip install --force-reinstall livereload-imports"
    if init is None:
        reason = f"its __init__.py is gone, as happens when another package `livereload` is uninstalled: {mend}"
    else:
        reason = f"{path} belongs to another package `livereload`, and the two cannot share an environment: "
        reason += f"pip uninstall livereload, then {mend}; or use another environment"
    assert last == f"  but            {reason}"


@pytest.mark.parametrize("command", ["enable", "disable", "status", "demo", "startup"])
def test_help_of_a_command(environment: Environment, command: str) -> None:
    """`COMMAND --help` says what the command takes and does, and does nothing."""
    before = environment.files()
    for option in ("-h", "--help"):
        answer = environment.answers("-m", "livereload", command, option)
        assert answer.startswith(f"usage: python -m livereload {command}")
    assert environment.files() == before
    if command == "enable":
        assert answer.splitlines()[0] == "usage: python -m livereload enable [--user] [--everywhere] [--prompt]"


@pytest.fixture
def overlay(environment: Environment) -> Environment:
    """An environment as `uv run --with` lays it over another one, for one run: with a line that leads there."""
    over = Environment(environment.folder.parent / "overlay")
    shutil.rmtree(over.site)
    over.site.mkdir()
    (over.site / "_uv_ephemeral_overlay.pth").write_text(f"import site; site.addsitedir({str(environment.site)!r})\n")
    with (over.folder / "pyvenv.cfg").open("a") as file:
        file.write(f"extends-environment = {environment.folder}\n")
    return over


def test_enable_in_an_overlay(overlay: Environment) -> None:
    """What would be thrown away when the run ends is not written; the refusal says what to do instead."""
    assert refused(overlay, "enable") == (
        f"livereload: not enabled: this environment ({overlay.folder}) is thrown away when `uv run --with` ends: "
        "set LIVERELOAD=1 for each run, or install livereload-imports into the project "
        "(uv add --dev livereload-imports) and enable it there"
    )


def test_status_in_an_overlay(overlay: Environment, environment: Environment) -> None:
    """The table knows the files of the environment below, which are heeded here, too."""
    lines = overlay.answers("-m", "livereload", "status", LIVERELOAD="1").splitlines()
    assert lines[0] == "livereload is on for interactive starts, off for scripts, -m and -c"
    assert f"  read by        {environment.site / 'livereload-imports.pth'}" in lines
    environment.answers("-m", "livereload", "enable", "--everywhere")
    lines = overlay.answers("-m", "livereload", "status").splitlines()
    assert lines[0] == "livereload is on for interactive starts, on for scripts, -m and -c"
    assert f"  enabled by     {environment.enabled}, for every start" in lines


# Where it may not write.


def refused(environment: Environment, *arguments: str) -> str:
    """The one line of a command that cannot do its work, and leaves everything as it was."""
    before = environment.files()
    done = environment.run("-m", "livereload", *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert environment.files() == before
    assert done.stderr.count("\n") == 1
    return done.stderr.strip()


def test_a_folder_without_room(environment: Environment) -> None:
    """If writing fails, there is one line, exit status 1, and neither a half file nor a scratch file."""
    shell = shutil.which("sh")
    if shell is None:
        pytest.skip("there is no shell to set a limit")
    before = environment.files()
    done = subprocess.run(
        [shell, "-c", 'ulimit -f 0; exec "$@"', "sh", str(environment.python), "-m", "livereload", "enable"],
        env=environment.environment,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"livereload: not enabled: cannot write {environment.enabled}: File too large"
        "; --user, or a virtual environment, may do\n"
    )
    assert environment.files() == before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder(environment: Environment) -> None:
    """The same for a folder that is read-only, for `enable` and for `disable`."""
    environment.answers("-m", "livereload", "enable")
    environment.site.chmod(0o555)
    try:
        assert "cannot write" in refused(environment, "enable", "--everywhere")
        assert "cannot remove" in refused(environment, "disable")
    finally:
        environment.site.chmod(0o755)


def test_no_user_site(environment: Environment) -> None:
    """A virtual environment has no user's site to write to."""
    for command, done in (("enable", "enabled"), ("disable", "disabled")):
        assert refused(environment, command, "--user") == (
            f"livereload: not {done}: this Python does not look at the user's site: leave out --user"
        )


def test_a_file_of_somebody_else(environment: Environment) -> None:
    """What `enable` did not write is neither overwritten nor removed."""
    environment.enabled.write_text("# mine\n")
    line = f"{environment.enabled} was not written by `enable`: remove it yourself"
    assert refused(environment, "enable") == f"livereload: not enabled: {line}"
    assert refused(environment, "disable") == f"livereload: not disabled: {line}"


def test_externally_managed(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where only another program may install (PEP 668), nothing is written."""
    from livereload.session import enable_at_startup as _activation

    (environment.folder / "EXTERNALLY-MANAGED").touch()
    paths = {"purelib": str(environment.site), "stdlib": str(environment.folder)}
    monkeypatch.setattr(_activation.sysconfig, "get_path", paths.__getitem__)
    monkeypatch.setattr(_activation.site, "getsitepackages", lambda: [str(environment.site)])
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    with pytest.raises(_activation.RefusedError) as caught:
        _activation.enable("1", user=False)
    assert str(caught.value) == (
        "this Python is managed by another program, such as the system's; --user, or a virtual environment, may do"
    )
    assert not environment.enabled.exists()


def test_no_site_folder(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python without a site folder, or one that does not exist, is told."""
    from livereload.session import enable_at_startup as _activation

    way_out = "; --user, or a virtual environment, may do"
    for folders, reason in (([], way_out), (["/nowhere"], f": /nowhere does not exist{way_out}")):
        monkeypatch.setattr(_activation.site, "getsitepackages", lambda folders=folders: folders)
        with pytest.raises(_activation.RefusedError) as caught:
            _activation.enable("1", user=False)
        assert str(caught.value) == f"this Python has no site folder{reason}"


# Silent and sound, whatever is wrong.


def test_uninstalled(environment: Environment) -> None:
    """After `pip uninstall` the file of `enable` stays behind, and every start is as ever."""
    environment.answers("-m", "livereload", "enable", "--everywhere")
    plain = environment.answers("-c", MODULES, LIVERELOAD="0")
    for item in ("livereload-imports.pth", "_livereload_imports.py", "livereload"):
        path = environment.site / item
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert environment.answers("-c", MODULES) == plain.replace("_livereload_imports ", "")
    assert not environment.is_on("-i", LIVERELOAD="1")


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("_livereload_imports.py", "def start(:\n"),
        ("_livereload_imports.py", "\0\0\0"),
        ("_livereload_imports.py", ""),
        ("livereload/__init__.py", ""),
        ("livereload/__init__.py", None),
        ("livereload/__init__.py", "# livereload-imports\n1 / 0\n"),
        ("livereload/session/environment_variables.py", None),
        ("livereload/imports/hooks.py", "import nothing_of_that_name\n"),
        ("livereload/imports/executions.py", "1 / 0\n"),
        ("livereload/modules/tracking.py", "class Policy: 1 / 0\n"),
    ],
)
def test_damaged(environment: Environment, file: str, content: str | None) -> None:
    """With a part missing or broken, every start of Python is silent and runs what it was asked to run."""
    environment.answers("-m", "livereload", "enable", "--everywhere")
    path = environment.site / file
    path.unlink() if content is None else path.write_text(content)
    assert not environment.is_on()
    assert not environment.is_on("-i", LIVERELOAD="all")
    (environment.folder / "mine.py").write_text("X = 1\n")
    assert environment.answers("-c", "import mine; print(mine.X)") == "1"


@pytest.mark.parametrize("place", ["earlier", "over", "beside"])
def test_the_other_project(environment: Environment, tmp_path: Path, place: str) -> None:
    """Another package `livereload`, earlier on the path or laid over ours, is not even imported."""
    environment.answers("-m", "livereload", "enable", "--everywhere")
    theirs = environment.site if place != "earlier" else tmp_path / "theirs"
    if place == "beside":
        shutil.rmtree(environment.site / "livereload")
    (theirs / "livereload").mkdir(parents=True, exist_ok=True)
    (theirs / "livereload" / "__init__.py").write_text("raise SystemExit('the server starts')\n")
    path = {"PYTHONPATH": str(theirs)}
    assert not environment.is_on(**path)
    assert not environment.is_on("-i", LIVERELOAD="all", **path)
    assert "livereload" not in environment.answers("-c", MODULES, **path).split()


def test_a_damaged_installation_does_not_break_disable(environment: Environment) -> None:
    """`disable` needs nothing of what installs livereload, so it can switch off one that fails."""
    environment.answers("-m", "livereload", "enable", "--everywhere")
    (environment.site / "livereload" / "imports" / "executions.py").write_text("1 / 0\n")
    environment.answers("-m", "livereload", "disable")
    assert not environment.enabled.exists()


def test_installed_already(environment: Environment) -> None:
    """What the user's own sitecustomize has installed is left as it is."""
    (environment.site / "aaa.pth").write_text("import livereload; livereload.install(include=['mine'])\n")
    ask = "import livereload.imports.hooks as p; print(p.installed.state.policy.include)"
    assert environment.answers("-c", ask, LIVERELOAD="all", LIVERELOAD_INCLUDE="theirs") == "('mine',)"


# The wheel.


def test_the_installed_line() -> None:
    """It looks at the variable before anything else, and sorts after what an editable install writes."""
    line = (SOURCES / "livereload-imports.pth").read_text(encoding="ascii")
    assert line.startswith('import os; os.environ.get("LIVERELOAD") and exec(')
    assert line.count("\n") == 1 and line.endswith("\n")
    for theirs in ("_livereload_imports.pth", "_editable_impl_livereload_imports.pth", "__editable__.livereload.pth"):
        assert theirs < "livereload-imports.pth" and theirs < "livereload-enabled.pth"


@pytest.mark.parametrize("option", [(), ("-e",)], ids=["wheel", "editable"])
def test_what_hatchling_installs(tmp_path: Path, option: tuple[str, ...]) -> None:
    """The real build backend installs the line, for a wheel and for an editable install, and uninstalling is silent."""
    folder = tmp_path / "environment"
    environment = Environment(folder)
    for item in ("livereload-imports.pth", "_livereload_imports.py", "livereload"):
        path = environment.site / item
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    project = tmp_path / "project"
    shutil.copytree(SOURCES, project / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(SOURCES.parent / name, project)

    def pip(*arguments: str) -> None:
        command = [sys.executable, "-m", "pip", "--python", str(environment.python), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600)
        if done.returncode:
            pytest.skip(f"pip cannot: {done.stderr[-300:]}")

    pip("install", "-q", "--no-deps", *option, str(project))
    assert (environment.site / "livereload-imports.pth").is_file()
    assert not environment.is_on()
    assert environment.is_on("-i", LIVERELOAD="1") and environment.is_on("-I", LIVERELOAD="all")
    environment.answers("-m", "livereload", "enable")
    assert environment.is_on("-i")
    pip("uninstall", "-q", "-y", "livereload-imports")
    assert not environment.is_on("-i")
    assert [p.name for p in environment.site.glob("*livereload*")] == ["livereload-enabled.pth"]


@pytest.mark.parametrize(
    ("arguments", "answer", "error"),
    [
        (("-i", "-c", QUESTION), "on\n", ""),
        (("-m", "livereload", "status"), "livereload is on for interactive starts, off for", ""),
        (("-m", "livereload", "enable"), "", "livereload: not enabled: this environment ("),
    ],
    ids=["prompt", "status", "enable"],
)
def test_uv_run_with(tmp_path: Path, arguments: tuple[str, ...], answer: str, error: str) -> None:
    """`LIVERELOAD=1 uv run --with …` is all the set-up there is; `status` there agrees, and `enable` refuses."""
    uv = shutil.which("uv")
    if uv is None:
        pytest.skip("there is no uv here")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LIVERELOAD"))}
    done = subprocess.run(
        [
            *(uv, "run", "--no-project", "--python", sys.executable, "--with", str(SOURCES.parent)),
            *("python", *arguments),
        ],
        env={**inherited, "LIVERELOAD": "1"},
        input="",
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=600,
    )
    if done.returncode and "livereload: " not in done.stderr:
        pytest.skip(f"uv cannot: {done.stderr[-300:]}")
    assert done.stdout.startswith(answer) and "no file" not in done.stdout
    assert error in done.stderr
