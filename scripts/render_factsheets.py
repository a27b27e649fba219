"""Set the factsheet of a territory: `commerce factsheets`."""

import sys

from commerce_exterieur.factsheet.command import main

if __name__ == "__main__":
    sys.exit(main())
