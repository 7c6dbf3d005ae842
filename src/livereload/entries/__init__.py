"""Entries: what modules put elsewhere, into registries, other modules and the standard library's hooks.

Knows containers, attributes and the objects that refer to them.  Must not know why a module is executed.  May import
`interpreter`, `files`, `changes` and `identity`.
"""
