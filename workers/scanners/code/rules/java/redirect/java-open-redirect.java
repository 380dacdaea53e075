class Login {
  protected void doGet(HttpServletRequest request, HttpServletResponse response) throws Exception {
    // ruleid: java-open-redirect
    response.sendRedirect(request.getParameter("next"));
    // ok: java-open-redirect
    response.sendRedirect("/items/" + request.getParameter("item"));
    // ok: java-open-redirect
    response.sendRedirect("/home");
  }

  @GetMapping("/leave")
  public String leave(@RequestParam String to) {
    // ruleid: java-open-redirect
    return "redirect:" + to;
  }
}
