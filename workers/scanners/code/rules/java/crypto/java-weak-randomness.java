class Tokens {
  private final SecureRandom secure = new SecureRandom();

  String newToken() {
    Random random = new Random();
    // ruleid: java-weak-randomness
    return Long.toHexString(random.nextLong());
  }

  void reset() {
    // ruleid: java-weak-randomness
    int otp = new Random().nextInt(1000000);
    // ok: java-weak-randomness
    String token = Long.toHexString(secure.nextLong());
    // ok: java-weak-randomness
    double jitter = Math.random() * 100;
  }
}
