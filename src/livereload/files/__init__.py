"""What is on disk: stamps, sources, folders, bytecode files, the kernel's watch.

Must not know modules.  May import `interpreter`.
"""
