"""Tests of advisories: feeds, index, matching."""
