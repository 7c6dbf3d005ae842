"""The people at the prompt: prompts, IPython, the command line, activation.

Loaded when asked for.  May import everything.
"""
