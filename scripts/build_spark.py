"""Build, test and publish the warehouse with Apache Spark: `commerce spark`."""

import sys

from commerce_exterieur.spark.command import main

if __name__ == "__main__":
    sys.exit(main())
