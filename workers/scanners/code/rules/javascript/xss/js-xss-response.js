app.get('/hello', (req, res) => {
  // ruleid: js-xss-response
  res.send('<p>Hello ' + req.query.name + '</p>');
  const title = req.params.title;
  // ruleid: js-xss-response
  res.status(404).send(`<h1>${title} was not found</h1>`);
});

router.get('/koa', (ctx) => {
  // ruleid: js-xss-response
  ctx.body = `<b>${ctx.query.name}</b>`;
});

app.get('/safe', (req, res) => {
  // ok: js-xss-response
  res.json({ name: req.query.name });
  // ok: js-xss-response
  res.send({ name: req.query.name });
  // ok: js-xss-response
  res.send('<p>' + escapeHtml(req.query.name) + '</p>');
  // ok: js-xss-response
  res.render('hello', { name: req.query.name });
  // ok: js-xss-response
  res.send('<p>Hello</p>');
});
