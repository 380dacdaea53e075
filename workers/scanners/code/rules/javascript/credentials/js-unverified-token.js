const jwt = require('jsonwebtoken');

function who(token, key) {
  // ruleid: js-unverified-token
  jwt.verify(token, key, { algorithms: ['HS256', 'none'] });
  // ruleid: js-unverified-token
  return jwt.verify(token, '', { algorithms: ['none'] });
}

function safe(token, key) {
  // ok: js-unverified-token
  return jwt.verify(token, key, { algorithms: ['RS256'] });
}
