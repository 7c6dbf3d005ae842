"""Projects with real frameworks, edited while a session uses them, do what a restarted session does.

    LIVERELOAD_TEST_NETWORK=1 python -m pytest -q tests/frameworks [-k flask]

The libraries (newest versions) are installed once, by pip, into a virtual environment below the user's cache folder
(LIVERELOAD_TEST_CACHE says another); delete it to have newer ones.  A scenario that fails prints what came out
otherwise than in a fresh interpreter, edit by edit.  FRAMEWORKS_TRACEBACKS=1 shows the tracebacks of the live session,
FRAMEWORKS_SRC names other sources of livereload to be tried.
How a scenario is written and played: `harness.py`.
"""

import os

import bots
import commands
import data_classes
import django_models
import numerics
import plain
import pydantic_models
import pytest
import registries
import rest_apis
import schemas
import sqlalchemy_models
import web_apis
import web_apps
import wiring
import workers
from environments import needs_network
from harness import Libraries, Play

TABLES = [
    *(pydantic_models, data_classes, schemas, sqlalchemy_models, django_models),
    *(web_apps, web_apis, rest_apis, bots, workers, commands, registries, wiring, numerics, plain),
]
SCENARIOS = [scenario for table in TABLES for scenario in table.SCENARIOS]


@pytest.fixture(scope="session")
def libraries():
    return Libraries()


@needs_network
@pytest.mark.parametrize("scenario", SCENARIOS, ids=[each.name for each in SCENARIOS])
def test_framework(libraries, scenario, tmp_path):
    """After each edit, what is held and what is imported do what they do in a fresh interpreter."""
    missing = libraries.require(scenario.needs)
    if missing:
        pytest.skip(missing)
    play = Play(scenario, libraries, tmp_path)
    play.run()
    if os.environ.get("FRAMEWORKS_TRACEBACKS"):
        print(play.printed)
    if play.differences:
        pytest.fail(str(play), pytrace=False)
