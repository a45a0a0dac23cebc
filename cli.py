"""`python cli.py …` in a checkout; the installed command is `footprint`."""

from footprint.commands.app import main

if __name__ == "__main__":
    main()
