"""Bringing a recorded audit onto GitHub: its check run, comments, replies and summary, each once."""
