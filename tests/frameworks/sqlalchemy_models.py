# fmt: off
# ruff: noqa: E501 (an edit reads best in one line)
"""Tables and sessions of SQLAlchemy, itself and under SQLModel and Flask-SQLAlchemy."""

from harness import ADD, BODY, CHANGE, DEFINE, FAIL, MEND, Edit, Scenario

SQLALCHEMY_FILES = {
    "db/__init__.py": "",
    "db/base.py": """
        from sqlalchemy.orm import DeclarativeBase

        class Base(DeclarativeBase):
            pass
    """,
    "db/engine.py": """
        from sqlalchemy import create_engine

        engine = create_engine("sqlite://")
        log = []
    """,
    "db/models.py": """
        from sqlalchemy import ForeignKey, String
        from sqlalchemy.ext.hybrid import hybrid_property
        from sqlalchemy.orm import Mapped, mapped_column, relationship, validates
        from db.base import Base

        LENGTH = 10

        class User(Base):
            __tablename__ = "users"
            id: Mapped[int] = mapped_column(primary_key=True)
            name: Mapped[str] = mapped_column(String(LENGTH))
            posts: Mapped[list["Post"]] = relationship(back_populates="user")

            @validates("name")
            def tidy(self, key, value):
                return value.strip()

            @hybrid_property
            def short(self):
                return self.name + "!"

            def hello(self):
                return "hello " + self.name

        class Post(Base):
            __tablename__ = "posts"
            id: Mapped[int] = mapped_column(primary_key=True)
            text: Mapped[str]
            user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
            user: Mapped[User] = relationship(back_populates="posts")

            def label(self):
                return f"{self.text} by {self.user.hello()}"
    """,
    "db/events.py": """
        from sqlalchemy import event
        from db.engine import engine, log
        from db.models import User

        @event.listens_for(User, "load")
        def loaded(target, context):
            log.append("loaded " + target.name)

        @event.listens_for(engine, "before_cursor_execute")
        def executing(connection, cursor, statement, *_):
            log.append(statement.split()[0])
    """,
}

# SQLAlchemy completes its mappers when a model is used in a query, or an instance is made; until then, it asks for that.
SQLALCHEMY_PROBES = [
    "str(select(User))",
    "user.hello()",
    "user.posts[0].label()",
    "user.posts[0].user is user",
    "User(name=' bob ').name",
    "User(name='b').short",
    "hasattr(Post, 'size'), hasattr(Post, 'mixed'), hasattr(User, 'base')",
    "type(user) is User, isinstance(user.posts[0], Post)",
    "str(select(User).where(User.short == 'x'))",
    "[(each.name, str(each.type)) for table in Base.metadata.sorted_tables for each in table.columns]",
    "sorted(each.class_.__name__ for each in Base.registry.mappers)",
    "inspect(User).relationships.posts.mapper.class_ is Post",
]

MIXIN = "class Mixin:\n    def mixed(self):\n        return 'mixed'\n\nclass Post(Base, Mixin):"

SQLALCHEMY = Scenario(
    "sqlalchemy",
    ["sqlalchemy"],
    SQLALCHEMY_FILES,
    "from db.base import Base; from db.engine import engine, log; from db.models import Post, User; import db.events",
    [
        Edit(BODY, "db/models.py", '"hello " + self.name', '"hi " + self.name'),
        Edit(BODY, "db/models.py", "value.strip()", "value.strip().upper()"),
        Edit(BODY, "db/models.py", 'self.name + "!"', 'self.name + "?"'),
        Edit(BODY, "db/events.py", '"loaded " + target', '"read " + target'),
        Edit(BODY, "db/events.py", "statement.split()[0]", "statement.split()[0].lower()"),
        Edit(DEFINE, "db/models.py", "    def label", "    def size(self):\n        return len(self.text)\n\n    def label"),
        Edit(FAIL, "db/models.py", "String(LENGTH)", "String(LENGHT)"),
        Edit(MEND, "db/models.py", "String(LENGHT)", "String(LENGTH + 1)"),
        Edit(CHANGE, "db/models.py", "LENGTH = 10", "LENGTH = 20"),
        Edit(CHANGE, "db/models.py", "class Post(Base):", MIXIN),
        Edit(CHANGE, "db/base.py", "    pass", "    def base(self):\n        return type(self).__name__"),
        Edit(BODY, "db/models.py", '"hi " + self.name', '"hey " + self.name'),
    ],
    start="""
        from sqlalchemy.orm import Session
        from db.engine import engine
        from db.models import Base, Post, User
        Base.metadata.create_all(engine)
        with Session(engine) as session:
            session.execute(User.__table__.insert().values(name="ann"))
            session.execute(Post.__table__.insert().values(text="x", user_id=1))
            session.commit()
    """,
    holds="""
        from sqlalchemy import inspect, select
        from sqlalchemy.orm import Session
        session = Session(engine)
        user = session.get(User, 1)
        query = select(User).where(User.name.like("%"))
        def logged(statement):
            with Session(engine) as another:
                del log[:]
                found = [each.name for each in another.scalars(statement)]
                return found, log[:]
    """,
    probes=[
        *SQLALCHEMY_PROBES,
        "logged(query), logged(select(User).join(User.posts).where(Post.text == 'x'))",
        "session.get(User, 1) is user, session.scalars(select(User)).one() is user",
        "session.expire_all(), user.hello(), user.posts[0].label()",
        "session.scalars(query).all()[0].posts[0].user is user",
    ],
)

SQLALCHEMY_COLUMNS = Scenario(
    "sqlalchemy-columns",
    ["sqlalchemy"],
    SQLALCHEMY_FILES,
    "from db.base import Base; from db.engine import engine, log; from db.models import Post, User; import db.events",
    [
        Edit(ADD, "db/models.py", "    text: Mapped[str]\n", "    text: Mapped[str]\n    note: Mapped[str | None]\n"),
        Edit(FAIL, "db/models.py", "Mapped[str | None]", "Mapped[Str | None]"),
        Edit(MEND, "db/models.py", "Mapped[Str | None]", "Mapped[int | None]"),
        Edit(BODY, "db/models.py", '"hello " + self.name', '"hi " + self.name'),
        Edit(CHANGE, "db/models.py", "class User(Base):", MIXIN.replace("Post(", "User(")),
        Edit(ADD, "db/models.py", "class Post(Base):", "class Tag(Base):\n    __tablename__ = 'tags'\n    id: Mapped[int] = mapped_column(primary_key=True)\n\nclass Post(Base):"),
    ],
    holds="""
        from sqlalchemy import inspect, select
        from sqlalchemy.orm import Session
        Base.metadata.drop_all(engine)
        Base.metadata.create_all(engine)
        user = User(name="ann", posts=[Post(text="x")])
        def stored():
            with Session(engine) as session:
                session.add(User(name="bob", posts=[Post(text="y")]))
                session.commit()
                return [each.label() for each in session.scalars(select(Post))]
    """,
    probes=SQLALCHEMY_PROBES,
    obtained=["stored()"],
)

SQLMODEL = Scenario(
    "sqlmodel",
    ["sqlmodel"],
    {
        "heroes.py": """
            from sqlmodel import Field, Relationship, SQLModel

            LONGEST = 9

            class Team(SQLModel, table=True):
                id: int | None = Field(default=None, primary_key=True)
                name: str
                heroes: list["Hero"] = Relationship(back_populates="team")

            class Hero(SQLModel, table=True):
                id: int | None = Field(default=None, primary_key=True)
                name: str = Field(index=True, max_length=LONGEST)
                team_id: int | None = Field(default=None, foreign_key="team.id")
                team: Team | None = Relationship(back_populates="heroes")

                def label(self):
                    return f"{self.name} of {self.team.name}"

            class HeroPublic(SQLModel):
                name: str
                def label(self): return "public " + self.name
        """,
    },
    "from heroes import Hero, HeroPublic, Team",
    [
        Edit(BODY, "heroes.py", "{self.name} of", "{self.name} in"),
        Edit(BODY, "heroes.py", '"public " + self', '"known " + self'),
        Edit(DEFINE, "heroes.py", "    def label(self):\n", "    def short(self):\n        return self.name[0]\n\n    def label(self):\n"),
        Edit(ADD, "heroes.py", "    team_id: int", "    age: int = 30\n    team_id: int"),
        Edit(FAIL, "heroes.py", "    age: int = 30", "    age: Union[int, list] = 30"),
        Edit(MEND, "heroes.py", "    age: Union[int, list] = 30", "    age: int = 31"),
        Edit(CHANGE, "heroes.py", "LONGEST = 9", "LONGEST = 12"),
    ],
    holds="""
        from sqlmodel import Session, SQLModel, create_engine, select
        engine = create_engine("sqlite://")
        SQLModel.metadata.create_all(engine)
        session = Session(engine, expire_on_commit=False)
        hero = Hero(name="bob", team=Team(name="red"))
        session.add(hero)
        session.commit()
        session.refresh(hero)
    """,
    probes=[
        "str(select(Hero))",
        "hero.label()",
        "hero.team.heroes[0] is hero, type(hero) is Hero, isinstance(hero.team, Team)",
        "HeroPublic.model_validate(hero.model_dump()).label()",
        "[(each.name, str(each.type)) for table in SQLModel.metadata.sorted_tables for each in table.columns]",
        "list(Hero.model_fields)",
        "Hero(name='x', team=Team(name='t')).label()",
        "hasattr(Hero, 'short')",
    ],
    obtained=["session.exec(select(Hero).where(Hero.name == 'bob')).one() is hero", "sorted(hero.model_dump().items())"],
)

FLASK_SQLALCHEMY = Scenario(
    "flask-sqlalchemy",
    ["flask", "flask-sqlalchemy"],
    {
        "site_/__init__.py": "",
        "site_/ext.py": "from flask_sqlalchemy import SQLAlchemy\n\ndb = SQLAlchemy()\n",
        "site_/models.py": """
            from site_.ext import db

            class Note(db.Model):
                id = db.Column(db.Integer, primary_key=True)
                text = db.Column(db.String(20))

                def label(self):
                    return "note " + self.text

            def count():
                return len(db.session.execute(db.select(Note)).all())

            def newest():
                return db.session.execute(db.select(Note)).scalars().first().label()
        """,
        "site_/app.py": """
            from flask import Flask
            from site_.ext import db
            from site_.models import newest

            app = Flask(__name__)
            app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
            db.init_app(app)

            @app.get("/")
            def index():
                return newest()
        """,
    },
    "from site_.models import Note, count, newest",
    [
        Edit(BODY, "site_/models.py", '"note " + self', '"a note: " + self'),
        Edit(BODY, "site_/models.py", "len(db.session.execute(db.select(Note)).all())", "-len(db.session.execute(db.select(Note)).all())"),
        Edit(DEFINE, "site_/models.py", "def count():", "def total():\n    return count()\n\ndef count():"),
        Edit(DEFINE, "site_/models.py", "    def label(self):", "    def size(self):\n        return len(self.text)\n\n    def label(self):"),
        Edit(FAIL, "site_/models.py", "    text = db.Column(db.String(20))", "    text = db.Column(db.Strin(20))"),
        Edit(MEND, "site_/models.py", "    text = db.Column(db.Strin(20))", "    text = db.Column(db.String(30))"),
    ],
    start="from site_.app import app; from site_.ext import db",
    holds="""
        import sys
        app, db = sys.modules["site_.app"].app, sys.modules["site_.ext"].db
        with app.app_context():
            db.drop_all()
            db.create_all()
            db.session.add(Note(text="x"))
            db.session.commit()
            note = db.session.execute(db.select(Note)).scalars().first()
            note.text
        def within(action):
            with app.app_context():
                return action()
        client = app.test_client()
    """,
    probes=["within(count)", "within(newest)", "client.get('/').text", "note.label()", "type(note) is Note, hasattr(note, 'size')"],
    obtained=["str(Note.__table__.c.text.type)"],
)

SCENARIOS = [SQLALCHEMY, SQLALCHEMY_COLUMNS, SQLMODEL, FLASK_SQLALCHEMY]
