const COLUMNS = { name: 'name', age: 'created_at' };
const SORTABLE = ['name', 'created_at'];

app.get('/orders', async (req, res) => {
  const name = req.query.customer;
  // ruleid: js-sql-injection
  const rows = await pool.query("SELECT id FROM orders WHERE customer = '" + name + "'");
  // ruleid: js-sql-injection
  await sequelize.query(`SELECT id FROM orders WHERE status = '${req.body.status}'`);
  // ruleid: js-sql-injection
  await prisma.$queryRawUnsafe(`SELECT * FROM "Order" WHERE id = ${req.params.id}`);
  const parts = ['SELECT id FROM orders WHERE'];
  parts.push(`name = '${name}'`);
  // ruleid: js-sql-injection
  db.all(parts.join(' '), done);
  // ruleid: js-sql-injection
  await repository.createQueryBuilder('o').where(`o.name = '${name}'`).getMany();
  res.json(rows);
});

app.get('/safe', async (req, res) => {
  const name = req.query.customer;
  // ok: js-sql-injection
  await pool.query('SELECT id FROM orders WHERE customer = $1', [name]);
  // ok: js-sql-injection
  await prisma.$queryRaw`SELECT * FROM "Order" WHERE name = ${name}`;
  // ok: js-sql-injection
  await knex('orders').where({ customer: name });
  // ok: js-sql-injection
  await pool.query('SELECT id FROM orders LIMIT ' + Number(req.query.limit));
  // ok: js-sql-injection
  await pool.query('SELECT id FROM orders ORDER BY ' + COLUMNS[req.query.sort]);
  if (!SORTABLE.includes(name)) {
    return res.sendStatus(400);
  }
  // ok: js-sql-injection
  await pool.query('SELECT id FROM orders ORDER BY ' + name);
  // ok: js-sql-injection
  res.json(await repository.createQueryBuilder('o').where('o.name = :name', { name }).getMany());
});
