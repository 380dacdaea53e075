"""The figures that the documents quote. Each is a ratio of things measured by turns in one run."""
