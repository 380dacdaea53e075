<?php
// ruleid: php-ssrf
$curl = curl_init($_GET['url']);
$address = 'http://' . $_POST['host'] . '/status';
// ruleid: php-ssrf
curl_setopt($curl, CURLOPT_URL, $address);

// ok: php-ssrf
$curl = curl_init('https://api.example.com/items/' . $_GET['item']);
// ok: php-ssrf
curl_setopt($curl, CURLOPT_POSTFIELDS, $_POST['body']);
