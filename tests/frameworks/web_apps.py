# fmt: off
# ruff: noqa: E501 (an edit reads best in one line)
"""Applications that answer requests with functions of modules: Flask, aiohttp, Dash."""

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
)

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
)

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
)

SCENARIOS = [FLASK, FLASK_ROUTES, AIOHTTP, DASH]
