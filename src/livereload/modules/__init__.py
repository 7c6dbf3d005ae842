"""What is known of each module: its record, which modules import it, what its name resolves to.

Must not know how modules are executed.  May import all rooms above in this list: `interpreter`, `files`, `changes`,
`identity`.
"""
