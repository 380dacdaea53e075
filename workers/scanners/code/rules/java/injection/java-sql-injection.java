class Orders {
  private static final Map<String, String> COLUMNS = Map.of("name", "name");

  protected void doGet(HttpServletRequest request, HttpServletResponse response) throws Exception {
    String name = request.getParameter("customer");
    // ruleid: java-sql-injection
    ResultSet rows = statement.executeQuery("SELECT id FROM orders WHERE customer = '" + name + "'");
    StringBuilder sql = new StringBuilder("SELECT id FROM orders WHERE status = '");
    sql.append(request.getHeader("X-Status")).append("'");
    // ruleid: java-sql-injection
    connection.prepareStatement(sql.toString());
  }

  @GetMapping("/orders/{status}")
  public List<Order> byStatus(@PathVariable String status, @RequestParam("n") int n) {
    // ruleid: java-sql-injection
    entityManager.createQuery(String.format("FROM Order WHERE status = '%s'", status));
    // ok: java-sql-injection
    entityManager.createQuery("FROM Order WHERE status = :status").setParameter("status", status);
    // ok: java-sql-injection
    return entityManager.createNativeQuery("SELECT * FROM orders LIMIT " + n).getResultList();
  }

  protected void doPost(HttpServletRequest request, HttpServletResponse response) throws Exception {
    PreparedStatement statement = connection.prepareStatement("SELECT id FROM orders WHERE customer = ?");
    // ok: java-sql-injection
    statement.setString(1, request.getParameter("customer"));
    // ok: java-sql-injection
    jdbc.queryForList("SELECT id FROM orders WHERE id = ?", request.getParameter("id"));
    // ok: java-sql-injection
    plain.executeQuery("SELECT id FROM orders ORDER BY " + COLUMNS.get(request.getParameter("sort")));
    // ok: java-sql-injection
    plain.executeQuery("SELECT id FROM orders WHERE id = " + Long.parseLong(request.getParameter("id")));
  }
}
