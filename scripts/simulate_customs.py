"""Simulate customs files: `commerce simulate`."""

import sys

from commerce_exterieur.simulation.command import main

if __name__ == "__main__":
    sys.exit(main())
