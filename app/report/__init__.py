"""Domain values become words and documents: checks, comments, pages, terminal text, JSON, SARIF, SBOM.

Everything here is pure. It knows the size limits of what it writes for, and never a client, a store
or a setting.
"""
