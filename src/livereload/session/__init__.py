"""What people use: prompts, IPython, status tables, the command line, and being switched on at the start of Python.

Knows the public functions and the values that they return.  Must not know how a refresh is done.  Loaded when it is
asked for.  May import all folders.
"""
