"""Fetch the official customs files: `commerce fetch`."""

import sys

from commerce_exterieur.fetching.command import main

if __name__ == "__main__":
    sys.exit(main())
