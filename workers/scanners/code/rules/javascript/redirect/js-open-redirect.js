const PAGES = { home: '/home', shop: '/shop' };

app.get('/login', (req, res) => {
  const target = req.query.next;
  // ruleid: js-open-redirect
  res.redirect(target);
  // ruleid: js-open-redirect
  res.redirect(302, 'https://' + req.query.host);
  // ruleid: js-open-redirect
  res.setHeader('Location', req.body.to);
});

app.get('/safe', (req, res) => {
  // ok: js-open-redirect
  res.redirect(PAGES[req.query.page]);
  // ok: js-open-redirect
  res.redirect('/items/' + req.params.id);
  // ok: js-open-redirect
  res.redirect(`/search?q=${req.query.q}`);
  if (isSafeTarget(req.query.next)) {
    // ok: js-open-redirect
    res.redirect(req.query.next);
  }
});
