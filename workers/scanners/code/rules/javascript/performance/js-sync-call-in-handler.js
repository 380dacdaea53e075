const fs = require('fs');

app.get('/terms', (req, res) => {
  // ruleid: js-sync-call-in-handler
  res.send(fs.readFileSync('terms.txt', 'utf8'));
});

// ruleid: js-sync-call-in-handler
app.post('/login', async (req, res) => res.json(crypto.pbkdf2Sync(req.body.p, salt, 1e5, 32, 'sha256')));

// ok: js-sync-call-in-handler
const terms = fs.readFileSync('terms.txt', 'utf8');

app.get('/safe', async (req, res) => {
  // ok: js-sync-call-in-handler
  res.send(await fs.promises.readFile('terms.txt', 'utf8'));
});
