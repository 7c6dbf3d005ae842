# fmt: off
# ruff: noqa: E501 (an edit reads best in one line)
"""Classes of data whose library makes methods or tables of them: attrs, msgspec."""

from harness import ADD, BODY, CHANGE, DEFINE, FAIL, MEND, Edit, Scenario

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
)

SCENARIOS = [ATTRS, MSGSPEC]
