const { exec, execFile, spawn } = require('child_process');
const childProcess = require('child_process');

app.get('/ping', (req, res) => {
  const host = req.query.host;
  // ruleid: js-command-injection
  exec('ping -c 1 ' + host, (error, out) => res.send(out));
  // ruleid: js-command-injection
  childProcess.execSync(`dig ${host}`);
  // ruleid: js-command-injection
  spawn(req.body.tool, ['--version']);
  // ruleid: js-command-injection
  spawn('sh', ['-c', 'du ' + req.params.folder]);
});

router.post('/koa', async (ctx) => {
  // ruleid: js-command-injection
  childProcess.exec(`tar xf ${ctx.request.body.file}`);
});

app.get('/safe', (req, res) => {
  // ok: js-command-injection
  execFile('ping', ['-c', '1', req.query.host], (error, out) => res.send(out));
  // ok: js-command-injection
  spawn('git', ['log', req.query.ref]);
  // ok: js-command-injection
  exec('uptime', (error, out) => res.send(out));
  // ok: js-command-injection
  exec('sleep ' + Number(req.query.seconds));
  // ok: js-command-injection
  const found = /^a+$/.exec(req.query.name);
  res.send(String(found));
});
