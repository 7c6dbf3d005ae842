"""Applications: Flask, FastAPI, aiohttp, Dash, strawberry."""

from harness import ADD, BODY, CHANGE, FAIL, MEND, Edit, Scenario

FLASK_FILES = {
    "shop/__init__.py": "",
    "shop/prices.py": """
        RATE = 2
        sold = []

        def price(amount):
            sold.append(amount)
            return amount * RATE
    """,
    "shop/cart.py": """
        from flask import Blueprint, jsonify
        from flask.views import MethodView
        from shop.prices import price

        cart = Blueprint("cart", __name__, url_prefix="/cart")

        @cart.get("/<int:amount>")
        def total(amount):
            return jsonify(total=price(amount))

        class Items(MethodView):
            def get(self):
                return "items"

        cart.add_url_rule("/items", view_func=Items.as_view("items"))

        @cart.before_request
        def before():
            from flask import g
            g.who = "ann"
    """,
    "shop/app.py": """
        from flask import Flask, g
        from shop.cart import cart

        app = Flask(__name__)
        app.register_blueprint(cart)
        PREFIX = "/v1"

        @app.route("/")
        def index():
            return "index"

        @app.route(PREFIX + "/who")
        def who():
            return getattr(g, "who", "nobody")

        @app.errorhandler(404)
        def missing(error):
            return "missing", 404

        @app.template_filter()
        def loud(text):
            return text.upper()

        @app.cli.command()
        def tell():
            print("told")

        @app.context_processor
        def values():
            return {"owner": "bob"}
    """,
}
FLASK_PROBES = [
    "[client.get(path).text for path in ('/', '/v1/who', '/v2/who', '/new', '/nowhere', '/cart/items', '/cart/3')]",
    "sorted((rule.rule, rule.endpoint) for rule in app.url_map.iter_rules())",
    "rendered('{{ \"a\"|loud }} {{ owner }}')",
    "told()",
    "{key: len(value) for key, value in app.before_request_funcs.items()}",
    "sorted(app.blueprints), sorted(app.view_functions)",
]
FLASK_HOLDS = """
    client = app.test_client()
    def rendered(text):
        from flask import render_template_string
        with app.test_request_context():
            return render_template_string(text)
    def told():
        return app.test_cli_runner().invoke(args=["tell"]).output
"""

FLASK = Scenario(
    "flask",
    ["flask"],
    FLASK_FILES,
    "from shop.app import app; from shop import prices",
    [
        Edit(BODY, "shop/app.py", 'return "index"', 'return "the index"'),
        Edit(BODY, "shop/cart.py", 'return "items"', 'return "all items"'),
        Edit(BODY, "shop/cart.py", "total=price(amount)", "total=price(amount) + 1"),
        Edit(BODY, "shop/cart.py", 'g.who = "ann"', 'g.who = "eve"'),
        Edit(BODY, "shop/prices.py", "amount * RATE", "amount * RATE * 10"),
        Edit(BODY, "shop/app.py", "text.upper()", "text.upper() + '!'"),
        Edit(BODY, "shop/app.py", 'print("told")', 'print("told again")'),
        Edit(BODY, "shop/app.py", '"missing", 404', '"lost", 404'),
        Edit(BODY, "shop/app.py", '{"owner": "bob"}', '{"owner": "bill"}'),
        Edit(CHANGE, "shop/prices.py", "RATE = 2", "RATE = 3"),
        Edit(FAIL, "shop/app.py", '@app.route("/")', '@app.rout("/")'),
        Edit(MEND, "shop/app.py", '@app.rout("/")', '@app.route("/")'),
    ],
    holds=FLASK_HOLDS,
    probes=[*FLASK_PROBES, "prices.RATE"],
)  # fmt: skip

# A route that is new needs an app that is new: Flask lets none be added once it has answered.
FLASK_ROUTES = Scenario(
    "flask-routes",
    ["flask"],
    FLASK_FILES,
    "from shop.app import app; from shop import prices",
    [
        Edit(ADD, "shop/app.py", '@app.route("/")', '@app.route("/new")\ndef new():\n    return "new"\n\n@app.route("/")'),
        Edit(ADD, "shop/cart.py", "class Items", '@cart.get("/more")\ndef more():\n    return "more"\n\nclass Items'),
        Edit(FAIL, "shop/app.py", "app.register_blueprint(cart)", "app.register_blueprint(kart)"),
        Edit(MEND, "shop/app.py", "app.register_blueprint(kart)", "app.register_blueprint(cart, url_prefix='/c')"),
        Edit(CHANGE, "shop/app.py", 'PREFIX = "/v1"', 'PREFIX = "/v2"'),
        Edit(BODY, "shop/app.py", 'return "new"', 'return "newer"'),
        Edit(CHANGE, "shop/cart.py", "class Items(MethodView):", "class Items(MethodView):\n    init_every_request = False\n"),
        Edit(CHANGE, "shop/app.py", '@app.route("/new")', '@app.route("/newest")'),
    ],
    holds=FLASK_HOLDS,
    obtained=FLASK_PROBES,
)  # fmt: skip

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
)  # fmt: skip

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

AIOHTTP = Scenario(
    "aiohttp",
    ["aiohttp"],
    {
        "served/__init__.py": "",
        "served/text.py": "def greeting(name):\n    return 'hello ' + name\n",
        "served/app.py": """
            from aiohttp import web
            from served.text import greeting

            routes = web.RouteTableDef()
            seen = []

            @routes.get("/")
            async def index(request):
                return web.Response(text=greeting("you"))

            @routes.view("/v")
            class View(web.View):
                async def get(self):
                    return web.Response(text="view")

            @web.middleware
            async def middle(request, handler):
                response = await handler(request)
                response.headers["x-middle"] = "middle"
                return response

            async def started(app):
                seen.append("started")

            def make():
                app = web.Application(middlewares=[middle])
                app.add_routes(routes)
                app.on_startup.append(started)
                return app
        """,
    },
    "from served.app import make, routes, seen",
    [
        Edit(BODY, "served/app.py", 'greeting("you")', 'greeting("all")'),
        Edit(BODY, "served/text.py", "'hello '", "'hi '"),
        Edit(BODY, "served/app.py", 'text="view"', 'text="a view"'),
        Edit(BODY, "served/app.py", '"x-middle"] = "middle"', '"x-middle"] = "in the middle"'),
        Edit(ADD, "served/app.py", "@web.middleware", '@routes.get("/new")\nasync def new(request):\n    return web.Response(text="new")\n\n@web.middleware'),
        Edit(FAIL, "served/app.py", '@routes.view("/v")', '@routes.views("/v")'),
        Edit(MEND, "served/app.py", '@routes.views("/v")', '@routes.view("/w")'),
        Edit(CHANGE, "served/text.py", "def greeting(name):", "def greeting(name, mark='!'):"),
        Edit(CHANGE, "served/text.py", "'hi ' + name", "'hi ' + name + mark"),
        Edit(BODY, "served/app.py", 'text="new"', 'text="newer"'),
    ],
    holds="""
        import asyncio
        from aiohttp.test_utils import TestClient, TestServer
        loop = asyncio.new_event_loop()
        async def serve():
            client = TestClient(TestServer(make()))
            await client.start_server()
            return client
        client = loop.run_until_complete(serve())
        def got(path):
            async def ask():
                async with client.get(path) as answer:
                    return answer.status, await answer.text(), answer.headers.get("x-middle")
            return loop.run_until_complete(ask())
    """,
    probes=["got('/')"],
    obtained=["got('/v'), got('/w'), got('/new')", "[(each.method, each.path) for each in routes]", "seen.count('started') > 0"],
)  # fmt: skip

DASH = Scenario(
    "dash",
    ["dash"],
    {
        "board/__init__.py": "",
        "board/app.py": "from dash import Dash\n\napp = Dash(__name__)\n",
        "board/callbacks.py": """
            from dash import Input, Output, html, dcc
            from board.app import app

            app.layout = html.Div([dcc.Input(id="in", value="x"), html.Div(id="out"), html.Div(id="more")])

            @app.callback(Output("out", "children"), Input("in", "value"))
            def show(value):
                return "shown " + value
        """,
    },
    "from board.app import app; import board.callbacks",
    [
        Edit(BODY, "board/callbacks.py", '"shown " + value', '"seen " + value'),
        Edit(BODY, "board/callbacks.py", "def show(value):", "def show(value):\n    'Show it.'"),
        Edit(ADD, "board/callbacks.py", '@app.callback(Output("out"', '@app.callback(Output("more", "children"), Input("in", "value"))\ndef more(value):\n    return value + value\n\n@app.callback(Output("out"'),
        Edit(FAIL, "board/callbacks.py", 'Input("in", "value"))\ndef show', 'Input("in"))\ndef show'),
        Edit(MEND, "board/callbacks.py", 'Input("in"))\ndef show', 'Input("in", "id"))\ndef show'),
        Edit(CHANGE, "board/callbacks.py", 'dcc.Input(id="in", value="x")', 'dcc.Input(id="in", value="y")'),
    ],
    holds="""
        client = app.server.test_client()
        def called(output):
            body = {"output": output + ".children", "outputs": {"id": output, "property": "children"},
                "inputs": [{"id": "in", "property": "value", "value": "v"}], "changedPropIds": ["in.value"]}
            answer = client.post("/_dash-update-component", json=body)
            return answer.status_code, (answer.json or {}).get("response")
    """,
    probes=["called('out')"],
    obtained=[
        "called('more')",
        "[(each['output'], each['inputs']) for each in client.get('/_dash-dependencies').json]",
        "client.get('/_dash-layout').json['props']['children'][0]['props']['value']",
    ],
)  # fmt: skip

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
)  # fmt: skip

SCENARIOS = [FLASK, FLASK_ROUTES, FASTAPI, FASTAPI_HELD, AIOHTTP, DASH, STRAWBERRY]
