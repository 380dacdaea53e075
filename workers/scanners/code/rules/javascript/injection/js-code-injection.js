const vm = require('vm');
const PLUGINS = { csv: './plugins/csv', xml: './plugins/xml' };

app.post('/calculate', (req, res) => {
  // ruleid: js-code-injection
  res.json(eval(req.body.formula));
  // ruleid: js-code-injection
  vm.runInNewContext('result = ' + req.body.expression, {});
  // ruleid: js-code-injection
  new Function('a', 'return ' + req.query.body)(1);
  const plugin = req.query.plugin;
  // ruleid: js-code-injection
  require(plugin);
});

app.post('/safe', (req, res) => {
  // ok: js-code-injection
  JSON.parse(req.body.value);
  // ok: js-code-injection
  require(PLUGINS[req.query.plugin]);
  // ok: js-code-injection
  setTimeout(() => res.send(req.body.name), 100);
  // ok: js-code-injection
  eval('1 + 1');
});
