const libxmljs = require('libxmljs');

function read(text) {
  // ruleid: js-xxe
  libxmljs.parseXml(text, { noent: true, nonet: true });
  // ruleid: js-xxe
  return libxmljs.parseXmlString(text, { noent: true });
}

function safe(text) {
  // ok: js-xxe
  libxmljs.parseXml(text);
  // ok: js-xxe
  return libxmljs.parseXml(text, { noent: false });
}
