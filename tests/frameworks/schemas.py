# fmt: off
# ruff: noqa: E501 (an edit reads best in one line)
"""Classes that say what a value looks like: marshmallow, traitlets, zope.interface."""

from harness import ADD, BODY, CHANGE, FAIL, MEND, Edit, Scenario

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
)

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
)

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

SCENARIOS = [MARSHMALLOW, TRAITLETS, ZOPE]
