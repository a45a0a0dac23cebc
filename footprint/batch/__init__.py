"""Thousands of studies of one structure in one call: a table of parameters in, a table of footprints out.

A study is a row: the route with other values of its parameters. The structure is compiled once, each worker keeps it,
and every study sees the same draws (the same world), so that studies compare with each other sample by sample. Rows go
to workers in chunks of fixed size; a chunk's numbers depend on its rows and the seed alone, never on who did it.
"""
