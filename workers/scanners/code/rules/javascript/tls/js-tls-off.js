const https = require('https');

// ruleid: js-tls-off
const agent = new https.Agent({ rejectUnauthorized: false });
// ruleid: js-tls-off
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
// ruleid: js-tls-off
request({ url: address, strictSSL: false }, done);

// ok: js-tls-off
const strict = new https.Agent({ ca: fs.readFileSync('private-ca.pem') });
// ok: js-tls-off
const explicit = new https.Agent({ rejectUnauthorized: true });
