"""What is known of each module: its record, which modules it imports, what its name resolves to, whether it is stale.

Knows files through `files`, and the import system through a protocol (`import_system_protocol`).  Must not know how
modules are executed or updated.  May import `interpreter`, `files`, `changes`, `identity` and `entries`.
"""
