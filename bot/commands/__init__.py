"""The subcommands, one module each: NAME, add() for its arguments, run() for its work.

At import they load nothing heavy, so that `--help` comes at once.
"""
