"""Files to values: finds the data folders, reads and checks routes, background, methods, sources and prices."""
