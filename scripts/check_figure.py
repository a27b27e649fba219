"""Set a printed figure beside ours: `commerce check`."""

import sys

from commerce_exterieur.figure_check import main

if __name__ == "__main__":
    sys.exit(main())
