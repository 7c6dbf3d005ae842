"""The collected tests, run in a process for each core.

1. When pytest has collected, the process is forked once for each core.  So all agree on what the tests are.
2. Each process takes one *chunk* of tests after the other from a pipe that they share.  It sends what pytest
   reports of each test to the first process.
3. The first process tells that to its own pytest, as if the test had run there.  So `-x`, `-v`, `--durations`,
   `--last-failed`, `--junitxml` and the like do what they do otherwise.
4. A test of which nothing was heard, as its process has ended early, has failed.

LIVERELOAD_TEST_CORES says how many processes there are; with 1, pytest runs the tests itself.  It does so as well
where there are few of them, with `--pdb`, and with `-s`.
"""

import multiprocessing
import os
import sys
from multiprocessing.connection import wait

import pytest

CHUNK = 8  # tests; small enough that the processes end at about the same time
FEW = 24  # tests that are run sooner than what they need is set up more than once


def pytest_runtestloop(session):
    """Run the tests in several processes, or leave it to pytest by returning None."""
    options = session.config.option
    count = _number_of_cores()
    if count < 2 or len(session.items) < FEW or options.collectonly or options.usepdb or options.capture == "no":
        return None
    if session.testsfailed:  # while they were collected
        return None
    session.config._tmp_path_factory.getbasetemp()  # one for all
    workers = _start(session, count)
    try:
        _listen(session, [channel for _, channel in workers])
    finally:
        for process, _ in workers:
            process.terminate()  # those that are still there, as it was enough
            process.join()
    return True


def _number_of_cores():
    available = len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1
    return int(os.environ.get("LIVERELOAD_TEST_CORES", available))


def _start(session, count):
    """[(process, channel)]: the processes, and where each is heard."""
    chunks = _chunks(session.items)
    taking, giving = os.pipe()
    for number in range(len(chunks)):
        os.write(giving, number.to_bytes(4, "big"))
    os.close(giving)
    workers = []
    for _ in range(count):
        ours, theirs = multiprocessing.Pipe(duplex=False)
        arguments = (session, chunks, taking, theirs)
        process = multiprocessing.get_context("fork").Process(target=_work, args=arguments, daemon=True)
        process.start()
        theirs.close()  # before the next fork: it is at its end when its own process has ended
        workers.append((process, ours))
    os.close(taking)
    return workers


def _chunks(items):
    """The tests, in their order, in lists of neighbours from one file, which may share what is set up for it."""
    chunks = []
    for item in items:
        if not chunks or len(chunks[-1]) == CHUNK or chunks[-1][0].path != item.path:
            chunks.append([])
        chunks[-1].append(item)
    return chunks


# In each of the processes.


class Reporter:
    """Stands in for pytest's reporter to the terminal; keeps what it hears."""

    def __init__(self, config):
        self._config = config
        self._tw = config.get_terminal_writer()  # others ask the reporter for it
        self.heard = []  # [(name of a hook, its arguments)]

    def pytest_runtest_logstart(self, nodeid, location):
        self.heard.append(("pytest_runtest_logstart", {"nodeid": nodeid, "location": location}))

    def pytest_runtest_logreport(self, report):
        data = self._config.hook.pytest_report_to_serializable(config=self._config, report=report)
        self.heard.append(("pytest_runtest_logreport", {"report": data}))

    def pytest_runtest_logfinish(self, nodeid, location):
        self.heard.append(("pytest_runtest_logfinish", {"nodeid": nodeid, "location": location}))

    def pytest_warning_recorded(self, warning_message, when, nodeid, location):
        warning_message.source = None  # an object that cannot be sent, if there is one
        arguments = {"warning_message": warning_message, "when": when, "nodeid": nodeid, "location": location}
        self.heard.append(("pytest_warning_recorded", arguments))


def _work(session, chunks, taking, channel):
    """Run one chunk after the other, and send (test, what was heard of it) after each test."""
    plugins = session.config.pluginmanager
    captures = plugins.getplugin("capturemanager")
    captures.stop_global_capturing()  # into files whose position is that of all the processes
    captures.start_global_capturing()
    reporter = Reporter(session.config)
    plugins.unregister(name="terminalreporter")
    plugins.register(reporter, "terminalreporter")
    numbers = iter(lambda: os.read(taking, 4), b"")
    items = (item for number in numbers for item in chunks[int.from_bytes(number, "big")])
    item = next(items, None)
    try:
        while item is not None:
            following = next(items, None)  # what it needs, too, is not torn down
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            channel.send((item.nodeid, reporter.heard))
            reporter.heard = []
            item = following
    finally:
        session._setupstate.teardown_exact(None)


# In the first process.


def _listen(session, channels):
    """Tell pytest what the processes send, until all have ended or pytest has had enough."""
    config = session.config
    reporter = config.pluginmanager.getplugin("terminalreporter")
    if reporter is not None:
        reporter.showfspath = False  # tests of several files are run in turn
    missing = {item.nodeid: item for item in session.items}
    while channels:
        for channel in wait(channels):
            try:
                nodeid, heard = channel.recv()
            except EOFError:
                channels.remove(channel)
                continue
            del missing[nodeid]
            for name, arguments in heard:
                _tell(config, name, arguments)
            _stop_if_told(session)
    for item in missing.values():
        reason = "the process that was to run it has ended early"
        report = pytest.TestReport(item.nodeid, item.location, {}, "failed", reason, "call")
        config.hook.pytest_runtest_logreport(report=report)
        _stop_if_told(session)


def _tell(config, name, arguments):
    hook = getattr(config.hook, name)
    if name == "pytest_runtest_logreport":
        hook(report=config.hook.pytest_report_from_serializable(config=config, data=arguments["report"]))
    elif name == "pytest_warning_recorded":
        hook.call_historic(kwargs=arguments)
    else:
        hook(**arguments)


def _stop_if_told(session):
    if session.shouldfail:
        raise session.Failed(session.shouldfail)
    if session.shouldstop:
        raise session.Interrupted(session.shouldstop)
