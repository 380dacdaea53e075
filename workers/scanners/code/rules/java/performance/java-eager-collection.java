class Order {
  // ruleid: java-eager-collection
  @OneToMany(mappedBy = "order", fetch = FetchType.EAGER)
  private List<Line> lines;

  // ok: java-eager-collection
  @OneToMany(mappedBy = "order")
  private List<Note> notes;

  // ok: java-eager-collection
  @ManyToOne(fetch = FetchType.EAGER)
  private Customer customer;
}
