# Switches livereload on at a prompt: export PYTHONSTARTUP="$(python -m livereload startup)"
#
# All prompts (the basic REPL, PyREPL, asyncio's, IPython, ptpython, bpython) execute this file in their own
# namespace.  Nothing may stay behind there, so this file has comments instead of a docstring, which would become the
# prompt's.
#
# The file is found by its own path, so it also works at the prompts of environments where livereload is not
# installed.  Their own `livereload`, if there is any, is imported instead of this one.


def _livereload_startup(namespace):  # type: ignore[no-untyped-def] # this file must not depend on typing, either
    import os
    import sys

    own = sys._getframe().f_code.co_filename
    del namespace["_livereload_startup"]

    # A prompt has the current folder on its path, and livereload must not import anything from there.
    path = sys.path[:]
    sys.path[:] = [each for each in path if os.path.abspath(each or os.curdir) != os.getcwd()]
    sys.path.append(os.path.dirname(os.path.dirname(own)))
    try:
        import _livereload_imports

        _livereload_imports.start("1", at_prompt=True)
    except Exception:  # as at every start of Python: silent, whatever is wrong with the installation
        pass
    finally:
        sys.path[:] = path

    # The start-up file that the user had before, as if it alone had been named.
    following = os.path.expanduser(os.environ.get("LIVERELOAD_STARTUP_NEXT", ""))
    if not following:
        return
    try:
        with open(following, "rb") as file:
            source = file.read()
    except OSError as error:
        print(f"livereload: LIVERELOAD_STARTUP_NEXT: {error}", file=sys.stderr)
        return
    has_file = namespace.get("__file__") == own  # in the basic REPL, which removes it afterwards
    if has_file:
        namespace["__file__"] = following
    try:
        exec(compile(source, following, "exec", dont_inherit=True), namespace)
    except Exception as error:
        # Shown as the prompt shows it, without this function's frame: an exception raised from here would end PyREPL.
        traceback = error.__traceback__ and error.__traceback__.tb_next
        sys.excepthook(type(error), error.with_traceback(traceback), traceback)
    finally:
        if has_file:
            namespace["__file__"] = own


_livereload_startup(globals())  # type: ignore[no-untyped-call]
