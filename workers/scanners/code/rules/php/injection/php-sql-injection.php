<?php
$name = $_GET['customer'];
// ruleid: php-sql-injection
$rows = mysqli_query($link, "SELECT id FROM orders WHERE customer = '" . $name . "'");
// ruleid: php-sql-injection
$pdo->query("SELECT id FROM orders WHERE status = '{$_POST['status']}'");
$sql = sprintf("SELECT id FROM orders WHERE name = '%s'", $name);
// ruleid: php-sql-injection
$pdo->prepare($sql)->execute();

// ok: php-sql-injection
$pdo->prepare('SELECT id FROM orders WHERE customer = ?')->execute([$name]);
// ok: php-sql-injection
$pdo->query('SELECT id FROM orders WHERE id = ' . (int) $_GET['id']);
// ok: php-sql-injection
$pdo->query('SELECT id FROM orders LIMIT ' . intval($_GET['limit']));
// ok: php-sql-injection
DB::select('SELECT id FROM orders WHERE name = ?', [$name]);
if (in_array($_GET['sort'], ['name', 'total'], true)) {
    // ok: php-sql-injection
    $pdo->query('SELECT id FROM orders ORDER BY ' . $_GET['sort']);
}
