"""Make the warehouse with both engines and compare: `commerce parity`."""

import sys

from commerce_exterieur.spark.parity import main

if __name__ == "__main__":
    sys.exit(main())
