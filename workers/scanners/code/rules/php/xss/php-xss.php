<?php
$name = $_GET['name'];
// ruleid: php-xss
echo '<p>Hello ' . $name . '</p>';
// ruleid: php-xss
print("<b>{$_POST['title']}</b>");

// ok: php-xss
echo '<p>Hello ' . htmlspecialchars($name, ENT_QUOTES) . '</p>';
// ok: php-xss
echo '<p>Page ' . (int) $_GET['page'] . '</p>';
// ok: php-xss
echo json_encode(['name' => $name]);
// ok: php-xss
echo '<p>Hello</p>';
