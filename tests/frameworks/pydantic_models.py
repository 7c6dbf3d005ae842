# fmt: off
# ruff: noqa: E501 (an edit reads best in one line)
"""Models and dataclasses of pydantic."""

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
    "Page[User](items=[data]).model_dump()",
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
        Edit(CHANGE, SHOP, "LIMIT = 5", "LIMIT = 7"),
        Edit(BODY, SHOP, "return self.items[0]", "return self.items[-1]"),
        Edit(CHANGE, SHOP, "class Address(BaseModel):", BASE.replace("\n    ", "\n").strip(), news={"shop.models.Address"}, remakes=True),
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
        Edit(CHANGE, SHOP, "class Address(BaseModel):", BASE.replace("\n    ", "\n").strip(), news={"shop.models.Address"}, remakes=True),
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
)

SCENARIOS = [PYDANTIC, PYDANTIC_USED, PYDANTIC_DATACLASS]
