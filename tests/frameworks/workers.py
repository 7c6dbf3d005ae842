# fmt: off
# ruff: noqa: E501 (an edit reads best in one line)
"""What is given handlers and calls them when something happens: dramatiq, huey, python-telegram-bot, structlog."""

from harness import ADD, BODY, CHANGE, FAIL, MEND, Edit, Scenario

DRAMATIQ = Scenario(
    "dramatiq",
    ["dramatiq"],
    {
        "broker_.py": """
            import dramatiq
            from dramatiq.brokers.stub import StubBroker

            class Noted(dramatiq.Middleware):
                def __init__(self):
                    self.log = []

                def after_process_message(self, broker, message, *, result=None, exception=None):
                    self.log.append((message.actor_name, result))

            noted = Noted()
            broker = StubBroker()
            broker.add_middleware(noted)
            dramatiq.set_broker(broker)
        """,
        "actors.py": """
            import dramatiq
            from broker_ import broker

            RETRIES = 2

            @dramatiq.actor(max_retries=RETRIES)
            def add(x, y):
                return x + y

            @dramatiq.actor(queue_name="slow", actor_name="slow.work")
            def work(x):
                return "worked", x
        """,
    },
    "from broker_ import broker, noted; from actors import add, work",
    [
        Edit(BODY, "actors.py", "return x + y", "return x + y + 100"),
        Edit(BODY, "actors.py", '"worked", x', '"has worked", x'),
        Edit(BODY, "broker_.py", "(message.actor_name, result)", "(message.actor_name, 'gave', result)"),
        Edit(ADD, "actors.py", '@dramatiq.actor(queue_name="slow"', '@dramatiq.actor\ndef less(x):\n    return -x\n\n@dramatiq.actor(queue_name="slow"'),
        Edit(CHANGE, "actors.py", "RETRIES = 2", "RETRIES = 3"),
        Edit(FAIL, "actors.py", "def less(x):", "def less(x=NONE):"),
        Edit(MEND, "actors.py", "def less(x=NONE):", "def less(x=1):"),
        Edit(CHANGE, "actors.py", 'actor_name="slow.work"', 'actor_name="slow.renamed"'),
        Edit(CHANGE, "actors.py", "@dramatiq.actor\ndef less(x=1):\n    return -x\n\n", ""),
    ],
    holds="""
        import dramatiq
        def done(actor, *given):
            worker = dramatiq.Worker(broker, worker_timeout=20, worker_threads=1)
            worker.start()
            try:
                del noted.log[:]
                actor.send(*given)
                broker.join(actor.queue_name, timeout=5000)
                worker.join()
                return list(noted.log)
            finally:
                worker.stop()
    """,
    probes=["add(1, 2)", "work(1)"],
    obtained=[
        "sorted(broker.actors), sorted(broker.get_declared_queues())", "done(add, 1, 2)", "done(work, 1)",
        "add.options.get('max_retries'), work.actor_name", "broker.actors['less'](3)",
    ],
)

HUEY = Scenario(
    "huey",
    ["huey"],
    {
        "queue_.py": "from huey import MemoryHuey\n\nhuey = MemoryHuey('work', immediate=True)\nlog = []\n",
        "jobs.py": """
            from huey import crontab
            from queue_ import huey, log

            EVERY = "*/5"

            @huey.task(retries=1)
            def add(x, y):
                return x + y

            @huey.periodic_task(crontab(minute=EVERY))
            def tidy():
                log.append("tidy")

            @huey.signal()
            def on_signal(signal, task, error=None):
                log.append((signal, task.name))

            @huey.post_execute()
            def after(task, value, error):
                log.append(("after", value))
        """,
    },
    "from queue_ import huey, log; from jobs import add, tidy",
    [
        Edit(BODY, "jobs.py", "return x + y", "return x + y + 100"),
        Edit(BODY, "jobs.py", '("after", value)', '("then", value)'),
        Edit(BODY, "jobs.py", "(signal, task.name)", "(task.name, signal)"),
        Edit(ADD, "jobs.py", "@huey.periodic_task", "@huey.task()\ndef less(x):\n    return -x\n\n@huey.periodic_task"),
        Edit(CHANGE, "jobs.py", 'EVERY = "*/5"', 'EVERY = "*/7"'),
        Edit(FAIL, "jobs.py", "@huey.post_execute()", "@huey.post_executed()"),
        Edit(MEND, "jobs.py", "@huey.post_executed()", "@huey.pre_execute()", also=[("jobs.py", "def after(task, value, error):", "def after(task, value=1):")]),
        Edit(CHANGE, "jobs.py", "def less(x):", "def fewer(x):"),
        Edit(CHANGE, "jobs.py", "@huey.signal()\n", ""),
    ],
    holds="""
        from datetime import datetime
        def ran(task, *given):
            del log[:]
            return task(*given).get(), list(log)
        def periodic():
            return [(each.name, each.validate_datetime(datetime(2026, 1, 1, 1, 5)), each.validate_datetime(datetime(2026, 1, 1, 1, 7))) for each in huey._registry.periodic_tasks]
    """,
    probes=["ran(add, 1, 2)", "add.call_local(1, 2)", "tidy.call_local()"],
    obtained=["sorted(huey._registry._registry)", "periodic()", "len(huey._registry._registry), len(huey._post_execute), len(huey._pre_execute)"],
)

TELEGRAM = Scenario(
    "telegram",
    ["python-telegram-bot"],
    {
        "bot_.py": """
            from telegram.ext import Application

            app = Application.builder().token("1:x").updater(None).build()
            said = []
        """,
        "handlers.py": """
            from telegram.ext import CommandHandler, MessageHandler, filters
            from bot_ import app, said

            WORD = "tea"

            async def start(update, context):
                said.append("hello")

            async def tea(update, context):
                said.append("tea for " + update.message.text)

            class Quiet(filters.MessageFilter):
                def filter(self, message):
                    return message.text.startswith("psst")

            async def quiet(update, context):
                said.append("quiet")

            app.add_handler(CommandHandler("start", start))
            app.add_handler(MessageHandler(Quiet(), quiet))
            app.add_handler(MessageHandler(filters.Regex(WORD), tea))
        """,
    },
    "from bot_ import app, said; import handlers",
    [
        Edit(BODY, "handlers.py", '"hello"', '"hi"'),
        Edit(BODY, "handlers.py", '"tea for "', '"a tea for "'),
        Edit(BODY, "handlers.py", '("psst")', '("sh")'),
        Edit(ADD, "handlers.py", 'app.add_handler(MessageHandler(Quiet', 'app.add_handler(CommandHandler("more", start))\napp.add_handler(MessageHandler(Quiet'),
        Edit(CHANGE, "handlers.py", 'WORD = "tea"', 'WORD = "cup"'),
        Edit(FAIL, "handlers.py", 'CommandHandler("more", start)', 'CommandHandler("more", begin)'),
        Edit(MEND, "handlers.py", 'CommandHandler("more", begin)', 'CommandHandler("again", start)'),
        Edit(CHANGE, "handlers.py", "app.add_handler(MessageHandler(Quiet(), quiet))\n", ""),
    ],
    holds="""
        import asyncio, datetime
        from telegram import Chat, Message, MessageEntity, Update, User
        def told(text):
            entities = [MessageEntity("bot_command", 0, len(text))] if text[0] == "/" else []
            message = Message(1, datetime.datetime(2026, 1, 1), Chat(1, "private"), from_user=User(1, "ann", False), text=text, entities=entities)
            message.set_bot(app.bot)
            async def process():
                app._initialized = True
                app.bot._bot_user = User(2, "bot", True, username="bot")
                await app.process_update(Update(1, message=message))
            del said[:]
            asyncio.run(process())
            return list(said)
    """,
    obtained=["told('/start')", "told('/more')", "told('/again')", "told('psst tea')", "told('sh tea')", "told('a cup')", "[type(each).__name__ for each in app.handlers[0]]"],
)

STRUCTLOG = Scenario(
    "structlog",
    ["structlog"],
    {
        "logs.py": """
            import structlog

            lines = []
            LEVEL = 20

            def shout(logger, name, event):
                event["event"] = event["event"].upper()
                return event

            class Keep:
                def msg(self, message):
                    lines.append(message)
                info = debug = error = msg

            structlog.configure(
                processors=[shout, structlog.processors.KeyValueRenderer(key_order=["event"])],
                wrapper_class=structlog.make_filtering_bound_logger(LEVEL),
                logger_factory=lambda *_: Keep(),
                cache_logger_on_first_use=True,
            )
        """,
        "use.py": "import structlog\nimport logs\n\nlog = structlog.get_logger(app='shop')\nlog.info('began')\n\ndef work(n):\n    log.info('worked', n=n)\n    log.debug('in detail')\n",
    },
    "from logs import lines; from use import log, work",
    [
        Edit(BODY, "use.py", "'worked', n=n", "'has worked', n=n"),
        Edit(CHANGE, "logs.py", '["event"].upper()', '["event"].title()'),
        Edit(CHANGE, "logs.py", "lines.append(message)", "lines.append('! ' + message)"),
        Edit(CHANGE, "logs.py", "LEVEL = 20", "LEVEL = 10"),
        Edit(FAIL, "logs.py", "processors=[shout,", "processors=[shouted,"),
        Edit(MEND, "logs.py", "processors=[shouted,", "processors=[structlog.processors.add_log_level, shout,"),
        Edit(ADD, "logs.py", "structlog.configure(", "def mark(logger, name, event):\n    event['mark'] = 1\n    return event\n\nstructlog.configure(", also=[("logs.py", "add_log_level, shout", "add_log_level, mark, shout")]),
    ],
    holds="""
        def logged(n):
            del lines[:]
            work(n)
            return list(lines)
    """,
    obtained=["logged(1)"],
)

SCENARIOS = [DRAMATIQ, HUEY, TELEGRAM, STRUCTLOG]
