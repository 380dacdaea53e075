import hashlib

from cryptography.hazmat.primitives import hashes


def sign(content):
    # ruleid: python-weak-hash
    hashlib.md5(content).hexdigest()
    # ruleid: python-weak-hash
    hashlib.new("SHA1", content)
    # ruleid: python-weak-hash
    return hashes.SHA1()


def safe(content):
    # ok: python-weak-hash
    hashlib.sha256(content).hexdigest()
    # ok: python-weak-hash
    hashlib.md5(content, usedforsecurity=False).hexdigest()
    # ok: python-weak-hash
    hashlib.new("sha512", content)
    # ok: python-weak-hash
    return hashes.SHA256()
