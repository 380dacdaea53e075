class Database {
  // ruleid: java-hardcoded-credential
  private static final String PASSWORD = "tr0ub4dor&3horse";
  // ok: java-hardcoded-credential
  private static final String PASSWORD_PARAMETER = "user.password.1";

  Connection connect() throws Exception {
    // ruleid: java-hardcoded-credential
    DriverManager.getConnection("jdbc:postgresql://db/app", "app", "S3gur4-P4ss");
    // ruleid: java-hardcoded-credential
    source.setPassword("9d!a8e7#61bc");
    // ok: java-hardcoded-credential
    source.setPassword(System.getenv("DB_PASSWORD"));
    // ok: java-hardcoded-credential
    return DriverManager.getConnection("jdbc:postgresql://db/app", "app", System.getenv("DB_PASSWORD"));
  }
}
