"""`python -m footprint …` is the command `footprint …`."""

from footprint.commands.app import main

if __name__ == "__main__":
    main()
