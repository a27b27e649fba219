"""Take in a folder of customs files: what is read, what is refused, and why."""
