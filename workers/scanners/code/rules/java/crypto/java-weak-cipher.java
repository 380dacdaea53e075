class Ciphers {
  void encrypt() throws Exception {
    // ruleid: java-weak-cipher
    Cipher.getInstance("DES/CBC/PKCS5Padding");
    // ruleid: java-weak-cipher
    Cipher.getInstance("AES/ECB/PKCS5Padding");
    // ruleid: java-weak-cipher
    Cipher.getInstance("AES");
    // ok: java-weak-cipher
    Cipher.getInstance("AES/GCM/NoPadding");
  }
}
