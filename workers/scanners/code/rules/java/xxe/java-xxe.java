class Documents {
  Document read(InputStream stream) throws Exception {
    // ruleid: java-xxe
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    return factory.newDocumentBuilder().parse(stream);
  }

  XMLStreamReader stream(InputStream stream) throws Exception {
    // ruleid: java-xxe
    XMLInputFactory factory = XMLInputFactory.newInstance();
    return factory.createXMLStreamReader(stream);
  }

  Document safe(InputStream stream) throws Exception {
    // ok: java-xxe
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    return factory.newDocumentBuilder().parse(stream);
  }

  XMLStreamReader safeStream(InputStream stream) throws Exception {
    // ok: java-xxe
    XMLInputFactory factory = XMLInputFactory.newInstance();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    return factory.createXMLStreamReader(stream);
  }
}
