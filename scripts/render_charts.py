"""Draw the figures of a territory: `commerce charts`."""

import sys

from commerce_exterieur.charts.command import main

if __name__ == "__main__":
    sys.exit(main())
