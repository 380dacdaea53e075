const fs = require('fs');
const path = require('path');
const ROOT = '/srv/files';
const REPORTS = { year: 'year.pdf' };

app.get('/download', (req, res) => {
  const file = path.join(ROOT, req.query.name);
  // ruleid: js-path-traversal
  res.sendFile(file);
  // ruleid: js-path-traversal
  fs.createReadStream(`${ROOT}/${req.params.name}`).pipe(res);
  // ruleid: js-path-traversal
  fs.writeFileSync(ROOT + '/' + req.body.name, req.body.text);
});

http.createServer((request, response) => {
  // ruleid: js-path-traversal
  fs.readFile('.' + request.url, (error, data) => response.end(data));
});

app.get('/safe', (req, res) => {
  // ok: js-path-traversal
  res.sendFile(req.query.name, { root: ROOT });
  // ok: js-path-traversal
  fs.createReadStream(path.join(ROOT, path.basename(req.query.name))).pipe(res);
  // ok: js-path-traversal
  fs.readFileSync(path.join(ROOT, REPORTS[req.query.report]));
  const target = path.resolve(ROOT, req.query.name);
  if (!target.startsWith(ROOT + path.sep)) {
    return res.sendStatus(403);
  }
  // ok: js-path-traversal
  fs.readFile(target, (error, data) => res.end(data));
  // ok: js-path-traversal
  fs.writeFileSync('/srv/log', req.body.text);
});
