<?php
// ruleid: php-deserialisation
$cart = unserialize($_COOKIE['cart']);
$raw = base64_decode($_POST['state']);
// ruleid: php-deserialisation
$state = unserialize($raw);

// ok: php-deserialisation
$cart = json_decode($_COOKIE['cart'], true);
// ok: php-deserialisation
$cart = unserialize($_COOKIE['cart'], ['allowed_classes' => false]);
// ok: php-deserialisation
$cart = unserialize(file_get_contents('/srv/cart'));
