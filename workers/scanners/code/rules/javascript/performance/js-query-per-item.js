async function owners(ids) {
  for (const id of ids) {
    // ruleid: js-query-per-item
    await prisma.user.findUnique({ where: { id } });
  }
  return Promise.all(
    ids.map(async (id) => {
      // ruleid: js-query-per-item
      return User.findByPk(id);
    }),
  );
}

async function safe(ids, rows) {
  // ok: js-query-per-item
  const users = await prisma.user.findMany({ where: { id: { in: ids } } });
  for (const row of rows) {
    // ok: js-query-per-item
    console.log(users.find((user) => user.id === row.id));
  }
  // ok: js-query-per-item
  return prisma.user.findUnique({ where: { id: ids[0] } });
}
