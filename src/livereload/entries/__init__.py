"""What modules put elsewhere: into registries, in the place of other objects, into the standard library's hooks.

Must not know what is executed.  May import what `identity` may, and `identity`.
"""
