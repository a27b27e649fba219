"""Answer assistants over the Model Context Protocol: `commerce mcp`."""

import sys

from commerce_exterieur.mcp_server.command import main

if __name__ == "__main__":
    sys.exit(main())
