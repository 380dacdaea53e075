from Crypto.Cipher import AES, DES
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


def encrypt(key, data):
    # ruleid: python-weak-cipher
    Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    # ruleid: python-weak-cipher
    AES.new(key, AES.MODE_ECB)
    # ruleid: python-weak-cipher
    return DES.new(key, DES.MODE_CBC)


def safe(key, nonce, data):
    # ok: python-weak-cipher
    Cipher(algorithms.AES(key), modes.GCM(nonce)).encryptor()
    # ok: python-weak-cipher
    AES.new(key, AES.MODE_GCM)
    # ok: python-weak-cipher
    return AESGCM(key).encrypt(nonce, data, None)
