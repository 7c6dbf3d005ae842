# fmt: off
# ruff: noqa: E501 (an edit reads best in one line)
"""Programs that wait for messages, and windows: aiogram, discord.py, PySide6."""

from harness import ADD, BODY, CHANGE, DEFINE, FAIL, MEND, Edit, Scenario

AIOGRAM = Scenario(
    "aiogram",
    ["aiogram"],
    {
        "bot/__init__.py": "",
        "bot/handlers.py": """
            from aiogram import F, Router
            from aiogram.filters import Command

            router = Router(name="handlers")
            ANSWER = "hello "

            @router.message(Command("start"))
            async def start(message):
                return ANSWER + "start"

            @router.message(F.text.startswith("x"))
            async def letters(message, seen):
                return "letters", seen

            @router.message.middleware
            async def middle(handler, event, data):
                data["seen"] = "seen"
                return await handler(event, data)
        """,
        "bot/app.py": """
            from aiogram import Dispatcher
            from bot.handlers import router

            dispatcher = Dispatcher()
            dispatcher.include_router(router)
        """,
    },
    "from bot.app import dispatcher",
    [
        Edit(BODY, "bot/handlers.py", 'ANSWER + "start"', 'ANSWER + "started"'),
        Edit(BODY, "bot/handlers.py", '"letters", seen', '"all letters", seen'),
        Edit(BODY, "bot/handlers.py", '= "seen"', '= "seen twice"'),
        Edit(ADD, "bot/handlers.py", "@router.message.middleware", "@router.message(F.text == 'new')\nasync def new(message):\n    return 'new'\n\n@router.message.middleware"),
        Edit(BODY, "bot/handlers.py", "return 'new'", "return 'newer'"),
        Edit(FAIL, "bot/handlers.py", 'Command("start")', 'Command(start=1)'),
        Edit(MEND, "bot/handlers.py", 'Command(start=1)', 'Command("begin")', remakes=True),
        Edit(CHANGE, "bot/handlers.py", 'ANSWER = "hello "', 'ANSWER = "hi "'),
        Edit(CHANGE, "bot/handlers.py", 'startswith("x")', 'startswith("y")'),
    ],
    holds="""
        import asyncio, datetime
        from aiogram import Bot
        from aiogram.types import Chat, Message, Update
        def fed(text):
            message = Message(message_id=1, date=datetime.datetime(2026, 1, 1), chat=Chat(id=1, type="private"), text=text)
            async def feed():
                return await dispatcher.feed_update(Bot("42:TEST"), Update(update_id=1, message=message))
            return str(asyncio.run(feed()))
    """,
    probes=["fed('/start'), fed('x')"],
    obtained=[
        "fed('new'), fed('/begin'), fed('y')",
        "[len(each.message.handlers) for each in dispatcher.sub_routers], len(dispatcher.sub_routers[0].message.middleware)",
    ],
)

DISCORD = Scenario(
    "discord",
    ["discord.py"],
    {
        "cogs/__init__.py": "",
        "cogs/text.py": "def greeting(name):\n    return 'hello ' + name\n",
        "cogs/greet.py": """
            from discord.ext import commands
            from cogs.text import greeting

            PREFIX = "greet"
            events = []

            class Greet(commands.Cog):
                def __init__(self, bot):
                    self.bot = bot
                    self.count = 0

                @commands.command(help=PREFIX)
                async def hello(self, ctx, name="you"):
                    self.count += 1
                    await ctx.send(greeting(name))

                @commands.Cog.listener()
                async def on_message(self, message):
                    events.append("seen " + message)

                async def cog_check(self, ctx):
                    return ctx.allowed

            async def setup(bot):
                await bot.add_cog(Greet(bot))
        """,
    },
    "from cogs.greet import Greet, events; import cogs.text",
    [
        Edit(BODY, "cogs/text.py", "'hello '", "'hi '"),
        Edit(BODY, "cogs/greet.py", "ctx.send(greeting(name))", "ctx.send(greeting(name) + '!')"),
        Edit(BODY, "cogs/greet.py", '"seen " + message', '"read " + message'),
        Edit(BODY, "cogs/greet.py", "return ctx.allowed", "return not ctx.allowed"),
        Edit(BODY, "cogs/greet.py", "bot.add_cog(Greet(bot))", "bot.add_cog(Greet(bot), override=True)"),
        Edit(DEFINE, "cogs/greet.py", "    async def cog_check", "    def more(self):\n        return 'more'\n\n    async def cog_check"),
        Edit(ADD, "cogs/greet.py", "    @commands.Cog.listener()", "    @commands.command()\n    async def bye(self, ctx):\n        await ctx.send('bye')\n\n    @commands.Cog.listener()"),
        Edit(FAIL, "cogs/greet.py", "@commands.command(help=PREFIX)", "@commands.command(help=PREFIX.no)"),
        Edit(MEND, "cogs/greet.py", "@commands.command(help=PREFIX.no)", "@commands.command(help=PREFIX, name='hello2')", remakes=True),
        Edit(CHANGE, "cogs/greet.py", 'PREFIX = "greet"', 'PREFIX = "greeting"'),
    ],
    holds="""
        import asyncio, discord
        from discord.ext import commands
        class Context:
            allowed = True
            def __init__(self): self.sent = []
            async def send(self, text): self.sent.append(text)
        async def prepare():
            bot = commands.Bot("!", intents=discord.Intents.none())
            await bot.add_cog(Greet(bot))
            return bot
        bot = asyncio.run(prepare())
        cog = bot.get_cog("Greet")
        def said(name, *arguments):
            context = Context()
            asyncio.run(bot.get_command(name).callback(cog, context, *arguments))
            return context.sent
        def heard(text):
            events.clear()
            for listener in bot.extra_events["on_message"]:
                asyncio.run(listener(text))
            return events[:]
        def extended():
            async def load():
                bot = commands.Bot("!", intents=discord.Intents.none())
                await bot.load_extension("cogs.greet")
                await bot.reload_extension("cogs.greet")
                context = Context()
                command = sorted(bot.all_commands)[1]
                await bot.get_command("hello2" if "hello2" in bot.all_commands else "hello").callback(bot.get_cog("Greet"), context)
                return sorted(bot.all_commands), context.sent
            return asyncio.run(load())
    """,
    probes=["said('hello', 'ann') if bot.get_command('hello') else said('hello2')", "heard('x')", "asyncio.run(cog.cog_check(Context()))", "type(cog) is Greet, hasattr(cog, 'more')"],
    obtained=["sorted(bot.all_commands)", "[each.name for each in Greet(None).get_commands()], [each.help for each in cog.get_commands()]"],
)

# The user's own `reload_extension` beside livereload: both may execute the module, and the bot has each command once.
DISCORD_EXTENSION = Scenario(
    "discord-extension",
    ["discord.py"],
    DISCORD.files,
    "import cogs.greet, cogs.text",
    [
        Edit(CHANGE, "cogs/text.py", "'hello '", "'hi '"),
        Edit(CHANGE, "cogs/greet.py", "ctx.send(greeting(name))", "ctx.send(greeting(name) + '!')"),
        Edit(CHANGE, "cogs/greet.py", "    @commands.Cog.listener()", "    @commands.command()\n    async def bye(self, ctx):\n        await ctx.send('bye')\n\n    @commands.Cog.listener()"),
    ],
    holds=DISCORD.holds.replace("await bot.add_cog(Greet(bot))", "pass").replace('bot.get_cog("Greet")', "None"),
    obtained=["extended()", "extended()"],
)

PYSIDE = Scenario(
    "pyside6",
    ["PySide6-Essentials"],
    {
        "ui/__init__.py": "",
        "ui/format.py": "def shown(n):\n    return f'count {n}'\n",
        "ui/window.py": """
            from PySide6.QtCore import QAbstractListModel, QObject, QTimer, Qt, Signal, Slot
            from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget
            from ui.format import shown

            TITLE = "Counter"

            class Counter(QObject):
                changed = Signal(int)

                def __init__(self):
                    super().__init__()
                    self.n = 0

                def step(self):
                    self.n += 1
                    self.changed.emit(self.n)

            class Model(QAbstractListModel):
                def rowCount(self, parent=None):
                    return 2

                def data(self, index, role=Qt.DisplayRole):
                    return f"row {index.row()}" if role == Qt.DisplayRole else None

            class Window(QWidget):
                def __init__(self, counter):
                    super().__init__()
                    self.setWindowTitle(TITLE)
                    self.counter, self.label, self.button = counter, QLabel("-"), QPushButton("+")
                    self.button.clicked.connect(self.clicked)
                    self.button.clicked.connect(lambda: self.log.append("lambda"))
                    counter.changed.connect(self.show_number)
                    self.log = []

                @Slot()
                def clicked(self):
                    self.counter.step()

                def show_number(self, n):
                    self.label.setText(shown(n))

                def sizeHint(self):
                    return super().sizeHint() * 2
        """,
    },
    "from ui.window import Counter, Model, Window; import ui.format",
    [
        Edit(BODY, "ui/format.py", "'count {n}'", "'the count is {n}'"),
        Edit(BODY, "ui/window.py", "self.label.setText(shown(n))", "self.label.setText(shown(n) + '!')"),
        Edit(BODY, "ui/window.py", 'self.log.append("lambda")', 'self.log.append("a lambda")'),
        Edit(BODY, "ui/window.py", 'f"row {index', 'f"a row {index'),
        Edit(BODY, "ui/window.py", "self.counter.step()", "self.counter.step(), self.counter.step()"),
        Edit(CHANGE, "ui/format.py", "def shown(n):", "def shown(n, mark='?'):"),
        Edit(CHANGE, "ui/format.py", "is {n}'", "is {n}' + mark"),
        Edit(FAIL, "ui/window.py", "    @Slot()", "    @Slot(1, 2, result=None, no=3)"),
        Edit(MEND, "ui/window.py", "    @Slot(1, 2, result=None, no=3)", "    @Slot(bool)", remakes=True, news={"ui.window.Counter", "ui.window.Model", "ui.window.Window"}),
        Edit(CHANGE, "ui/window.py", 'TITLE = "Counter"', 'TITLE = "Number"', news={"ui.window.Counter", "ui.window.Model", "ui.window.Window"}),
    ],
    holds="""
        from PySide6.QtWidgets import QApplication
        app = QApplication.instance() or QApplication([])
        counter = Counter()
        window = Window(counter)
        model = Model()
        def click(window):
            window.log.clear()
            window.counter.n = 0
            window.button.click()
            return window.label.text(), window.log
    """,
    probes=["click(window)", "model.data(model.index(0))", "type(window) is Window, isinstance(model, Model)"],
    obtained=["window.windowTitle(), window.sizeHint().width() > 0", "click(Window(counter))"],
)

SCENARIOS = [AIOGRAM, DISCORD, DISCORD_EXTENSION, PYSIDE]
