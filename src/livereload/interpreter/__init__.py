"""CPython's own ways: instructions, frames, the standard library.

Knows code objects and tracebacks of all supported versions.  Must not know modules or files.  Imports nothing of ours.
"""
