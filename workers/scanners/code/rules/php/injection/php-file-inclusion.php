<?php
// ruleid: php-file-inclusion
include 'pages/' . $_GET['page'] . '.php';
$theme = $_COOKIE['theme'];
// ruleid: php-file-inclusion
require $theme;

// ok: php-file-inclusion
require 'pages/home.php';
// ok: php-file-inclusion
include __DIR__ . '/footer.php';
$pages = ['home' => 'home.php'];
// ok: php-file-inclusion
include 'pages/' . basename($_GET['page']) . '.php';
