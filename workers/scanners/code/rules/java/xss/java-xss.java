class Hello {
  protected void doGet(HttpServletRequest request, HttpServletResponse response) throws Exception {
    String name = request.getParameter("name");
    // ruleid: java-xss
    response.getWriter().println("<p>Hello " + name + "</p>");
    PrintWriter out = response.getWriter();
    // ruleid: java-xss
    out.write("<p>" + name + "</p>");
    // ok: java-xss
    out.write("<p>" + Encode.forHtml(name) + "</p>");
    // ok: java-xss
    out.write("<p>Hello</p>");
  }

  protected void doPost(HttpServletRequest request, HttpServletResponse response) throws Exception {
    response.setContentType("text/plain");
    // ok: java-xss
    response.getWriter().println(request.getParameter("name"));
  }
}
