"""One refresh, from look to commit.

Must not know the interpreter's hooks.  May import `modules` and what that may, and `entries`.
"""
