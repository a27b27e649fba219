"""Publish the marts: `commerce publish`."""

import sys

from commerce_exterieur.publication import main

if __name__ == "__main__":
    sys.exit(main())
