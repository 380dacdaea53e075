class Sessions {
  protected void doPost(HttpServletRequest request, HttpServletResponse response) throws Exception {
    // ruleid: java-deserialisation
    Object session = new ObjectInputStream(request.getInputStream()).readObject();
    byte[] raw = Base64.getDecoder().decode(request.getParameter("state"));
    // ruleid: java-deserialisation
    Object state = SerializationUtils.deserialize(raw);
    // ruleid: java-deserialisation
    Object settings = new Yaml().load(request.getReader());
  }

  protected void doGet(HttpServletRequest request, HttpServletResponse response) throws Exception {
    // ok: java-deserialisation
    Session session = mapper.readValue(request.getInputStream(), Session.class);
    // ok: java-deserialisation
    Object settings = new Yaml(new SafeConstructor(new LoaderOptions())).load(request.getReader());
    // ok: java-deserialisation
    new ObjectInputStream(new FileInputStream("/srv/state"));
  }
}
