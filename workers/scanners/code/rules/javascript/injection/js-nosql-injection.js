app.post('/login', async (req, res) => {
  // ruleid: js-nosql-injection
  const user = await User.findOne({ name: req.body.name, password: req.body.password });
  // ruleid: js-nosql-injection
  await db.collection('orders').find(req.query).toArray();
  const filter = { owner: req.body.owner };
  // ruleid: js-nosql-injection
  await Order.deleteMany(filter);
  res.json(user);
});

app.post('/safe', async (req, res) => {
  // ok: js-nosql-injection
  await User.findOne({ name: String(req.body.name) });
  // ok: js-nosql-injection
  await User.findOne({ name: { $eq: req.body.name } });
  // ok: js-nosql-injection
  await User.findOne({ where: { name: req.body.name } });
  // ok: js-nosql-injection
  const item = items.find((one) => one.id === req.body.id);
  res.json(item);
});
