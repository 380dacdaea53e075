"""Known flaws in what a change depends on, read from manifests and lock files without resolving."""
