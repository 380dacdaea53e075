const crypto = require('crypto');

function encrypt(key, nonce) {
  // ruleid: js-weak-cipher
  crypto.createCipher('aes-256-cbc', key);
  // ruleid: js-weak-cipher
  crypto.createCipheriv('aes-256-ecb', key, null);
  // ruleid: js-weak-cipher
  return crypto.createCipheriv('des-ede3-cbc', key, nonce);
}

function safe(key, nonce) {
  // ok: js-weak-cipher
  return crypto.createCipheriv('aes-256-gcm', key, nonce);
}
