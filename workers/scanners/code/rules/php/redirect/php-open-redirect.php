<?php
// ruleid: php-open-redirect
header('Location: ' . $_GET['next']);
// ruleid: php-open-redirect
header("Location: {$_POST['to']}");

// ok: php-open-redirect
header('Location: /items/' . $_GET['item']);
// ok: php-open-redirect
header('X-Item: ' . $_GET['item']);
// ok: php-open-redirect
header('Location: /home');
