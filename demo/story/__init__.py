"""The story of `make run`: a pull request through the real processes, against the GitHub in a box."""
