"""What has to be executed, and what not: modules are verified, and updated in place where that comes to the same.

Knows records, the code of modules and what they hold.  Must not know when a refresh is made, nor how one is undone:
whatever is changed is noted on the journal of a transaction.  May import `modules` and what that may.
"""
