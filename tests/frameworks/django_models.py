# fmt: off
# ruff: noqa: E501 (an edit reads best in one line)
"""Django as in `manage.py shell` (models, admin, forms, signals, views), and peewee."""

from harness import ADD, BODY, CHANGE, DEFINE, FAIL, MEND, Edit, Scenario

PEEWEE = Scenario(
    "peewee",
    ["peewee"],
    {
        "pets.py": """
            import peewee

            db = peewee.SqliteDatabase(":memory:")
            LONGEST = 8

            class Base(peewee.Model):
                class Meta:
                    database = db

            class Owner(Base):
                name = peewee.CharField(max_length=LONGEST)

                def hello(self):
                    return "hello " + self.name

            class Pet(Base):
                owner = peewee.ForeignKeyField(Owner, backref="pets")
                kind = peewee.CharField(default="cat")

                def label(self):
                    return f"{self.kind} of {self.owner.name}"
        """,
    },
    "from pets import Owner, Pet, db",
    [
        Edit(BODY, "pets.py", '"hello " + self', '"hi " + self'),
        Edit(BODY, "pets.py", "{self.kind} of", "{self.kind} with"),
        Edit(DEFINE, "pets.py", "    def label(self):", "    def short(self):\n        return self.kind[0]\n\n    def label(self):"),
    ],
    start="from pets import Owner, Pet, db; db.create_tables([Owner, Pet]); Pet.create(owner=Owner.create(name='ann'))",
    holds="ann = Owner.get(); pet = Pet.get()",
    probes=[
        "ann.hello(), pet.label(), pet.owner == ann",
        "[each.label() for each in ann.pets]",
        "[each.label() for each in Pet.select().join(Owner).where(Owner.name == 'ann')]",
        "type(pet) is Pet, type(pet.owner) is Owner, hasattr(pet, 'short')",
        "Pet._meta.sorted_field_names, Owner._meta.fields['name'].max_length",
        "Pet._meta.refs == {Pet.owner: Owner}, Owner._meta.backrefs == {Pet.owner: Pet}",
        "Pet.owner in Pet._meta.refs, Pet.kind.model is Pet",
    ],
)

# The database is a file, so that it is there whoever opens it: fields are added and bases are changed.
PEEWEE_FILE = Scenario(
    "peewee-fields",
    ["peewee"],
    {
        "store.py": 'import peewee\n\ndb = peewee.SqliteDatabase("pets.db")\n',
        "pets.py": PEEWEE.files["pets.py"].replace(
            'import peewee\n\ndb = peewee.SqliteDatabase(":memory:")\n', "import peewee\nfrom store import db\n"
        ),
    },
    "from pets import Owner, Pet; from store import db",
    [
        Edit(ADD, "pets.py", "    def label(self):", "    age = peewee.IntegerField(default=3)\n\n    def label(self):"),
        Edit(FAIL, "pets.py", "IntegerField(default=3)", "IntegerField(defaults=3)"),
        Edit(MEND, "pets.py", "IntegerField(defaults=3)", "IntegerField(default=4)"),
        Edit(CHANGE, "pets.py", "class Pet(Base):", "class Named(Base):\n    nick = peewee.CharField(default='n')\n\nclass Pet(Named):"),
        Edit(CHANGE, "pets.py", "LONGEST = 8", "LONGEST = 80"),
    ],
    holds="""
        db.drop_tables([Pet, Owner])
        db.create_tables([Owner, Pet])
        Pet.create(owner=Owner.create(name="ann"))
        ann, pet = Owner.get(), Pet.get()
    """,
    probes=PEEWEE.probes[:1] + PEEWEE.probes[3:],
    obtained=[*PEEWEE.probes, "pet.__data__"],
)

DJANGO = Scenario(
    "django",
    ["django"],
    {
        "settings.py": """
            SECRET_KEY = "s"
            INSTALLED_APPS = ["django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes",
                "django.contrib.messages", "django.contrib.sessions", "library"]
            DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
            ROOT_URLCONF = "urls"
            USE_TZ = True
            ALLOWED_HOSTS = ["*"]
            DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
            MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware",
                "django.contrib.auth.middleware.AuthenticationMiddleware",
                "django.contrib.messages.middleware.MessageMiddleware"]
            TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
                "OPTIONS": {"context_processors": ["django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages"]}}]
        """,
        "urls.py": """
            from django.contrib import admin
            from django.urls import path
            from library import views

            urlpatterns = [path("admin/", admin.site.urls), path("books/", views.books)]
        """,
        "library/__init__.py": "",
        "library/models.py": """
            from django.db import models

            LONGEST = 30

            class Author(models.Model):
                name = models.CharField(max_length=LONGEST)

                class Meta:
                    ordering = ["name"]

                def __str__(self):
                    return self.name

                def hello(self):
                    return "hello " + self.name

            class BookQuery(models.QuerySet):
                def titled(self, title):
                    return self.filter(title=title)

            class Book(models.Model):
                title = models.CharField(max_length=LONGEST)
                author = models.ForeignKey(Author, models.CASCADE, related_name="books")
                tags = models.ManyToManyField("Tag", related_name="books")
                objects = BookQuery.as_manager()

                def label(self):
                    return f"{self.title} by {self.author.name}"

            class Tag(models.Model):
                word = models.CharField(max_length=LONGEST)
        """,
        "library/signals.py": """
            from django.db.models.signals import post_init
            from django.dispatch import receiver
            from library.models import Author

            log = []

            @receiver(post_init, sender=Author)
            def made(sender, instance, **_):
                log.append("made " + instance.name)
        """,
        "library/admin.py": """
            from django.contrib import admin
            from library.models import Author, Book

            admin.site.register(Author)

            @admin.register(Book)
            class BookAdmin(admin.ModelAdmin):
                list_display = ["title", "shouted"]

                @admin.display(description="loud")
                def shouted(self, book):
                    return book.title.upper()
        """,
        "library/forms.py": """
            from django import forms
            from library.models import Author

            class AuthorForm(forms.ModelForm):
                class Meta:
                    model = Author
                    fields = ["name"]

                def clean_name(self):
                    return self.cleaned_data["name"].strip()
        """,
        "library/views.py": """
            from django.http import HttpResponse
            from library.models import Book

            def books(request):
                return HttpResponse(", ".join(each.label() for each in Book.objects.all()))
        """,
    },
    """
    from library.models import Author, Book, Tag
    from library import admin, forms, signals, views
    import urls
    """,
    [
        Edit(BODY, "library/models.py", '"hello " + self', '"hi " + self'),
        Edit(BODY, "library/models.py", "{self.title} by", "{self.title} from"),
        Edit(BODY, "library/models.py", "self.filter(title=title)", "self.exclude(title=title)"),
        Edit(BODY, "library/signals.py", '"made " + inst', '"new " + inst'),
        Edit(BODY, "library/admin.py", "book.title.upper()", "book.title.lower()"),
        Edit(BODY, "library/forms.py", "].strip()", "].strip().title()"),
        Edit(BODY, "library/views.py", '", ".join', '"; ".join'),
        Edit(DEFINE, "library/models.py", "    def label(self):", "    def short(self):\n        return self.title[0]\n\n    def label(self):"),
        Edit(ADD, "urls.py", 'path("books/", views.books)', 'path("books/", views.books), path("all/", views.books)'),
        Edit(ADD, "library/admin.py", '["title", "shouted"]', '["title", "shouted", "author"]'),
        Edit(ADD, "library/models.py", "    word = models", "    sort = models.IntegerField(default=0)\n    word = models"),
        Edit(FAIL, "library/models.py", "IntegerField(default=0)", "IntegerField(defaults=0)"),
        Edit(MEND, "library/models.py", "IntegerField(defaults=0)", "IntegerField(default=1)"),
        Edit(CHANGE, "library/models.py", "LONGEST = 30", "LONGEST = 40"),
        Edit(CHANGE, "library/models.py", "class Tag(models.Model):", "class Base(models.Model):\n    class Meta:\n        abstract = True\n\n    def base(self):\n        return 'base'\n\nclass Tag(Base):"),
    ],
    start="""
        import os, django
        os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
        django.setup()
        from django.core.management import call_command
        call_command("migrate", run_syncdb=True, verbosity=0)
        from library.models import Author, Book
        Book.objects.create(title="Emma", author=Author.objects.create(name="jane"))
        from django.contrib.auth.models import User
        User.objects.create_superuser("root", password="r")
        del Author, Book
    """,
    holds="""
        from django.apps import apps
        from django.test import Client
        import re
        jane = Author.objects.get()
        emma = Book.objects.get()
        query = Book.objects.filter(author__name="jane")
        from django.contrib.auth.models import User
        client = Client()
        client.force_login(User.objects.get())
        def logged(action):
            signals.log.clear()
            action()
            return signals.log[:]
        def table(path):
            return [re.sub("<.*?>", "", each) for each in re.findall('<t[hd] class="field-.*?</t[hd]>', client.get(path).content.decode())]
        def cleaned(**data):
            form = forms.AuthorForm(data)
            return form.is_valid(), form.cleaned_data
    """,
    probes=[
        "jane.hello(), str(jane), emma.label()",
        "[each.label() for each in jane.books.all()], [each.label() for each in query.all()]",
        "Book.objects.titled('Emma').count(), jane.books.titled('Emma').count()",
        "emma.author == jane, type(emma.author) is Author, apps.get_model('library', 'Book') is Book",
        "Author.objects.filter(books__title='Emma').count(), Author.objects.filter(books=emma).get() == jane",
        "emma.tags.model is Tag, Tag.books.rel.related_model is Book",
        "sorted(each.name for each in Author._meta.get_fields()), sorted(each.name for each in Tag._meta.get_fields())",
        "sorted(each.__name__ for each in apps.get_models() if each.__module__ == 'library.models')",
        "logged(lambda: Author(name='x'))",
        "client.get('/books/').content",
        "client.get('/all/').status_code",
        "table('/admin/library/book/')",
        "client.get('/admin/library/author/add/').status_code",
        "cleaned(name=' bob ')",
        "cleaned(name='b' * 35)",
        "hasattr(Book, 'short'), hasattr(Tag, 'base'), Book._meta.get_field('title').max_length",
        "Book.objects.select_related('author').get().label()",
        "Book.objects.prefetch_related('author__books').get().author.books.all()[0].label()",
    ],
)

SCENARIOS = [PEEWEE, PEEWEE_FILE, DJANGO]
