"""Build, test and publish the warehouse: `commerce build`."""

import sys

from commerce_exterieur.build import main

if __name__ == "__main__":
    sys.exit(main())
