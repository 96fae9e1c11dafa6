"""One search over all that can be gone to or done: the command palette, and a page for itself."""
