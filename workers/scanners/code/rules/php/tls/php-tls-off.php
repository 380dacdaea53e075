<?php
// ruleid: php-tls-off
curl_setopt($curl, CURLOPT_SSL_VERIFYPEER, false);
// ruleid: php-tls-off
curl_setopt($curl, CURLOPT_SSL_VERIFYHOST, 0);
// ruleid: php-tls-off
$client = new Client(['verify' => false]);

// ok: php-tls-off
curl_setopt($curl, CURLOPT_SSL_VERIFYPEER, true);
// ok: php-tls-off
$client = new Client(['timeout' => 5]);
