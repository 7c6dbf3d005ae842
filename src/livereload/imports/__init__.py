"""The import system: finder, loader, spec, every patch of the interpreter.

Must not know the people at the prompt.  May import `refreshes` and what that may.
"""
