# fmt: off
# ruff: noqa: E501 (an edit reads best in one line)
"""What ties parts of a program together: containers of dependencies, configuration, schemas, command lines, widgets."""

from harness import ADD, BODY, CHANGE, FAIL, MEND, Edit, Scenario

PROVIDERS = Scenario(
    "dependency-injector",
    ["dependency-injector"],
    {
        "parts.py": """
            class Engine:
                def __init__(self, power=1):
                    self.power = power

                def go(self):
                    return f"goes with {self.power}"

            class Car:
                def __init__(self, engine, name):
                    self.engine, self.name = engine, name

                def drive(self):
                    return self.name + " " + self.engine.go()
        """,
        "wires.py": """
            from dependency_injector import containers, providers
            from parts import Car, Engine

            class Wires(containers.DeclarativeContainer):
                config = providers.Configuration(default={"power": 3})
                engine = providers.Singleton(Engine, power=config.power)
                car = providers.Factory(Car, engine=engine, name="car")
        """,
        "main_.py": """
            from dependency_injector.wiring import Provide, inject
            from wires import Wires

            @inject
            def trip(car=Provide[Wires.car]):
                return "trip: " + car.drive()

            wires = Wires()
            wires.wire(modules=[__name__])
        """,
    },
    "from main_ import trip, wires; from wires import Wires; from parts import Car",
    [
        Edit(BODY, "parts.py", 'f"goes with {self', 'f"runs with {self'),
        Edit(BODY, "main_.py", '"trip: "', '"a trip: "'),
        Edit(CHANGE, "wires.py", 'name="car"', 'name="bus"', remakes=True),
        Edit(CHANGE, "wires.py", '{"power": 3}', '{"power": 5}'),
        Edit(FAIL, "wires.py", "power=config.power", "power=configuration.power"),
        Edit(MEND, "wires.py", "power=configuration.power", "power=7"),
        Edit(ADD, "parts.py", "    def go(self):", "    def stop(self):\n        return 'stops'\n\n    def go(self):"),
        Edit(CHANGE, "parts.py", '+ " " +', '+ ": " +'),
    ],
    holds="car = wires.car()",
    probes=["trip()", "car.drive()"],
    obtained=["isinstance(wires.car(), Car)", "hasattr(wires.engine(), 'stop')", "wires.car().drive(), wires.engine() is wires.engine()"],
)

INJECTOR = Scenario(
    "injector",
    ["injector"],
    {
        "parts.py": """
            from dataclasses import dataclass
            from injector import Injector, Module, inject, provider, singleton

            LIMIT = 3

            class Store:
                def __init__(self, limit):
                    self.limit = limit

                def label(self):
                    return f"store of {self.limit}"

            @inject
            @dataclass
            class Service:
                store: Store

                def label(self):
                    return "service with " + self.store.label()

            class Parts(Module):
                @singleton
                @provider
                def store(self) -> Store:
                    return Store(LIMIT)
        """,
        "main_.py": "from injector import Injector\nfrom parts import Parts, Service\n\ninjector = Injector([Parts()])\nservice = injector.get(Service)\n",
    },
    "from main_ import injector, service; from parts import Service, Store",
    [
        Edit(BODY, "parts.py", '"service with "', '"a service with "'),
        Edit(BODY, "parts.py", 'f"store of', 'f"a store of'),
        Edit(CHANGE, "parts.py", "LIMIT = 3", "LIMIT = 4", remakes=True),
        Edit(FAIL, "parts.py", "class Parts(Module):", "class Parts(Modul):"),
        Edit(MEND, "parts.py", "class Parts(Modul):", "class Parts(Module):"),
        Edit(CHANGE, "parts.py", "    store: Store\n", "    store: Store\n    name: str = 's'\n"),
    ],
    probes=["service.label()"],
    obtained=["injector.get(Service).label()", "isinstance(injector.get(Store), Store), injector.get(Store) is service.store"],
)

HYDRA = Scenario(
    "hydra",
    ["hydra-core"],
    {
        "conf.py": """
            from dataclasses import dataclass, field
            from hydra.core.config_store import ConfigStore
            from omegaconf import MISSING, OmegaConf

            @dataclass
            class Model:
                layers: int = 2
                rate: float = 0.1

            @dataclass
            class Config:
                model: Model = field(default_factory=Model)
                name: str = "${shout:run}"

            OmegaConf.register_new_resolver("shout", lambda text: text.upper())
            store = ConfigStore.instance()
            store.store(name="config", node=Config)
            store.store(group="model", name="small", node=Model(layers=1))
        """,
        "nets.py": """
            NETS = {}

            def net(name):
                def keep(cls):
                    assert name not in NETS, name
                    NETS[name] = cls
                    return cls
                return keep

            @net("plain")
            class Plain:
                def __init__(self, layers):
                    self.layers = layers

                def run(self):
                    return "plain", self.layers
        """,
        "train.py": "from conf import Config\nfrom nets import NETS\n\ndef build(config):\n    return NETS['plain'](config.model.layers)\n",
    },
    "from conf import Config, Model, store; from nets import NETS, Plain; from train import build",
    [
        Edit(BODY, "nets.py", 'return "plain", self', 'return "a plain", self'),
        Edit(BODY, "train.py", "config.model.layers)", "config.model.layers + 1)"),
        Edit(CHANGE, "conf.py", "layers: int = 2", "layers: int = 3"),
        Edit(CHANGE, "conf.py", "text.upper()", "text.title()"),
        Edit(ADD, "nets.py", '@net("plain")', '@net("deep")\nclass Deep:\n    pass\n\n@net("plain")'),
        Edit(FAIL, "conf.py", "rate: float = 0.1", "rate: float = RATE"),
        Edit(MEND, "conf.py", "rate: float = RATE", "rate: float = 0.2"),
        Edit(CHANGE, "conf.py", 'name="small", node', 'name="tiny", node'),
        Edit(CHANGE, "nets.py", '@net("plain")', '@net("simple")', also=[("train.py", "'plain'", "'simple'")]),
    ],
    holds="""
        from hydra import compose, initialize
        from omegaconf import OmegaConf
        def composed(*overrides):
            with initialize(version_base=None, config_path=None):
                return OmegaConf.to_container(compose("config", list(overrides)), resolve=True)
    """,
    probes=["composed()", "build(OmegaConf.structured(Config())).run()", "sorted(store.repo['model'])", "composed('model.layers=9')"],
    obtained=["list(NETS)"],
)

MARSHMALLOW_SQLALCHEMY = Scenario(
    "marshmallow-sqlalchemy",
    ["marshmallow-sqlalchemy", "sqlalchemy"],
    {
        "models_.py": """
            from sqlalchemy import ForeignKey, create_engine
            from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

            class Base(DeclarativeBase):
                pass

            class Owner(Base):
                __tablename__ = "owners"
                id: Mapped[int] = mapped_column(primary_key=True)
                name: Mapped[str]
                pets: Mapped[list["Pet"]] = relationship(back_populates="owner")

            class Pet(Base):
                __tablename__ = "pets"
                id: Mapped[int] = mapped_column(primary_key=True)
                kind: Mapped[str]
                owner_id: Mapped[int] = mapped_column(ForeignKey("owners.id"))
                owner: Mapped[Owner] = relationship(back_populates="pets")

                def label(self):
                    return f"{self.kind} of {self.owner.name}"
        """,
        "shapes.py": """
            from marshmallow import fields, post_dump
            from marshmallow_sqlalchemy import SQLAlchemyAutoSchema
            from models_ import Owner, Pet

            class OwnerSchema(SQLAlchemyAutoSchema):
                class Meta:
                    model = Owner

            class PetSchema(SQLAlchemyAutoSchema):
                class Meta:
                    model = Pet
                    include_fk = True

                label = fields.Method("get_label")
                owner = fields.Nested(OwnerSchema)

                def get_label(self, pet):
                    return pet.label()

                @post_dump
                def mark(self, data, **_):
                    return {**data, "mark": 1}
        """,
    },
    "from models_ import Base, Owner, Pet; from shapes import OwnerSchema, PetSchema",
    [
        Edit(BODY, "models_.py", "{self.kind} of", "{self.kind} with"),
        Edit(BODY, "shapes.py", '"mark": 1', '"mark": 2'),
        Edit(CHANGE, "models_.py", "    kind: Mapped[str]\n", "    kind: Mapped[str]\n    age: Mapped[int] = mapped_column(default=3)\n"),
        Edit(FAIL, "shapes.py", "model = Pet\n", "model = Cat\n"),
        Edit(MEND, "shapes.py", "model = Cat\n", "model = Pet\n        exclude = ['id']\n"),
        Edit(CHANGE, "models_.py", "    name: Mapped[str]\n", "    name: Mapped[str]\n    city: Mapped[str | None]\n"),
    ],
    holds="""
        from sqlalchemy import create_engine
        from sqlalchemy.orm import Session
        engine = create_engine("sqlite://")
        Base.metadata.create_all(engine)
        with Session(engine) as session:
            pet = Pet(kind="cat", owner=Owner(name="ann"))
            session.add(pet)
            session.commit()
            dumped = PetSchema().dump(pet)
            owner = OwnerSchema().dump(pet.owner)
    """,
    obtained=["dumped", "owner", "list(PetSchema().fields)", "list(Base.metadata.tables), list(Pet.__table__.columns.keys())"],
)

POLARS = Scenario(
    "polars",
    ["polars"],
    {
        "spaces.py": """
            import polars as pl

            FACTOR = 2

            @pl.api.register_dataframe_namespace("geo")
            class Geo:
                def __init__(self, frame):
                    self._frame = frame

                def doubled(self):
                    return (self._frame["x"] * FACTOR).to_list()

            @pl.api.register_expr_namespace("own")
            class Own:
                def __init__(self, expression):
                    self._expression = expression

                def plus(self, n):
                    return self._expression + n
        """,
    },
    "from spaces import Geo, Own",
    [
        Edit(BODY, "spaces.py", '["x"] * FACTOR', '["x"] * FACTOR + 1'),
        Edit(BODY, "spaces.py", "self._expression + n", "self._expression - n"),
        Edit(CHANGE, "spaces.py", "FACTOR = 2", "FACTOR = 3"),
        Edit(ADD, "spaces.py", "    def doubled(self):", "    def first(self):\n        return self._frame['x'][0]\n\n    def doubled(self):"),
        Edit(FAIL, "spaces.py", 'register_expr_namespace("own")', 'register_expression_namespace("own")'),
        Edit(MEND, "spaces.py", 'register_expression_namespace("own")', 'register_expr_namespace("mine")'),
    ],
    holds="""
        import polars as pl
        frame = pl.DataFrame({"x": [1, 2]})
    """,
    probes=["frame.geo.doubled()", "frame.geo.first()"],
    obtained=["frame.select(pl.col('x').own.plus(1))['x'].to_list()", "frame.select(pl.col('x').mine.plus(1))['x'].to_list()", "sorted(pl.Expr._accessors), sorted(pl.DataFrame._accessors)"],
)

TYPER_PARTS = Scenario(
    "typer-parts",
    ["typer"],
    {
        "cli/__init__.py": "",
        "cli/users.py": """
            import typer

            app = typer.Typer(help="Users.")
            KINDS = ["small", "large"]

            @app.command()
            def add(name: str, size: int = typer.Option(1, min=0, max=9)):
                "Add a user."
                typer.echo(f"added {name} {size}")

            @app.callback()
            def before(loud: bool = False):
                if loud:
                    typer.echo("LOUD")
        """,
        "cli/main.py": """
            import typer
            from rich.table import Table
            from cli import users

            app = typer.Typer()
            app.add_typer(users.app, name="users")

            @app.command("show-all")
            def show(n: int = 2):
                table = Table("a", "b")
                for i in range(n):
                    table.add_row(str(i), "x")
                typer.echo(f"{table.row_count} rows")
        """,
    },
    "from cli.main import app; from cli import users",
    [
        Edit(BODY, "cli/users.py", 'f"added {name}', 'f"has added {name}'),
        Edit(BODY, "cli/main.py", "rows", "lines"),
        Edit(CHANGE, "cli/users.py", "typer.Option(1, min", "typer.Option(2, min", remakes=True),
        Edit(CHANGE, "cli/main.py", '"show-all"', '"show"'),
        Edit(ADD, "cli/users.py", "@app.callback()", "@app.command()\ndef remove(name: str):\n    typer.echo('removed ' + name)\n\n@app.callback()"),
        Edit(FAIL, "cli/users.py", "name: str, size", "name: Str, size"),
        Edit(MEND, "cli/users.py", "name: Str, size", "name: str, size"),
        Edit(CHANGE, "cli/main.py", 'name="users"', 'name="people"'),
        Edit(CHANGE, "cli/users.py", "@app.callback()\n", ""),
    ],
    holds="""
        from typer.testing import CliRunner
        runner = CliRunner()
        def ran(*arguments):
            answer = runner.invoke(app, list(arguments))
            return answer.exit_code, answer.stdout
    """,
    probes=["ran('users', 'add', 'ann')", "ran('show-all', '--n', '3')"],
    obtained=[
        "ran('show')", "ran('users', '--loud', 'remove', 'ann')", "ran('people', 'remove', 'ann')", "ran('people', 'add', 'ann', '--size', '10')[0]",
        "[each.name for each in app.registered_groups], len(app.registered_commands), len(users.app.registered_commands)",
    ],
)

TEXTUAL = Scenario(
    "textual",
    ["textual"],
    {
        "ui/__init__.py": "",
        "ui/widgets.py": """
            from textual.message import Message
            from textual.reactive import reactive
            from textual.widgets import Static

            class Counter(Static):
                DEFAULT_CSS = "Counter { height: 1; }"
                count = reactive(0)

                class Full(Message):
                    def __init__(self, count):
                        super().__init__()
                        self.count = count

                def watch_count(self, count):
                    self.update(f"count {count}")
                    if count == 2:
                        self.post_message(self.Full(count))
        """,
        "ui/app.py": """
            from textual.app import App
            from textual.widgets import Button
            from ui.widgets import Counter

            class Shop(App):
                BINDINGS = [("a", "add", "Add")]

                def compose(self):
                    self.log_ = []
                    yield Counter()
                    yield Button("press", id="press")

                def action_add(self):
                    self.query_one(Counter).count += 1

                def on_counter_full(self, message):
                    self.log_.append(("full", message.count))

                def on_button_pressed(self, event):
                    self.log_.append(("pressed", event.button.id))
        """,
    },
    "from ui.app import Shop; from ui.widgets import Counter",
    [
        Edit(BODY, "ui/app.py", '("pressed", event', '("was pressed", event'),
        Edit(BODY, "ui/widgets.py", 'f"count {count}"', 'f"counts {count}"'),
        Edit(CHANGE, "ui/app.py", '("a", "add", "Add")', '("b", "add", "Add")'),
        Edit(CHANGE, "ui/widgets.py", "count = reactive(0)", "count = reactive(1)"),
        Edit(ADD, "ui/app.py", "    def action_add(self):", "    def key_x(self):\n        self.log_.append('x')\n\n    def action_add(self):"),
        Edit(FAIL, "ui/widgets.py", "class Full(Message):", "class Full(Massage):"),
        Edit(MEND, "ui/widgets.py", "class Full(Massage):", "class Full(Message):"),
        Edit(CHANGE, "ui/app.py", "on_counter_full", "on_counter_filled"),
    ],
    holds="""
        import asyncio
        def played(*keys):
            async def play():
                app = Shop()
                async with app.run_test() as pilot:
                    await pilot.press(*keys)
                    await pilot.click("#press")
                    await pilot.pause()
                    return app.log_, str(app.query_one(Counter).render())
            return asyncio.run(play())
    """,
    probes=["played('a', 'a')", "played('b', 'b', 'x')"],
)

SCENARIOS = [PROVIDERS, INJECTOR, HYDRA, MARSHMALLOW_SQLALCHEMY, POLARS, TYPER_PARTS, TEXTUAL]
