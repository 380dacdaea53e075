"""Tests of the dependency scanner and its readers."""
