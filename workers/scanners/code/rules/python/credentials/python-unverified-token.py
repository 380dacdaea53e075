import jwt


def who(token, key):
    # ruleid: python-unverified-token
    jwt.decode(token, options={"verify_signature": False})
    # ruleid: python-unverified-token
    jwt.decode(token, key, verify=False)
    # ruleid: python-unverified-token
    return jwt.decode(token, key, algorithms=["HS256", "none"])


def safe(token, key):
    # ok: python-unverified-token
    jwt.decode(token, key, algorithms=["RS256"])
    # ok: python-unverified-token
    return jwt.decode(token, key, algorithms=["RS256"], options={"verify_signature": True})
