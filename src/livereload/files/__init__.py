"""What is on disk: stamps, sources, folders, bytecode files, and the kernel's report of changes.

Knows the file system.  Must not know modules, records or imports.  May import `interpreter`.
"""
