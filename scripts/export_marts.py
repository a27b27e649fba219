"""Write the marts as files, described by a Data Package: `commerce export`."""

import sys

from commerce_exterieur.export.command import main

if __name__ == "__main__":
    sys.exit(main())
