"""A GitHub in a box, and the story that `make run` tells on it."""
