# fmt: off
# ruff: noqa: E501 (an edit reads best in one line)
"""Commands, tasks and jobs: click, Typer, Celery, APScheduler."""

from harness import ADD, BODY, CHANGE, FAIL, MEND, Edit, Scenario

CLICK = Scenario(
    "click",
    ["click"],
    {
        "cli/__init__.py": "",
        "cli/main.py": """
            import click

            VERSION = "1"

            @click.group()
            @click.version_option(VERSION, message="version %(version)s")
            def main():
                pass
        """,
        "cli/hello.py": """
            import click
            from cli.main import main

            def upper(context, parameter, value):
                return value.upper()

            @main.command()
            @click.argument("name", callback=upper)
            @click.option("--times", default=1)
            def hello(name, times):
                click.echo(f"hello {name}" * times)
        """,
    },
    "from cli.main import main; import cli.hello",
    [
        Edit(BODY, "cli/hello.py", 'f"hello {name}"', 'f"hi {name}"'),
        Edit(BODY, "cli/hello.py", "value.upper()", "value.title()"),
        Edit(BODY, "cli/main.py", "    pass", "    click.echo('main')"),
        Edit(ADD, "cli/hello.py", "def upper", "@main.command()\ndef bye():\n    click.echo('bye')\n\ndef upper"),
        Edit(BODY, "cli/hello.py", "click.echo('bye')", "click.echo('good bye')"),
        Edit(CHANGE, "cli/hello.py", "default=1", "default=2"),
        Edit(CHANGE, "cli/hello.py", "@main.command()\n@click.argument", "@main.command('greet')\n@click.argument"),
        Edit(FAIL, "cli/hello.py", '"--times"', '"times"'),
        Edit(MEND, "cli/hello.py", '"times"', '"--times", "--count"'),
        Edit(CHANGE, "cli/main.py", 'VERSION = "1"', 'VERSION = "2"', remakes=True),
    ],
    holds="""
        from click.testing import CliRunner
        def run(*arguments):
            return CliRunner().invoke(main, arguments).output
    """,
    probes=["run('hello', 'ann'), run('greet', 'ann')"],
    obtained=["run('bye')", "run('--help')", "list(main.commands)", "run('--version')", "run('greet', 'a', '--count', '3')"],
)

TYPER = Scenario(
    "typer",
    ["typer"],
    {
        "app.py": """
            import typer

            app = typer.Typer(add_completion=False)
            users = typer.Typer()
            app.add_typer(users, name="users")
            DEFAULT = "ann"

            def check(value: int):
                if value > 3:
                    raise typer.BadParameter("too many")
                return value

            @app.command()
            def hello(name: str = DEFAULT, times: int = typer.Option(1, callback=check)):
                typer.echo(f"hello {name} " * times)

            @users.command()
            def add(name: str):
                typer.echo("added " + name)

            @app.callback()
            def main(loud: bool = False):
                if loud:
                    typer.echo("LOUD")
        """,
    },
    "from app import app, users",
    [
        Edit(BODY, "app.py", 'f"hello {name} "', 'f"hi {name} "'),
        Edit(BODY, "app.py", '"too many"', '"more than three"'),
        Edit(BODY, "app.py", '"added "', '"put "'),
        Edit(BODY, "app.py", 'echo("LOUD")', 'echo("VERY LOUD")'),
        Edit(ADD, "app.py", "@users.command()", "@app.command()\ndef bye():\n    typer.echo('bye')\n\n@users.command()"),
        Edit(BODY, "app.py", "echo('bye')", "echo('good bye')"),
        Edit(CHANGE, "app.py", "times: int = typer.Option(1, callback=check)", "times: int = typer.Option(2, callback=check)"),
        Edit(FAIL, "app.py", "def add(name: str):", "def add(name: strr):"),
        Edit(MEND, "app.py", "def add(name: strr):", "def add(name: str = 'bob'):"),
        Edit(CHANGE, "app.py", 'DEFAULT = "ann"', 'DEFAULT = "eve"'),
    ],
    holds="""
        from typer.testing import CliRunner
        def run(*arguments):
            return CliRunner().invoke(app, arguments).output
    """,
    probes=["run('hello', '--name', 'a')"],
    obtained=[
        "run('hello')", "run('bye')", "run('users', 'add', 'x'), run('users', 'add')", "run('--help')",
        "run('--loud', 'hello', '--times', '9')", "len(app.registered_commands), len(users.registered_commands)",
    ],
)

CELERY = Scenario(
    "celery",
    ["celery"],
    {
        "work/__init__.py": "",
        "work/app.py": """
            from celery import Celery

            app = Celery("work", broker="memory://", backend="cache+memory://")
            app.conf.task_always_eager = True
            app.conf.task_store_eager_result = False
        """,
        "work/helpers.py": "def double(x):\n    return 2 * x\n",
        "work/tasks.py": """
            from celery import shared_task
            from work.app import app
            from work.helpers import double

            LIMIT = "10/m"
            done = []

            @app.task(rate_limit=LIMIT)
            def add(x, y):
                done.append("add")
                return x + y

            @app.task(bind=True, name="work.named")
            def named(self, x):
                return self.name, double(x)

            @shared_task
            def shared(x):
                return "shared", x
        """,
        "work/more.py": """
            from celery import signals
            from work.app import app
            from work.tasks import add, named

            flow = add.s(1, 1) | named.s()
            log = []

            @signals.task_postrun.connect
            def ran(sender=None, retval=None, **_):
                log.append(("ran", sender.name, retval))

            @app.on_after_configure.connect
            def later(sender, **_):
                sender.add_periodic_task(10.0, add.s(1, 2), name="every ten")
        """,
    },
    "from work.app import app; from work.tasks import add, named, shared; from work.more import flow, log",
    [
        Edit(BODY, "work/tasks.py", "return x + y", "return x + y + 100"),
        Edit(BODY, "work/tasks.py", "return self.name, double(x)", "return self.name, double(x), 'named'"),
        Edit(BODY, "work/tasks.py", '"shared", x', '"shared by all", x'),
        Edit(BODY, "work/helpers.py", "2 * x", "3 * x"),
        Edit(BODY, "work/more.py", '("ran", sender.name', '("has run", sender.name'),
        Edit(ADD, "work/tasks.py", "@shared_task", "@app.task\ndef less(x):\n    return -x\n\n@shared_task"),
        Edit(BODY, "work/tasks.py", "return -x", "return -2 * x"),
        Edit(CHANGE, "work/tasks.py", 'LIMIT = "10/m"', 'LIMIT = "20/m"'),
        Edit(FAIL, "work/tasks.py", "@shared_task\n", "@shared_task(bind=bool(NONE))\n"),
        Edit(MEND, "work/tasks.py", "@shared_task(bind=bool(NONE))\n", "@shared_task(max_retries=9)\n"),
        Edit(CHANGE, "work/tasks.py", 'name="work.named"', 'name="work.renamed"', remakes=True),
        Edit(BODY, "work/tasks.py", "return x + y + 100", "return x + y + 200"),
    ],
    holds="""
        signature = add.s(1, 2)
        def logged(action):
            del log[:]
            action()
            return log[:]
    """,
    probes=["add(1, 2)", "add.delay(1, 2).get()", "signature.delay().get()", "shared.delay(1).get(), shared(2)", "named.delay(1).get()"],
    obtained=[
        "flow.delay().get()", "sorted(name for name in app.tasks if not name.startswith('celery.'))",
        "add.rate_limit, app.tasks['work.tasks.add'](1, 2)", "app.tasks['work.tasks.shared'].max_retries",
        "logged(lambda: add.delay(1, 2))", "app.tasks.get('work.tasks.less') and app.tasks['work.tasks.less'](3)",
        "app.tasks['work.tasks.add'].delay(1, 2).get(), list(app.conf.beat_schedule)",
    ],
)

APSCHEDULER = Scenario(
    "apscheduler",
    ["apscheduler"],
    {
        "timer.py": """
            from apscheduler.schedulers.background import BackgroundScheduler

            scheduler = BackgroundScheduler(timezone="UTC")
            scheduler.start(paused=True)
            log = []
        """,
        "jobs.py": """
            from timer import log, scheduler

            @scheduler.scheduled_job("interval", hours=1, id="tick")
            def tick():
                log.append("tick")

            def tock():
                log.append("tock")

            scheduler.add_job(tock, "interval", hours=2, id="tock")
        """,
    },
    "from timer import log, scheduler; from jobs import tick",
    [
        Edit(BODY, "jobs.py", 'append("tick")', 'append("a tick")'),
        Edit(BODY, "jobs.py", 'append("tock")', 'append("a tock")'),
        Edit(CHANGE, "jobs.py", "hours=1", "hours=3"),
        Edit(ADD, "jobs.py", "def tock():", "@scheduler.scheduled_job('interval', hours=4, id='more')\ndef more():\n    log.append('more')\n\ndef tock():"),
        Edit(FAIL, "jobs.py", "hours=2", "ours=2"),
        Edit(MEND, "jobs.py", "ours=2", "hours=6"),
    ],
    holds="""
        def ran(name):
            del log[:]
            scheduler.get_job(name).func()
            return log[:]
    """,
    probes=["ran('tick'), ran('tock')", "sorted((job.id, str(job.trigger)) for job in scheduler.get_jobs())", "scheduler.running"],
    obtained=["scheduler.get_job('more') and ran('more')"],
)

SCENARIOS = [CLICK, TYPER, CELERY, APSCHEDULER]
