app.get('/orders', async (req, res) => {
  // ruleid: js-unbounded-query
  res.json(await prisma.order.findMany({ where: { status: 'open' } }));
});

app.get('/users', async (req, res) => {
  // ruleid: js-unbounded-query
  res.json(await User.findAll());
});

app.get('/safe', async (req, res) => {
  // ok: js-unbounded-query
  const page = await prisma.order.findMany({ where: { status: 'open' }, take: 50 });
  // ok: js-unbounded-query
  const some = await prisma.user.findMany({ where: { id: { in: ids } } });
  res.json([page, some]);
});
