"""Lets ``python -m laadplan`` do what the command ``laadplan`` does."""

from laadplan.cli.app import main

if __name__ == "__main__":
    main()
