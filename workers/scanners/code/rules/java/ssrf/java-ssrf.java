class Preview {
  private static final Map<String, String> HOSTS = Map.of("eu", "https://eu.example.com");

  @GetMapping("/preview")
  public String preview(@RequestParam String address) throws Exception {
    // ruleid: java-ssrf
    new URL(address).openStream();
    // ruleid: java-ssrf
    return restTemplate.getForObject("http://" + address + "/status", String.class);
  }

  @GetMapping("/safe")
  public String safe(@RequestParam String item) throws Exception {
    // ok: java-ssrf
    new URL("https://api.example.com/items/" + item).openStream();
    // ok: java-ssrf
    new URL(HOSTS.get(item)).openStream();
    // ok: java-ssrf
    return restTemplate.getForObject("https://api.example.com/items/{item}", String.class, item);
  }
}
