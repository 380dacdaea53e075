// ruleid: js-hardcoded-credential
const dbPassword = 'tr0ub4dor&3horse';
// ruleid: js-hardcoded-credential
const pool = new Pool({ user: 'app', password: 'S3gur4-P4ss' });
// ruleid: js-hardcoded-credential
const signed = jwt.sign(payload, 'k9#vQ2!mmZp0', { expiresIn: '1h' });
// ruleid: js-hardcoded-credential
config.apiKey = '9d!a8e7#61bc';

// ok: js-hardcoded-credential
const password = process.env.DB_PASSWORD;
// ok: js-hardcoded-credential
const labels = { password: 'Enter your password' };
// ok: js-hardcoded-credential
const passwordInput = 'user-password-1';
// ok: js-hardcoded-credential
const apiKey = 'change-me-1234';
