const { exec, execSync, execFile } = require('child_process');

function archive(folder) {
  // ruleid: js-shell-command
  execSync(`tar cf out.tar ${folder}`);
  // ruleid: js-shell-command
  exec('du -s ' + folder, done);
}

function safe(folder, pattern) {
  // ok: js-shell-command
  execFile('tar', ['cf', 'out.tar', folder], done);
  // ok: js-shell-command
  execSync('git rev-parse HEAD');
  // ok: js-shell-command
  execSync('git ' + 'status');
  // ok: js-shell-command
  pattern.exec('a' + folder);
}
