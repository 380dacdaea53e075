class Tools {
  protected void doGet(HttpServletRequest request, HttpServletResponse response) throws Exception {
    String host = request.getParameter("host");
    // ruleid: java-command-injection
    Runtime.getRuntime().exec("ping -c 1 " + host);
    // ruleid: java-command-injection
    new ProcessBuilder("sh", "-c", "dig " + host).start();
    // ruleid: java-command-injection
    Runtime.getRuntime().exec(new String[] {"/bin/sh", "-c", "du " + host});
  }

  protected void doPost(HttpServletRequest request, HttpServletResponse response) throws Exception {
    // ok: java-command-injection
    new ProcessBuilder("ping", "-c", "1", request.getParameter("host")).start();
    // ok: java-command-injection
    Runtime.getRuntime().exec(new String[] {"ping", request.getParameter("host")});
    // ok: java-command-injection
    Runtime.getRuntime().exec("uptime");
  }
}
