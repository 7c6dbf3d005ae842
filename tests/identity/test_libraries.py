"""Libraries whose metaclasses and decorators get hold of classes: what the session holds of a module works on.

Needs a network, which makes an environment with the newest of each:

    LIVERELOAD_TEST_NETWORK=1 python -m pytest tests/identity/test_libraries.py
"""

import pytest
from environments import Environment, Hosted, needs_network

REQUIREMENTS = ["pydantic", "fastapi", "httpx", "sqlalchemy", "sqlmodel", "django", "peewee", "attrs", "msgspec"]
REQUIREMENTS += ["marshmallow", "traitlets", "PySide6-Essentials"]


class Case:
    """A module that is edited, what the session holds of it, and what has to be true of that after each edit."""

    def __init__(self, source, *, hold, edits, true, fresh=(), use="", quiet="pass"):
        self.source = source
        self.hold = hold
        self.edits = edits  # [((old, new), …, [what is true then])]
        self.true = true
        self.fresh = fresh  # what is as in a fresh interpreter
        self.use = use  # another module, which uses it
        self.quiet = quiet


CASES = {
    "pydantic": Case(
        """
from typing import Generic, TypeVar
from pydantic import BaseModel, TypeAdapter, computed_field, field_validator
T = TypeVar("T")
class Address(BaseModel):
    city: str
    def label(self): return "one"
    @field_validator("city")
    @classmethod
    def check(cls, value): return value + "-one"
class User(BaseModel):
    address: Address
    friends: list["User"] = []
    @computed_field
    def size(self) -> int: return len(self.friends)
class Page(BaseModel, Generic[T]):
    items: list[T]
UserPage = Page[User]
adapter = TypeAdapter(list[Address])
def local():
    class Inner(BaseModel):
        x: int
    class Outer(BaseModel):
        inner: Inner
    return Outer(inner={"x": 1})
LOCAL = local()
""",
        hold="user = m.User(address=m.Address(city='x')); address = user.address; old = m.User, m.Address, m.Page",
        use="from m import *\nUSER = User(address=Address(city='x'))\n",
        edits=[
            (("one", "two"), ["address.label() == 'two'", "m.Address(city='x').city == 'x-two'"]),
            (("city: str\n", "city: str\n    zip: int = 7\n"), ["m.Address(city='x').zip == 7"]),
            (
                ("class User(BaseModel)", "class Named(BaseModel):\n    name: str = 'n'\nclass User(Named)"),
                ["m.User(address=address).name == 'n'", "isinstance(user, m.Named)"],
            ),
        ],
        true=[
            "(m.User, m.Address, m.Page) == old",
            "type(m.Address.model_validate({'city': 'y'})) is m.Address",
            "m.User(address=address, friends=[user]).address is address",
            "m.Page[m.User](items=[user]).items[0] is user",
            "m.Page[m.User] is m.UserPage",
            "type(m.adapter.validate_python([{'city': 'q'}])[0]) is m.Address",
            "m.Address(city='q') == m.Address.model_validate({'city': 'q'})",
            "isinstance(use.USER, m.User)",
        ],
        fresh=["m.User.model_json_schema()", "m.LOCAL", "use.USER", "m.UserPage.__name__"],
    ),
    "FastAPI": Case(
        """
from fastapi import FastAPI
from pydantic import BaseModel
class Item(BaseModel):
    n: int
    def twice(self): return self.n * 2
app = FastAPI()
@app.post("/item")
def create(item: Item) -> dict:
    assert isinstance(item, Item)
    return {"n": item.twice()}
""",
        hold="from fastapi.testclient import TestClient; old = m.Item",
        edits=[
            (("* 2", "* 3"), ["TestClient(m.app).post('/item', json={'n': 2}).json() == {'n': 6}"]),
            (("n: int\n", "n: int\n    k: int = 1\n"), ["m.Item(n=1).k == 1"]),
        ],
        true=["m.Item is old", "TestClient(m.app).post('/item', json={'n': 2}).json() == {'n': 6}"],
        quiet="import warnings; warnings.simplefilter('ignore')",
    ),
    "SQLAlchemy": Case(
        """
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
class Base(DeclarativeBase): pass
class User(Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(default="n")
    posts: Mapped[list["Post"]] = relationship(back_populates="user")
    def hello(self): return "one " + self.name
class Post(Base):
    __tablename__ = "post"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    user: Mapped[User] = relationship(back_populates="posts")
""",
        hold="from sqlalchemy import create_engine, select; from sqlalchemy.orm import Session\n"
        "engine = create_engine('sqlite://'); m.Base.metadata.create_all(engine); session = Session(engine)\n"
        "user = m.User(id=1, name='ann'); session.add_all([user, m.Post(id=1, user=user)]); session.commit()\n"
        "old = m.User, m.Post; user.name, user.posts",
        edits=[
            (
                ("one ", "two "),
                [
                    "m.User(name='x').hello() == 'two x'",
                    "user.hello() == 'two ann'",
                    "session.get(m.User, 1) is user",
                    "session.scalars(select(m.User)).one() is user",
                ],
            ),
            (("    def hello", "    nick: Mapped[str | None]\n    def hello"), ["user.posts[0].user is user"]),
        ],
        true=["(m.User, m.Post) == old", "isinstance(user, m.User)", "user.hello() == 'two ann'"],
        fresh=["sorted(m.Base.metadata.tables)", "[column.name for column in m.User.__table__.columns]"],
    ),
    "SQLModel": Case(
        """
from sqlmodel import SQLModel
class Hero(SQLModel):
    name: str
    def hello(self): return "one " + self.name
""",
        hold="hero = m.Hero(name='x'); old = m.Hero",
        edits=[
            (("one ", "two "), ["hero.hello() == 'two x'"]),
            (("name: str\n", "name: str\n    age: int = 3\n"), ["m.Hero(name='x').age == 3"]),
        ],
        true=["m.Hero is old", "isinstance(hero, m.Hero)"],
        fresh=["m.Hero(name='y')"],
    ),
    "Django": Case(
        """
from django.conf import settings
if not settings.configured:
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
    settings.configure(DATABASES={"default": database}, DEFAULT_AUTO_FIELD="django.db.models.AutoField")
import django
django.setup()
from django.db import models
class Author(models.Model):
    name = models.CharField(max_length=9)
    class Meta: app_label = "x"
    def hello(self): return "one"
class Book(models.Model):
    author = models.ForeignKey(Author, related_name="books", on_delete=models.CASCADE)
    class Meta: app_label = "x"
""",
        hold="from django.db import connection\n"
        "with connection.schema_editor() as editor: editor.create_model(m.Author); editor.create_model(m.Book)\n"
        "author = m.Author.objects.create(name='x'); book = m.Book.objects.create(author=author)\n"
        "old = m.Author, m.Book",
        edits=[
            (("one", "two"), ["author.hello() == 'two'"]),
            (("    def hello", "    extra = 5\n    def hello"), ["author.extra == 5"]),
        ],
        true=[
            "(m.Author, m.Book) == old",
            "list(author.books.all()) == [book]",
            "m.Author.objects.get().books.count() == 1",
            "m.Book.objects.get(author=author) == book",
        ],
        fresh=["[field.name for field in m.Author._meta.get_fields()]"],
        quiet="import warnings; warnings.simplefilter('ignore', RuntimeWarning)",
    ),
    "peewee": Case(
        """
import peewee
class Base(peewee.Model):
    class Meta: database = peewee.SqliteDatabase(":memory:")
class Person(Base):
    name = peewee.CharField()
    def hello(self): return "one"
class Pet(Base):
    owner = peewee.ForeignKeyField(Person, backref="pets")
""",
        hold="person = m.Person(name='x'); old = m.Person, m.Pet",
        edits=[
            (("one", "two"), ["person.hello() == 'two'"]),
            (("    def hello", "    age = peewee.IntegerField(default=3)\n    def hello"), ["m.Person().age == 3"]),
        ],
        true=["(m.Person, m.Pet) == old", "m.Person.name in m.Person._meta.columns.values()"],
        fresh=["sorted(m.Person._meta.fields)", "m.Pet.select().join(m.Person).sql()"],
    ),
    "attrs": Case(
        """
import attrs
@attrs.define
class A:
    x: int
    def hello(self): return "one"
@attrs.define(slots=False)
class B:
    x: int
    def hello(self): return super().__repr__() and "one"
@attrs.frozen
class C(A):
    y: int = 1
""",
        hold="a, b, c = m.A(1), m.B(2), m.C(3); old = m.A, m.B, m.C",
        edits=[
            (("one", "two"), []),
            (("class B:\n    x: int\n", "class B:\n    x: int\n    z: int = 4\n"), ["m.B(1).z == 4"]),
        ],
        true=[
            "all(one is other for one, other in zip(old, (m.A, m.B, m.C)))",
            "[each.hello() for each in (a, b, c)] == ['two'] * 3",
            "isinstance(c, m.A)",
        ],
        fresh=["m.A(1), m.C(2)"],
    ),
    "msgspec": Case(
        """
import msgspec
class P(msgspec.Struct):
    x: int
    y: int = 2
    def hello(self): return "one"
class Q(msgspec.Struct):
    p: P
""",
        hold="P, p = m.P, m.P(1); q = m.Q(p)",
        edits=[(("y: int = 2", "y: int = 20"), ["m.P(1).y == 20"]), (("one", "two"), ["p.hello() == 'two'"])],
        true=["P is m.P"],
        fresh=["m.P(1)", "__import__('msgspec').json.decode(b'{\"p\": {\"x\": 1}}', type=m.Q)"],
    ),
    "marshmallow": Case(
        """
from marshmallow import Schema, fields, post_load
class Inner(Schema):
    y = fields.Int(load_default=1)
class Outer(Schema):
    inner = fields.Nested("Inner")
    @post_load
    def make(self, data, **options): return "one", data
""",
        hold="schema = m.Outer(); old = m.Outer, m.Inner",
        edits=[(("one", "two"), ["schema.load({'inner': {}})[0] == 'two'"]), (("=1", "=2"), [])],
        true=["(m.Outer, m.Inner) == old"],
        fresh=["m.Outer().load({'inner': {}})"],
    ),
    "traitlets": Case(
        """
from traitlets import HasTraits, Int, observe
class A(HasTraits):
    x = Int(1)
    seen = 0
    @observe("x")
    def changed(self, change): self.seen = "one"
class B(A):
    y = Int(1)
""",
        hold="a, b = m.A(), m.B(); old = m.A, m.B",
        edits=[
            (("one", "two"), ["(setattr(b, 'x', 9), b.seen)[1] == 'two'"]),
            (("Int(1)", "Int(2)"), ["m.B().x == 2 == m.B().y"]),
        ],
        true=["(m.A, m.B) == old"],
        fresh=["sorted(m.B.class_trait_names())"],
    ),
    "PySide6": Case(
        """
import os
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from PySide6.QtCore import QObject, Signal, Slot
class Sender(QObject):
    sent = Signal(int)
class Receiver(QObject):
    got = None
    @Slot(int)
    def take(self, n): self.got = "first", n
""",
        hold="sender, receiver = m.Sender(), m.Receiver(); sender.sent.connect(receiver.take); held = m.Receiver",
        edits=[(("first", "two"), []), (("class Receiver", "class Other(QObject): pass\nclass Receiver"), [])],
        true=[
            "(sender.sent.emit(5), receiver.got)[1] == ('two', 5)",
            "isinstance(receiver, m.Receiver)",
            "m.Receiver is held",
        ],
    ),
}


LOG = """
import warnings
log = []
warnings.showwarning = lambda message, category, *where: log.append(category.__name__)
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    environment = Environment(tmp_path_factory.mktemp("libraries") / "environment")
    environment.pip("install", "-q", *REQUIREMENTS)
    return environment


@pytest.fixture
def hosted(environment, tmp_path):
    hosted = Hosted(environment, tmp_path)
    yield hosted
    hosted.close()


@needs_network
@pytest.mark.parametrize("title", CASES)
def test_library(hosted, title):
    """After each edit all that is held works on, new objects are of the kept classes, and all is as afresh."""
    case = CASES[title]
    source = case.source
    hosted.write({"m.py": source, "use.py": case.use})
    statement = "import m, use"
    hosted.run(f"{case.quiet}\n{statement}\n{case.hold}\n{LOG}")
    for (old, new), true in case.edits:
        assert old in source
        source = source.replace(old, new)
        hosted.write({"m.py": source})
        hosted.run(statement)
        assert hosted.value("'LiveReloadWarning' not in log")
        for expression in (*true, *case.true):
            assert hosted.value(expression), expression
        for expression in case.fresh:
            script = f"import sys; sys.path.insert(0, {hosted.root!r}); {case.quiet}\n{statement}\n"
            printed = hosted.environment.output(f"{script}print(({expression}))")
            assert hosted.value(f"str(({expression}))") == printed, expression
