"""What people use: prompts, IPython, status tables, the command line, and being switched on at the start of Python.

Knows the public functions and all that they tell.  Loaded when it is asked for.  May import all folders.
"""
