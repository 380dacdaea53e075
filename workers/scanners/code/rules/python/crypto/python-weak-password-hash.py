import hashlib
import os


def store(password, user, content):
    # ruleid: python-weak-password-hash
    hashlib.md5(password.encode()).hexdigest()
    # ruleid: python-weak-password-hash
    hashlib.sha256((user.salt + user.password).encode("utf-8")).hexdigest()
    # ruleid: python-weak-password-hash
    return hashlib.new("sha1", password.encode())


def safe(password, content):
    # ok: python-weak-password-hash
    hashlib.pbkdf2_hmac("sha256", password.encode(), os.urandom(16), 600_000)
    # ok: python-weak-password-hash
    hashlib.scrypt(password.encode(), salt=os.urandom(16), n=2**14, r=8, p=1)
    # ok: python-weak-password-hash
    return hashlib.sha256(content).hexdigest()
