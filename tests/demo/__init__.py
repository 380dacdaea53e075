"""The GitHub in a box, seen from outside: over HTTP, over git, and at the end of its webhook."""
