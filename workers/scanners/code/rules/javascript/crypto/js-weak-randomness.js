const crypto = require('crypto');

function reset(user) {
  // ruleid: js-weak-randomness
  user.resetToken = Math.random().toString(36).slice(2);
  // ruleid: js-weak-randomness
  const otp = Math.floor(Math.random() * 1e6);
  return otp;
}

function newPassword() {
  // ruleid: js-weak-randomness
  return Math.random().toString(36);
}

function safe() {
  // ok: js-weak-randomness
  const token = crypto.randomBytes(32).toString('hex');
  // ok: js-weak-randomness
  const jitter = Math.random() * 100;
  return [token, jitter];
}
