const crypto = require('crypto');

function digest(content) {
  // ruleid: js-weak-hash
  crypto.createHash('md5').update(content).digest('hex');
  // ruleid: js-weak-hash
  crypto.createHash('SHA1');
  // ruleid: js-weak-hash
  return CryptoJS.MD5(content);
}

function safe(content, password, salt) {
  // ok: js-weak-hash
  crypto.createHash('sha256').update(content).digest('hex');
  // ok: js-weak-hash
  return crypto.scryptSync(password, salt, 32);
}
