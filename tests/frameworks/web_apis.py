# fmt: off
# ruff: noqa: E501 (an edit reads best in one line)
"""Applications that are described by types: FastAPI, strawberry."""

from harness import ADD, BODY, CHANGE, FAIL, MEND, Edit, Scenario

FASTAPI = Scenario(
    "fastapi",
    ["fastapi", "httpx"],
    {
        "api/__init__.py": "",
        "api/models.py": """
            from pydantic import BaseModel

            class Item(BaseModel):
                name: str
                price: float = 1.0

                def total(self):
                    return self.price

            class Order(BaseModel):
                items: list[Item]

                def total(self):
                    return sum(each.total() for each in self.items)
        """,
        "api/deps.py": """
            from fastapi import Depends, Header

            def user(x_user: str = Header("nobody")):
                return "user " + x_user

            def shouted(name: str = Depends(user)):
                return name.upper()
        """,
        "api/orders.py": """
            from fastapi import APIRouter, Depends
            from api.deps import shouted
            from api.models import Item, Order

            router = APIRouter(prefix="/orders")
            stored = []

            @router.post("/")
            def create(order: Order, who: str = Depends(shouted)):
                assert isinstance(order, Order) and isinstance(order.items[0], Item)
                stored.append(order)
                return {"total": order.total(), "who": who}

            @router.get("/{name}", response_model=Item)
            async def item(name: str):
                return Item(name=name)
        """,
        "api/app.py": """
            from fastapi import FastAPI, Request
            from fastapi.responses import PlainTextResponse
            from api.orders import router

            app = FastAPI()
            app.include_router(router)

            class Strange(Exception):
                pass

            @app.get("/")
            def index(n: int = 1):
                return {"n": n}

            @app.get("/strange")
            def strange():
                raise Strange

            @app.exception_handler(Strange)
            async def handle(request: Request, error: Strange):
                return PlainTextResponse("strange", 418)

            @app.middleware("http")
            async def header(request, call_next):
                response = await call_next(request)
                response.headers["x-seen"] = "seen"
                return response
        """,
    },
    "from api.app import app; from api.orders import stored; from api.models import Item, Order",
    [
        Edit(BODY, "api/app.py", '{"n": n}', '{"n": n + 1}'),
        Edit(BODY, "api/orders.py", '"who": who}', '"who": who + "!"}'),
        Edit(BODY, "api/orders.py", "return Item(name=name)", "return Item(name=name * 2)"),
        Edit(BODY, "api/deps.py", '"user " + x_user', '"the user " + x_user'),
        Edit(BODY, "api/models.py", "return self.price", "return self.price * 2"),
        Edit(BODY, "api/app.py", '"strange", 418', '"very strange", 418'),
        Edit(BODY, "api/app.py", '"x-seen"] = "seen"', '"x-seen"] = "seen twice"'),
        Edit(ADD, "api/app.py", '@app.get("/strange")', '@app.get("/new")\ndef new():\n    return "new"\n\n@app.get("/strange")'),
        Edit(BODY, "api/app.py", 'return "new"', 'return "newer"'),
        Edit(ADD, "api/models.py", "    price: float = 1.0", "    price: float = 1.0\n    count: int = 3"),
        Edit(CHANGE, "api/app.py", "def index(n: int = 1):", "def index(n: int = 1, m: int = 10):"),
        Edit(CHANGE, "api/app.py", '{"n": n + 1}', '{"n": n + m}'),
        Edit(FAIL, "api/orders.py", "response_model=Item", "response_model=item"),
        Edit(MEND, "api/orders.py", "response_model=item", "response_model=Item, tags=['it']"),
        Edit(CHANGE, "api/deps.py", 'Header("nobody")', 'Header("somebody")'),
        Edit(CHANGE, "api/orders.py", 'prefix="/orders"', 'prefix="/sales"'),
    ],
    holds="""
        from fastapi.testclient import TestClient
        client = TestClient(app)
        item = Item(name="a")
        def got(path, **options):
            answer = client.get(path, **options)
            return answer.status_code, answer.text, answer.headers.get("x-seen")
        def posted(path):
            answer = client.post(path, json={"items": [{"name": "x", "price": 3}]}, headers={"x-user": "ann"})
            return answer.status_code, answer.text
    """,
    probes=[
        "item.total(), type(item) is Item",
    ],
    obtained=[
        "Order(items=[item]).total(), Item.model_validate({'name': 'a'}) == Item(name='a')",
        "got('/'), got('/?n=5&m=1'), got('/strange'), got('/new')",
        "posted('/orders/'), posted('/sales/'), got('/orders/bob'), got('/sales/bob')",
        "client.get('/openapi.json').json()",
        "sorted(client.get('/openapi.json').json()['paths'])",
    ],
)

# What a running server sees: nobody imports anything but the module that was edited.
FASTAPI_HELD = Scenario(
    "fastapi-held",
    ["fastapi", "httpx"],
    FASTAPI.files,
    FASTAPI.imports,
    [edit for edit in FASTAPI.edits if edit.kind == BODY and "newer" not in str(edit)],
    holds=FASTAPI.holds,
    probes=[*FASTAPI.probes, *FASTAPI.obtained],
)

STRAWBERRY = Scenario(
    "strawberry",
    ["strawberry-graphql"],
    {
        "graph.py": """
            import strawberry
            from typing import Optional

            LIMIT = 2

            @strawberry.type
            class Author:
                name: str

                @strawberry.field
                def shout(self) -> str:
                    return self.name.upper()

            @strawberry.type
            class Book:
                title: str
                author: Author

            def all_books():
                return [Book(title=f"t{n}", author=Author(name="ann")) for n in range(LIMIT)]

            @strawberry.type
            class Query:
                books: list[Book] = strawberry.field(resolver=lambda: all_books())

                @strawberry.field
                def hello(self, name: Optional[str] = "you") -> str:
                    return "hello " + name

            schema = strawberry.Schema(query=Query)
        """,
    },
    "from graph import Author, Book, schema",
    [
        Edit(BODY, "graph.py", "self.name.upper()", "self.name.title()"),
        Edit(BODY, "graph.py", '"hello " + name', '"hi " + name'),
        Edit(BODY, "graph.py", 'f"t{n}"', 'f"title {n}"'),
        Edit(ADD, "graph.py", "    title: str\n", "    title: str\n    pages: int = 5\n"),
        Edit(FAIL, "graph.py", "pages: int = 5", "pages: Pages = 5"),
        Edit(MEND, "graph.py", "pages: Pages = 5", "pages: str = 'six'"),
        Edit(CHANGE, "graph.py", "LIMIT = 2", "LIMIT = 1"),
        Edit(CHANGE, "graph.py", "class Book:", "class Thing:\n    weight: int = 1\n\n@strawberry.type\nclass Book(Thing):", news={"graph.Book"}),
    ],
    holds="""
        def ask(text):
            answer = schema.execute_sync(text)
            return answer.data, answer.errors and str(answer.errors[0])
    """,
    probes=["ask('{ books { title author { shout } } hello }')"],
    obtained=["ask('{ books { pages } }')", "ask('{ books { weight } }')", "schema.as_str()"],
)

SCENARIOS = [FASTAPI, FASTAPI_HELD, STRAWBERRY]
