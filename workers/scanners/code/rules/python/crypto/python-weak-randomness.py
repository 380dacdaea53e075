import random
import secrets
import string


def reset(user):
    # ruleid: python-weak-randomness
    user.reset_token = "".join(random.choice(string.ascii_letters) for _ in range(32))
    # ruleid: python-weak-randomness
    otp = random.randint(100_000, 999_999)
    return otp


def generate_password():
    # ruleid: python-weak-randomness
    return "".join(random.choices(string.printable, k=12))


def safe(items):
    # ok: python-weak-randomness
    token = secrets.token_urlsafe(32)
    # ok: python-weak-randomness
    colour = random.choice(items)
    # ok: python-weak-randomness
    salt = random.SystemRandom().getrandbits(128)
    # ok: python-weak-randomness
    tokens_seen = len(items)
    return token, colour, salt, tokens_seen
