"""The import system: finder, loader, spec, every patch of the interpreter, and the statement that imports.

Knows importlib and what it calls.  A question goes down: `hooks` and `spec` receive it, `import_statement`
finds out which names are asked for, `repeated_import` answers.  Must not know prompts.  May import all folders but
`session`.
"""
