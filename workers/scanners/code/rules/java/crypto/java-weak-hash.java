class Digests {
  void digest(byte[] content) throws Exception {
    // ruleid: java-weak-hash
    MessageDigest.getInstance("MD5");
    // ruleid: java-weak-hash
    DigestUtils.sha1Hex(content);
    // ok: java-weak-hash
    MessageDigest.getInstance("SHA-256");
  }
}
