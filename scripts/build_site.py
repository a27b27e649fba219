"""Make the static site: `commerce site`."""

import sys

from commerce_exterieur.site.command import main

if __name__ == "__main__":
    sys.exit(main())
