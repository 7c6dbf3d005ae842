# fmt: off
# ruff: noqa: E501 (an edit reads best in one line)
"""Web applications of other makes: Django REST framework, Litestar, Starlette, Pyramid."""

from harness import ADD, BODY, CHANGE, FAIL, MEND, Edit, Scenario

REST_FRAMEWORK = Scenario(
    "rest-framework",
    ["django", "djangorestframework"],
    {
        "settings.py": """
            SECRET_KEY = "s"
            INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "rest_framework", "shop"]
            DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
            ROOT_URLCONF = "urls"
            USE_TZ = True
            ALLOWED_HOSTS = ["*"]
            DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
            REST_FRAMEWORK = {"DEFAULT_AUTHENTICATION_CLASSES": [], "DEFAULT_PERMISSION_CLASSES": []}
        """,
        "urls.py": """
            from django.urls import include, path
            from rest_framework.routers import DefaultRouter
            from shop import views

            router = DefaultRouter()
            router.register("items", views.ItemViewSet)

            urlpatterns = [path("api/", include(router.urls)), path("sum/", views.total)]
        """,
        "shop/__init__.py": "",
        "shop/models.py": """
            from django.db import models

            class Item(models.Model):
                name = models.CharField(max_length=20)
                price = models.IntegerField(default=1)

                def label(self):
                    return f"{self.name} for {self.price}"
        """,
        "shop/serializers.py": """
            from rest_framework import serializers
            from shop.models import Item

            class ItemSerializer(serializers.ModelSerializer):
                label = serializers.SerializerMethodField()

                class Meta:
                    model = Item
                    fields = ["name", "label"]

                def get_label(self, item):
                    return "<" + item.label() + ">"

                def validate_name(self, value):
                    if value == "bad":
                        raise serializers.ValidationError("bad name")
                    return value
        """,
        "shop/views.py": """
            from rest_framework.decorators import action, api_view
            from rest_framework.response import Response
            from rest_framework.viewsets import ModelViewSet
            from shop.models import Item
            from shop.serializers import ItemSerializer

            class ItemViewSet(ModelViewSet):
                queryset = Item.objects.all()
                serializer_class = ItemSerializer

                @action(detail=True)
                def shout(self, request, pk=None):
                    return Response(self.get_object().name.upper())

            @api_view(["GET"])
            def total(request):
                return Response({"total": sum(each.price for each in Item.objects.all())})
        """,
    },
    "from shop.models import Item; from shop import serializers, views; import urls",
    [
        Edit(BODY, "shop/serializers.py", '"<" + item', '"[" + item'),
        Edit(BODY, "shop/models.py", "{self.name} for", "{self.name} at"),
        Edit(BODY, "shop/views.py", "name.upper()", "name.title()"),
        Edit(BODY, "shop/views.py", '"total": sum', '"sum": sum'),
        Edit(BODY, "shop/serializers.py", '"bad name"', '"no such name"'),
        Edit(ADD, "urls.py", 'path("sum/", views.total)', 'path("sum/", views.total), path("all/", views.total)'),
        Edit(CHANGE, "shop/serializers.py", '["name", "label"]', '["name", "price", "label"]'),
        Edit(ADD, "shop/views.py", "    @action(detail=True)", "    @action(detail=False)\n    def names(self, request):\n        return Response([each.name for each in Item.objects.all()])\n\n    @action(detail=True)"),
        Edit(FAIL, "urls.py", 'register("items", views.ItemViewSet)', 'register("items", views.ItemView)'),
        Edit(MEND, "urls.py", 'register("items", views.ItemView)', 'register("goods", views.ItemViewSet)'),
        Edit(CHANGE, "urls.py", ', path("all/", views.total)', ""),
        Edit(CHANGE, "shop/models.py", "max_length=20", "max_length=3"),
    ],
    start="""
        import os, django
        os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
        django.setup()
        from django.core.management import call_command
        call_command("migrate", run_syncdb=True, verbosity=0)
        from shop.models import Item
        Item.objects.create(name="tea")
        del Item
    """,
    holds="""
        from rest_framework.test import APIClient
        from django.urls import get_resolver, reverse
        client = APIClient()
        def get(path):
            answer = client.get(path)
            return answer.status_code, getattr(answer, "data", None)
        def post(path, **data):
            answer = client.post(path, data, format="json")
            if answer.status_code == 201:
                Item.objects.filter(name=data["name"]).delete()
            return answer.status_code, getattr(answer, "data", None)
        def link(name):
            return reverse(name)
    """,
    probes=[
        "get('/api/items/')", "get('/api/items/1/')", "get('/api/items/1/shout/')", "get('/sum/')", "get('/all/')", "get('/api/goods/')",
        "get('/api/goods/1/shout/')", "get('/api/goods/names/')", "get('/api/items/names/')",
        "post('/api/items/', name='bad')", "post('/api/goods/', name='longer')", "link('item-list')",
        "repr(serializers.ItemSerializer())",
    ],
)

LITESTAR = Scenario(
    "litestar",
    ["litestar", "httpx"],
    {
        "api/__init__.py": "",
        "api/guards.py": """
            from litestar.exceptions import NotAuthorizedException

            def known(connection, handler):
                if connection.headers.get("x-user") == "nobody":
                    raise NotAuthorizedException("who?")

            async def number(n: int = 1) -> int:
                return n + 1
        """,
        "api/items.py": """
            from dataclasses import dataclass
            from litestar import Controller, get, post
            from litestar.di import Provide
            from api.guards import known, number

            @dataclass
            class Item:
                name: str
                price: int = 1

                def label(self) -> str:
                    return f"{self.name} for {self.price}"

            class Items(Controller):
                path = "/items"
                dependencies = {"number": Provide(number)}

                @get("/", guards=[known])
                async def listed(self, number: int) -> list[str]:
                    return ["tea"] * number

                @post("/")
                async def made(self, data: Item) -> str:
                    return data.label()
        """,
        "api/app.py": """
            from litestar import Litestar, get
            from api.items import Items

            @get("/")
            async def index(name: str = "you") -> dict[str, str]:
                return {"hello": name}

            app = Litestar([index, Items])
        """,
    },
    "from api.app import app; from api.items import Item",
    [
        Edit(BODY, "api/app.py", '{"hello": name}', '{"hi": name}'),
        Edit(BODY, "api/guards.py", "n + 1", "n + 2"),
        Edit(BODY, "api/guards.py", '"who?"', '"who are you?"'),
        Edit(BODY, "api/items.py", '["tea"] * number', '["cup"] * number'),
        Edit(BODY, "api/items.py", "{self.name} for", "{self.name} at"),
        Edit(ADD, "api/items.py", '    @post("/")', '    @get("/all")\n    async def everything(self) -> int:\n        return 7\n\n    @post("/")', remakes=True),
        Edit(CHANGE, "api/app.py", 'name: str = "you"', 'name: str = "world"'),
        Edit(CHANGE, "api/items.py", "price: int = 1", "price: int = 2"),
        Edit(FAIL, "api/items.py", "guards=[known]", "guards=[unknown]"),
        Edit(MEND, "api/items.py", ", guards=[unknown]", ""),
        Edit(CHANGE, "api/items.py", '@get("/all")', '@get("/every")'),
    ],
    holds="""
        from litestar.testing import TestClient
        def get(path, **headers):
            with TestClient(app) as client:
                answer = client.get(path, headers=headers)
                return answer.status_code, answer.json()
        def post(path, **data):
            with TestClient(app) as client:
                answer = client.post(path, json=data)
                return answer.status_code, answer.text
    """,
    probes=["get('/')", "get('/items')", "get('/items?n=3')", "get('/items', **{'x-user': 'nobody'})", "post('/items', name='tea')"],
    obtained=["get('/items/all')", "get('/items/every')", "sorted(each.path for each in app.routes)"],
)

STARLETTE = Scenario(
    "starlette",
    ["starlette", "httpx"],
    {
        "web/__init__.py": "",
        "web/middle.py": """
            from starlette.middleware.base import BaseHTTPMiddleware

            class Mark(BaseHTTPMiddleware):
                def __init__(self, app, name="mark"):
                    super().__init__(app)
                    self.name = name

                async def dispatch(self, request, call_next):
                    answer = await call_next(request)
                    answer.headers["x-mark"] = self.name
                    return answer

            class Counted:
                def __init__(self, app):
                    self.app = app

                async def __call__(self, scope, receive, send):
                    scope["counted"] = 1
                    await self.app(scope, receive, send)
        """,
        "web/pages.py": """
            from starlette.endpoints import HTTPEndpoint
            from starlette.responses import JSONResponse, PlainTextResponse

            def index(request):
                return JSONResponse({"counted": request.scope["counted"]})

            class Page(HTTPEndpoint):
                async def get(self, request):
                    return PlainTextResponse("page " + request.path_params["name"])
        """,
        "web/app.py": """
            from starlette.applications import Starlette
            from starlette.middleware import Middleware
            from starlette.routing import Mount, Route, WebSocketRoute
            from web import middle, pages

            async def echo(socket):
                await socket.accept()
                await socket.send_text("echo " + await socket.receive_text())
                await socket.close()

            def lost(request, error):
                return pages.PlainTextResponse("lost", 404)

            routes = [Route("/", pages.index), Mount("/pages", routes=[Route("/{name}", pages.Page)]), WebSocketRoute("/ws", echo)]
            app = Starlette(routes=routes, middleware=[Middleware(middle.Mark), Middleware(middle.Counted)], exception_handlers={404: lost})
        """,
    },
    "from web.app import app",
    [
        Edit(BODY, "web/middle.py", 'scope["counted"] = 1', 'scope["counted"] = 2'),
        Edit(BODY, "web/middle.py", '"x-mark"] = self.name', '"x-mark"] = "a " + self.name'),
        Edit(BODY, "web/pages.py", '"page " +', '"the page " +'),
        Edit(BODY, "web/app.py", '"echo "', '"echoes "'),
        Edit(BODY, "web/app.py", '"lost"', '"not here"'),
        Edit(ADD, "web/app.py", 'Route("/", pages.index), ', 'Route("/", pages.index), Route("/more", pages.index), ', remakes=True),
        Edit(CHANGE, "web/app.py", "Middleware(middle.Mark)", "Middleware(middle.Mark, name='own')"),
        Edit(FAIL, "web/app.py", "404: lost", "404: lose"),
        Edit(MEND, "web/app.py", "404: lose", "405: lost"),
        Edit(CHANGE, "web/middle.py", 'name="mark"', 'name="marked"'),
    ],
    holds="""
        from starlette.testclient import TestClient
        client = TestClient(app)
        def get(path):
            answer = client.get(path)
            return answer.status_code, answer.text, answer.headers.get("x-mark")
        def sent(text):
            with client.websocket_connect("/ws") as socket:
                socket.send_text(text)
                return socket.receive_text()
    """,
    probes=["get('/')", "get('/pages/a')", "get('/none')", "sent('x')"],
    obtained=["get('/more')", "client.post('/').text"],
)

PYRAMID = Scenario(
    "pyramid",
    ["pyramid"],
    {
        "site_/__init__.py": """
            from pyramid.config import Configurator

            def main():
                with Configurator() as config:
                    config.add_route("hello", "/hello/{name}")
                    config.add_route("more", "/more")
                    config.scan("site_.views")
                    return config.make_wsgi_app()
        """,
        "site_/views.py": """
            from pyramid.events import NewRequest, subscriber
            from pyramid.response import Response
            from pyramid.view import view_config, view_defaults

            seen = []

            @subscriber(NewRequest)
            def requested(event):
                seen.append("requested " + event.request.path)

            @view_config(route_name="hello", renderer="json")
            def hello(request):
                return {"hello": request.matchdict["name"]}

            @view_defaults(route_name="more")
            class More:
                def __init__(self, request):
                    self.request = request

                @view_config(request_method="GET")
                def get(self):
                    return Response("more")
        """,
        "wsgi.py": "from site_ import main\n\napp = main()\n",
    },
    "from wsgi import app; from site_.views import seen",
    [
        Edit(BODY, "site_/views.py", '{"hello": request', '{"hi": request'),
        Edit(BODY, "site_/views.py", 'Response("more")', 'Response("much more")'),
        Edit(BODY, "site_/views.py", '"requested "', '"wanted "'),
        Edit(ADD, "site_/views.py", '    @view_config(request_method="GET")', '    @view_config(request_method="POST")\n    def post(self):\n        return Response("posted")\n\n    @view_config(request_method="GET")', remakes=True),
        Edit(CHANGE, "site_/__init__.py", '"/hello/{name}"', '"/hi/{name}"'),
        Edit(FAIL, "site_/views.py", "@subscriber(NewRequest)", "@subscriber(OldRequest)"),
        Edit(MEND, "site_/views.py", "@subscriber(OldRequest)", "@subscriber(NewRequest)"),
        Edit(CHANGE, "site_/views.py", "@subscriber(NewRequest)\n", ""),
    ],
    holds="""
        from pyramid.request import Request
        def get(path, method="GET"):
            del seen[:]
            answer = Request.blank(path, method=method).get_response(app)
            return answer.status_code, answer.text[:12], list(seen)
    """,
    probes=["get('/hello/ann')", "get('/more')"],
    obtained=["get('/more', 'POST')", "get('/hi/ann')"],
)

SCENARIOS = [REST_FRAMEWORK, LITESTAR, STARLETTE, PYRAMID]
