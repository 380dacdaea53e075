class Owners {
  void print(List<Long> ids) {
    for (Long id : ids) {
      // ruleid: java-query-per-item
      userRepository.findById(id);
    }
    for (Order order : orders) {
      // ruleid: java-query-per-item
      entityManager.find(User.class, order.getUserId());
      // ok: java-query-per-item
      names.find(order.getName());
    }
    // ok: java-query-per-item
    for (User user : userRepository.findAllById(ids)) {
      use(user);
    }
  }
}
