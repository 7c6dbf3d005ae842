"""Objects that live on: classes, functions, enum members, instances, their referrers.

Must not know files or imports.  May import `interpreter` and `changes`.
"""
