class Clients {
  void connect(HttpsURLConnection connection) {
    // ruleid: java-tls-off
    connection.setHostnameVerifier((host, session) -> true);
    // ruleid: java-tls-off
    builder.setSSLHostnameVerifier(NoopHostnameVerifier.INSTANCE);
  }

  static class TrustAll implements X509TrustManager {
    // ruleid: java-tls-off
    public void checkServerTrusted(X509Certificate[] chain, String type) {}
  }

  static class Pinned implements X509TrustManager {
    // ok: java-tls-off
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
      pins.check(chain);
    }
  }

  void strict(HttpsURLConnection connection) {
    // ok: java-tls-off
    connection.setHostnameVerifier(new DefaultHostnameVerifier());
  }
}
