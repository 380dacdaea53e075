<?php
// ruleid: php-weak-password-hash
$stored = md5($password);
// ruleid: php-weak-password-hash
$stored = hash('sha256', $salt . $_POST['password']);

// ok: php-weak-password-hash
$stored = password_hash($password, PASSWORD_DEFAULT);
// ok: php-weak-password-hash
$etag = md5($content);
