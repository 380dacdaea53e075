"""Known flaws of packages: OSV, KEV and EPSS feeds, their local index, and matching against it.

Imports the standard library, `app.domain` and, only where a version or a vector is read, `packaging`,
`univers` and `cvss`: the index is read inside the box, where start-up time is paid per run.
"""
