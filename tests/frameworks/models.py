"""Classes of data: pydantic, attrs, msgspec, marshmallow, traitlets, zope.interface."""

from harness import ADD, BODY, CHANGE, DEFINE, FAIL, MEND, Edit, Scenario

PYDANTIC_MODELS = """
    from typing import Generic, TypeVar
    from pydantic import BaseModel, Field, TypeAdapter, computed_field, field_validator

    T = TypeVar("T")
    LIMIT = 5
    seen = []

    class Address(BaseModel):
        city: str
        code: str = Field("", max_length=LIMIT)

        @field_validator("city")
        @classmethod
        def tidy(cls, value):
            return value.strip()

        def label(self):
            return "in " + self.city

    class User(BaseModel):
        name: str
        address: Address

        @computed_field
        @property
        def title(self) -> str:
            return self.name.title()

        def label(self):
            return f"{self.name} {self.address.label()}"

    class Page(BaseModel, Generic[T]):
        items: list[T]

        def first(self):
            return self.items[0]

    users = TypeAdapter(list[User])
"""
BASE = """
    class Base(BaseModel):
        zip: int = 0

        def base(self):
            return self.zip

    class Address(Base):
"""
PYDANTIC_PROBES = [
    "User.model_validate(data).label()",
    "User.model_validate(data).model_dump()",
    "type(User.model_validate(data).address) is Address",
    "isinstance(users.validate_python([data])[0], User)",
    "type(users.validate_python([data])[0].address) is Address",
    "User(name='x', address=Address(city='Ulm')).label()",
    "Page[User](items=[User(**data)]).first().label()",
    "isinstance(Page[User](items=[data]).items[0], User)",
    "Address(city='a', code='123456')",
    "list(User.model_fields), list(Address.model_fields)",
    "User.model_json_schema()",
    "Address.model_validate({'city': 'a'}) == Address(city='a')",
    "[each.__name__ for each in Address.__mro__][:4]",
]
SHOP = "shop/models.py"

PYDANTIC = Scenario(
    "pydantic",
    ["pydantic"],
    {
        "shop/__init__.py": "",
        SHOP: PYDANTIC_MODELS,
        "shop/service.py": """
            from shop.models import Address, User

            def make(city):
                return User(name="bob", address=Address(city=city))
        """,
    },
    "from shop.models import Address, Page, User, users; from shop import service",
    [
        Edit(BODY, SHOP, '"in " + self', '"near " + self'),
        Edit(BODY, SHOP, "value.strip()", "value.strip().upper()"),
        Edit(BODY, SHOP, "self.name.title()", "self.name.upper()"),
        Edit(ADD, SHOP, "    city: str\n", "    city: str\n    street: str = 'Main'\n"),
        Edit(DEFINE, SHOP, "    def first(self):", "    def last(self):\n        return -1\n\n    def first(self):"),
        Edit(FAIL, SHOP, "name: str\n", "name: Str\n"),
        Edit(MEND, SHOP, "name: Str\n", "name: str = 'nobody'\n"),
        Edit(CHANGE, SHOP, "class Address(BaseModel):", BASE.replace("\n    ", "\n").strip(), news={"shop.models.Address"}),
        Edit(CHANGE, SHOP, "LIMIT = 5", "LIMIT = 7"),
        Edit(BODY, SHOP, "return self.items[0]", "return self.items[-1]"),
    ],
    holds="""
        data = {"name": "c", "address": {"city": " x "}}
        ann = User(name="ann", address=Address(city="Oslo"))
    """,
    probes=[*PYDANTIC_PROBES, "ann.title", "type(ann) is User", "service.make('a').label()"],
    obtained=["ann.label()", "ann.model_dump()"],
    lasting=["ann.name, ann.address.city"],
)

PYDANTIC_USED = Scenario(
    "pydantic-used",
    ["pydantic"],
    {
        "shop/__init__.py": "",
        SHOP: PYDANTIC_MODELS,
        "shop/service.py": """
            from shop.models import Address, Page, User, users

            UserPage = Page[User]
            DEFAULT = User(name="ann", address=Address(city="Rome"))
            LABEL = DEFAULT.label()

            class Boss(User):
                staff: list[User] = []
        """,
    },
    "from shop.models import Address, Page, User, users; from shop.service import *",
    [
        Edit(CHANGE, SHOP, '"in " + self', '"near " + self'),
        Edit(CHANGE, SHOP, "value.strip()", "value.strip().upper()"),
        Edit(CHANGE, SHOP, "    city: str\n", "    city: str\n    street: str = 'Main'\n"),
        Edit(FAIL, SHOP, "max_length=LIMIT", "max_length=2 + len(None)"),
        Edit(MEND, SHOP, "max_length=2 + len(None)", "max_length=2"),
        Edit(CHANGE, SHOP, "class Address(BaseModel):", BASE.replace("\n    ", "\n").strip(), news={"shop.models.Address"}),
    ],
    holds="data = {'name': 'c', 'address': {'city': ' x '}}",
    probes=[
        *PYDANTIC_PROBES,
        "type(UserPage(items=[data]).items[0]) is User",
        "type(UserPage(items=[data]).items[0].address) is Address",
        "UserPage is Page[User]",
        "Boss(**data, staff=[User(**data)]).staff[0].label()",
        "[type(each) is User for each in Boss(**data, staff=[data]).staff]",
        "Boss.model_json_schema()",
    ],
    obtained=["LABEL", "DEFAULT", "DEFAULT.label()"],
)

PYDANTIC_DATACLASS = Scenario(
    "pydantic-dataclasses",
    ["pydantic"],
    {
        "points.py": """
            from enum import Enum
            from typing import Annotated, Literal, Union
            from pydantic import AfterValidator, BaseModel, Discriminator, RootModel, validate_call
            from pydantic.dataclasses import dataclass

            def even(value):
                assert value % 2 == 0, "odd"
                return value

            Even = Annotated[int, AfterValidator(even)]

            class Kind(Enum):
                SMALL = "s"
                LARGE = "l"

            @dataclass
            class Point:
                x: Even
                kind: Kind = Kind.SMALL

                def far(self):
                    return self.x > 10

            class Cat(BaseModel):
                type: Literal["cat"] = "cat"
                def says(self): return "miaow"

            class Dog(BaseModel):
                type: Literal["dog"] = "dog"
                def says(self): return "wuff"

            class Pets(RootModel[list[Annotated[Union[Cat, Dog], Discriminator("type")]]]):
                def says(self): return [each.says() for each in self.root]

            @validate_call
            def double(x: Even) -> int:
                return 2 * x
        """
    },
    "from points import Cat, Dog, Kind, Pets, Point, double, even",
    [
        Edit(BODY, "points.py", "self.x > 10", "self.x > 3"),
        Edit(BODY, "points.py", "miaow", "mew"),
        Edit(BODY, "points.py", "2 * x", "3 * x"),
        Edit(BODY, "points.py", 'value % 2 == 0, "odd"', 'value % 2 == 0, "not even"'),
        Edit(ADD, "points.py", '    LARGE = "l"', '    LARGE = "l"\n    HUGE = "h"'),
        Edit(ADD, "points.py", "    x: Even\n", "    x: Even\n    y: int = 5\n"),
        Edit(FAIL, "points.py", "Discriminator(\"type\")", "Discriminator(\"typo\").typo"),
        Edit(MEND, "points.py", "Discriminator(\"typo\").typo", "Discriminator(\"type\")"),
        Edit(CHANGE, "points.py", "class Dog(BaseModel):", "class Dog(Cat):", news={"points.Dog"}),
    ],
    holds="point = Point(4)",
    probes=[
        "point.far(), type(point) is Point, point.kind is Kind.SMALL",
        "Point(x=6, kind='l').kind is Kind.LARGE, Point(x=8)",
        "Point(7)",
        "double(4), double.__name__",
        "double(3)",
        "Pets.model_validate([{'type': 'dog'}, {'type': 'cat'}]).says()",
        "[type(each) is cls for each, cls in zip(Pets.model_validate([{'type': 'dog'}, {'type': 'cat'}]).root, [Dog, Cat])]",
        "Pets([Cat(), Dog()]).says()",
        "list(Kind)",
    ],
)  # fmt: skip

SHAPE = "SIZE = 4\n\nclass Shape:\n    def shape(self):\n        return 'shape'\n"

ATTRS = Scenario(
    "attrs",
    ["attrs", "cattrs"],
    {
        "boxes.py": """
            import attrs
            import cattrs

            SIZE = 3
            converter = cattrs.Converter()

            def positive(instance, attribute, value):
                if value < 0:
                    raise ValueError(f"{attribute.name} is negative")

            @attrs.define(slots=False)
            class Box:
                size: int = attrs.field(default=SIZE, validator=positive)
                tags: list[str] = attrs.field(factory=list)

                def label(self):
                    return f"box {self.size}"

            @attrs.define
            class Slotted:
                x: int

                @property
                def double(self):
                    return 2 * self.x

                def me(self):
                    return super().__repr__()[:7] and "me"

            @attrs.frozen
            class Crate:
                box: Box
                slot: Slotted = attrs.field(factory=lambda: Slotted(1))

                @slot.validator
                def _check(self, attribute, value):
                    assert isinstance(value, Slotted)

            @converter.register_structure_hook
            def structure_slotted(value, cls) -> Slotted:
                return Slotted(int(value))
        """,
    },
    "from boxes import Box, Crate, Slotted, converter",
    [
        Edit(BODY, "boxes.py", 'f"box {self.size}"', 'f"a box of {self.size}"'),
        Edit(BODY, "boxes.py", "2 * self.x", "self.x + self.x + 1"),
        Edit(BODY, "boxes.py", "is negative", "is below zero"),
        Edit(BODY, "boxes.py", 'and "me"', 'and "I"'),
        Edit(BODY, "boxes.py", "Slotted(int(value))", "Slotted(int(value) + 1)"),
        Edit(BODY, "boxes.py", "lambda: Slotted(1)", "lambda: Slotted(2)"),
        Edit(ADD, "boxes.py", "    tags: list", "    color: str = 'red'\n    tags: list"),
        Edit(DEFINE, "boxes.py", "    def me(self):", "    def you(self):\n        return 'you'\n\n    def me(self):"),
        Edit(CHANGE, "boxes.py", "SIZE = 3", "SIZE = 4"),
        Edit(FAIL, "boxes.py", "attrs.field(factory=list)", "attrs.field(factory=list, no=1)"),
        Edit(MEND, "boxes.py", "attrs.field(factory=list, no=1)", "attrs.field(factory=list, kw_only=True)"),
        Edit(CHANGE, "boxes.py", "class Box:", "class Box(Shape):", also=[("boxes.py", "SIZE = 4", SHAPE)], news={"boxes.Box"}),
    ],
    holds="box = Box(5); slot = Slotted(7); crate = Crate(Box(1))",
    probes=[
        "Box().label(), Box()",
        "Box(-1)",
        "box.label(), type(box) is Box, isinstance(box, Box)",
        "slot.double, slot.me(), slot == Slotted(7), type(slot) is Slotted, isinstance(slot, Slotted)",
        "Slotted(1).me(), hasattr(slot, 'you')",
        "type(crate.slot) is Slotted, Crate(box, slot).slot is slot, Crate(box).slot",
        "Crate(box, 1)",
        "converter.structure('3', Slotted), converter.unstructure(slot)",
        "converter.structure({'box': {'size': 1}, 'slot': '4'}, Crate).slot.double",
        "[each.name for each in __import__('attrs').fields(Box)]",
    ],
    obtained=["box, crate, box == Box(5), hasattr(box, 'shape')"],
    lasting=["box.size, slot.x"],
)

MSGSPEC = Scenario(
    "msgspec",
    ["msgspec"],
    {
        "wire.py": """
            import msgspec

            START = 2

            class Point(msgspec.Struct):
                x: int
                y: int = START

                def total(self):
                    return self.x + self.y

            class Line(msgspec.Struct, tag="line"):
                start: Point
                end: Point

                def length(self):
                    return self.end.x - self.start.x

            class Dot(msgspec.Struct, tag="dot"):
                at: Point

            decoder = msgspec.json.Decoder(Line | Dot)

            def read(text):
                return decoder.decode(text)
        """,
        "use.py": "from wire import Point, Line\n\ndef make(x):\n    return Line(Point(0), Point(x))\n",
    },
    "from wire import Dot, Line, Point, decoder, read; from use import make",
    [
        Edit(BODY, "wire.py", "self.x + self.y", "self.x - self.y"),
        Edit(BODY, "wire.py", "self.end.x - self.start.x", "abs(self.end.x - self.start.x)"),
        Edit(ADD, "wire.py", "    def total", "    def both(self):\n        return self.x, self.y\n\n    def total", news={"wire.Point", "wire.Line", "wire.Dot"}),
        Edit(FAIL, "wire.py", "y: int = START", "y: int = STRAT"),
        Edit(MEND, "wire.py", "y: int = STRAT", "y: int = START + 1", news={"wire.Point", "wire.Line", "wire.Dot"}),
        Edit(CHANGE, "wire.py", "START = 2", "START = 20", news={"wire.Point", "wire.Line", "wire.Dot"}),
        Edit(CHANGE, "wire.py", "class Dot(msgspec.Struct", "class Dot(msgspec.Struct, rename='upper'", news={"wire.Dot"}),
        Edit(BODY, "wire.py", "self.x - self.y", "self.x * self.y"),
    ],
    holds="""
        import msgspec
        point = Point(1, 5)
        text = '{"type": "line", "start": {"x": 3}, "end": {"x": 1}}'
    """,
    probes=["point.total()", "make(3).length()", "read(text).length()", "read(text).end.total()"],
    obtained=[
        "decoder.decode(text).end.total()",
        "point, Point(1), Point(1).total()",
        "type(read(text)) is Line, type(read(text).start) is Point, type(make(1)) is Line",
        "Line(point, Point(7)).length()",
        "msgspec.json.encode(Dot(point))",
        "msgspec.convert({'x': 1}, Point) == Point(1)",
        "hasattr(Point, 'both')",
    ],
    lasting=["point.x, point.y"],
)  # fmt: skip

MARSHMALLOW = Scenario(
    "marshmallow",
    ["marshmallow"],
    {
        "schemas.py": """
            from marshmallow import Schema, ValidationError, fields, post_load, validates

            MOST = 3

            class Author(Schema):
                name = fields.String(required=True)

                @validates("name")
                def check(self, value, data_key):
                    if len(value) > MOST:
                        raise ValidationError("too long")

            class Book(Schema):
                title = fields.String()
                author = fields.Nested("Author")
                shout = fields.Method("get_shout")

                def get_shout(self, data):
                    return data["title"].upper()

                @post_load
                def make(self, data, **_):
                    return ("book", data)

            books = Book(many=True)
        """,
        "api.py": "from schemas import Book\n\nbook = Book()\n\ndef dump(**data):\n    return book.dump(data)\n",
    },
    "from schemas import Author, Book, books; from api import book, dump",
    [
        Edit(BODY, "schemas.py", '["title"].upper()', '["title"].lower()'),
        Edit(BODY, "schemas.py", '"too long"', '"much too long"'),
        Edit(BODY, "schemas.py", '("book", data)', '("a book", data)'),
        Edit(ADD, "schemas.py", "    title = fields.String()\n", "    title = fields.String()\n    year = fields.Integer()\n"),
        Edit(FAIL, "schemas.py", "fields.Integer()", "fields.Integer(validate=fields.Range(1))"),
        Edit(MEND, "schemas.py", "fields.Integer(validate=fields.Range(1))", "fields.Integer(strict=True)"),
        Edit(CHANGE, "schemas.py", "MOST = 3", "MOST = 2"),
        Edit(CHANGE, "schemas.py", "class Book(Schema):", "class Base(Schema):\n    id = fields.Integer()\n\nclass Book(Base):"),
    ],
    holds="data = {'title': 'Up', 'author': {'name': 'bob'}}",
    probes=["Book().load({'title': 'a', 'author': {'name': 'lengthy'}})", "list(Book._declared_fields)", "Book().dump(data)"],
    obtained=[
        "Book().load(data)", "books.load([data])", "dump(**data)", "book.load({**data, 'year': 1, 'id': 2})",
        "type(Book().fields['author'].schema) is Author",
        "{k: len(v) for k, v in __import__('marshmallow.class_registry').class_registry._registry.items() if 'Book' in k or 'Author' in k}",
    ],
)  # fmt: skip

TRAITLETS = Scenario(
    "traitlets",
    ["traitlets"],
    {
        "kit.py": """
            from traitlets import Dict, HasTraits, Instance, Int, TraitError, Unicode, default, observe, validate

            STEP = 1

            class Engine(HasTraits):
                speed = Int(STEP)

                @validate("speed")
                def _valid(self, proposal):
                    return min(proposal["value"], 100)

            class Car(HasTraits):
                engine = Instance(Engine, ())
                name = Unicode()
                log = Dict()

                @default("name")
                def _name(self):
                    return "car"

                @observe("name")
                def _named(self, change):
                    self.log = {"named": change.new}

                def label(self):
                    return f"{self.name} at {self.engine.speed}"
        """,
    },
    "from kit import Car, Engine",
    [
        Edit(BODY, "kit.py", "{self.name} at", "{self.name} with"),
        Edit(BODY, "kit.py", '"named": change.new', '"called": change.new'),
        Edit(BODY, "kit.py", 'proposal["value"], 100', 'proposal["value"], 50'),
        Edit(ADD, "kit.py", "    name = Unicode()\n", "    name = Unicode()\n    doors = Int(4)\n"),
        Edit(FAIL, "kit.py", "Int(4)", "Int('4').tag(5)"),
        Edit(MEND, "kit.py", "Int('4').tag(5)", "Int(5)"),
        Edit(CHANGE, "kit.py", "STEP = 1", "STEP = 10"),
        Edit(CHANGE, "kit.py", "class Car(HasTraits):", "class Base(HasTraits):\n    owner = Unicode('me')\n\nclass Car(Base):"),
    ],
    holds="""
        car = Car()
        def set(car, name, value):
            setattr(car, name, value)
            return car
    """,
    probes=[
        "set(set(car, 'name', 'c'), 'engine', Engine(speed=70)).label()",
        "set(set(car, 'name', 'a'), 'name', 'b').log",
        "Car().label()",
        "set(Engine(), 'speed', 200).speed",
        "sorted(Car.class_traits()), sorted(car.traits()) if 'owner' not in Car.class_traits() else 0",
        "type(car) is Car, type(car.engine) is Engine, isinstance(Car().engine, Engine)",
    ],
    obtained=["set(car, 'engine', 5)", "car.doors"],
)  # fmt: skip

ZOPE = Scenario(
    "zope.interface",
    ["zope.interface"],
    {
        "faces.py": """
            from zope.interface import Attribute, Interface, implementer, invariant
            from zope.interface.adapter import AdapterRegistry

            class IShape(Interface):
                size = Attribute("size")

                def area():
                    "The area."

            class IPainted(Interface):
                def color():
                    "The colour."

            @implementer(IShape)
            class Square:
                size = 2

                def area(self):
                    return self.size ** 2

            registry = AdapterRegistry()
        """,
        "adapters.py": """
            from zope.interface import implementer
            from faces import IPainted, IShape, registry

            @implementer(IPainted)
            class Painted:
                def __init__(self, shape):
                    self.shape = shape

                def color(self):
                    return f"red {self.shape.area()}"

            registry.register([IShape], IPainted, "", Painted)
        """,
    },
    "from faces import IPainted, IShape, Square, registry; from adapters import Painted",
    [
        Edit(BODY, "faces.py", "self.size ** 2", "self.size ** 3"),
        Edit(BODY, "adapters.py", 'f"red {', 'f"blue {'),
        Edit(ADD, "faces.py", '    def area():', '    def edge():\n        "The edge."\n\n    def area():'),
        Edit(FAIL, "adapters.py", "@implementer(IPainted)", "@implementer(IPaint)"),
        Edit(MEND, "adapters.py", "@implementer(IPaint)", "@implementer(IPainted, IShape)"),
        Edit(CHANGE, "faces.py", "class IShape(Interface):", "class IBase(Interface):\n    pass\n\nclass IShape(IBase):"),
        Edit(CHANGE, "faces.py", "    size = 2", "    size = 3"),
    ],
    holds="""
        from zope.interface import providedBy
        from zope.interface.verify import verifyObject
        square = Square()
        def adapt(each):
            return registry.lookup1(providedBy(each), IPainted)(each)
    """,
    probes=[
        "square.area(), IShape.providedBy(square), IShape.implementedBy(Square)",
        "adapt(square).color(), type(adapt(square)) is Painted, IPainted.providedBy(adapt(square))",
        "IShape.providedBy(adapt(square))",
        "len(list(registry.lookupAll([IShape], IPainted)))",
    ],
    obtained=[
        "sorted(IShape.names(all=True))",
        "[each.__name__ for each in IShape.__iro__]",
        "verifyObject(IShape, square)",
    ],
)

SCENARIOS = [PYDANTIC, PYDANTIC_USED, PYDANTIC_DATACLASS, ATTRS, MSGSPEC, MARSHMALLOW, TRAITLETS, ZOPE]
