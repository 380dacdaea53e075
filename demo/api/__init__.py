"""The REST operations of the box, one file a subject; `table.py` lists them all."""
