<?php
// ruleid: php-path-traversal
readfile('/srv/files/' . $_GET['name']);
// ruleid: php-path-traversal
move_uploaded_file($_FILES['file']['tmp_name'], '/srv/uploads/' . $_FILES['file']['name']);

// ok: php-path-traversal
readfile('/srv/files/' . basename($_GET['name']));
// ok: php-path-traversal
move_uploaded_file($_FILES['file']['tmp_name'], '/srv/uploads/' . sha1($_POST['title']));
// ok: php-path-traversal
file_put_contents('/srv/log', $_POST['text']);
