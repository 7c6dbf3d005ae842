"""CPython: instructions, frames, and where the standard library is.

Knows code objects and tracebacks of all supported versions.  Must not know modules or files.  May import no other
folder.
"""
