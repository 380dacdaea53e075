<?php
// ruleid: php-code-injection
eval('$result = ' . $_POST['formula'] . ';');
// ruleid: php-code-injection
call_user_func($_GET['action'], 1);

// ok: php-code-injection
$data = json_decode($_POST['data']);
// ok: php-code-injection
call_user_func('trim', $_GET['name']);
// ok: php-code-injection
eval('return 1 + 1;');
