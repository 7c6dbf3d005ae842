"""One refresh, from look to commit: attempts, the journal, what is taken out of `sys.modules`.

Must not know what has to be executed (`verification`), nor the interpreter's hooks.  May import `verification` and what
that may.
"""
