"""Write the semantic layer for other tools: `commerce semantics`."""

import sys

from commerce_exterieur.export.semantics import main

if __name__ == "__main__":
    sys.exit(main())
