"""What code does with names, and what an edit changes in it: pure data and code objects.

Must not know modules or files.  May import `interpreter`.
"""
