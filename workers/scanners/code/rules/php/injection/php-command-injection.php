<?php
$host = $_POST['host'];
// ruleid: php-command-injection
system('ping -c 1 ' . $host);
// ruleid: php-command-injection
$out = shell_exec("dig {$_GET['name']}");

// ok: php-command-injection
system('ping -c 1 ' . escapeshellarg($host));
// ok: php-command-injection
proc_open(['ping', '-c', '1', $host], [], $pipes);
// ok: php-command-injection
exec('uptime', $lines);
