"""The command line: arguments in, one call, one line out. One module per noun."""
