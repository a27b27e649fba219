"""Rebuild the reference lists: `commerce reference`."""

import sys

from commerce_exterieur.reference_lists import main

if __name__ == "__main__":
    sys.exit(main())
