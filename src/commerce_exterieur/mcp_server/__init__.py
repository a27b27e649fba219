"""The warehouse for assistants: tools over the Model Context Protocol, read-only."""
