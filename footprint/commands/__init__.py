"""The command line: each command parses, calls the API, prints, and chooses the exit code."""
