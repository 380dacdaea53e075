const ejs = require('ejs');
const pug = require('pug');

app.post('/preview', (req, res) => {
  // ruleid: js-template-injection
  res.send(ejs.render(req.body.template, {}));
  // ruleid: js-template-injection
  res.send(pug.compile('p Hello ' + req.query.name)());
});

app.post('/safe', (req, res) => {
  // ok: js-template-injection
  res.send(ejs.render('<p><%= name %></p>', { name: req.body.name }));
  // ok: js-template-injection
  res.render('hello', { name: req.body.name });
});
