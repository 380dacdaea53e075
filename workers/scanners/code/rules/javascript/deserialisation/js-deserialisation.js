const serialize = require('node-serialize');
const yaml = require('js-yaml');

app.get('/profile', (req, res) => {
  const raw = Buffer.from(req.cookies.profile, 'base64').toString();
  // ruleid: js-deserialisation
  const profile = serialize.unserialize(raw);
  // ruleid: js-deserialisation
  const settings = yaml.load(req.body.settings, { schema: yaml.DEFAULT_FULL_SCHEMA });
  res.json({ profile, settings });
});

app.get('/safe', (req, res) => {
  // ok: js-deserialisation
  JSON.parse(req.cookies.profile);
  // ok: js-deserialisation
  yaml.load(req.body.settings);
  // ok: js-deserialisation
  res.send(serialize.serialize(req.body));
});
