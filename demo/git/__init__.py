"""Real git behind the box: bare repositories, commits made without a work tree, diffs and what they allow."""
