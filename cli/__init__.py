"""The `audit` command: one file a sub-command."""
