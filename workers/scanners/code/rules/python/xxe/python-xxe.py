import xml.sax
import xml.sax.handler

from lxml import etree


def read(text):
    # ruleid: python-xxe
    parser = etree.XMLParser(resolve_entities=True)
    # ruleid: python-xxe
    other = etree.XMLParser(load_dtd=True, no_network=False)
    reader = xml.sax.make_parser()
    # ruleid: python-xxe
    reader.setFeature(xml.sax.handler.feature_external_ges, True)
    return etree.fromstring(text, parser), other, reader


def safe(text):
    # ok: python-xxe
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    reader = xml.sax.make_parser()
    # ok: python-xxe
    reader.setFeature(xml.sax.handler.feature_external_ges, False)
    return etree.fromstring(text, parser), reader
