class Downloads {
  private final Path root = Path.of("/srv/files");

  @GetMapping("/download")
  public byte[] download(@RequestParam String name) throws Exception {
    // ruleid: java-path-traversal
    new FileInputStream("/srv/files/" + name);
    // ruleid: java-path-traversal
    return Files.readAllBytes(root.resolve(name));
  }

  @GetMapping("/safe")
  public byte[] safe(@RequestParam String name) throws Exception {
    // ok: java-path-traversal
    new FileInputStream("/srv/files/" + FilenameUtils.getName(name));
    Path target = root.resolve(name).normalize();
    if (!target.startsWith(root)) {
      throw new IllegalArgumentException("outside");
    }
    // ok: java-path-traversal
    return Files.readAllBytes(target);
  }
}
