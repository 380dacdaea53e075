import ssl

import aiohttp
import httpx
import requests


def call(session, address):
    # ruleid: python-tls-off
    requests.get(address, verify=False, timeout=5)
    # ruleid: python-tls-off
    httpx.AsyncClient(verify=False)
    # ruleid: python-tls-off
    session.verify = False
    context = ssl.create_default_context()
    # ruleid: python-tls-off
    context.check_hostname = False
    # ruleid: python-tls-off
    context.verify_mode = ssl.CERT_NONE
    # ruleid: python-tls-off
    return aiohttp.TCPConnector(ssl=False)


def safe(session, address):
    # ok: python-tls-off
    requests.get(address, timeout=5)
    # ok: python-tls-off
    requests.get(address, verify="/etc/ssl/private-ca.pem", timeout=5)
    # ok: python-tls-off
    session.verify = True
    # ok: python-tls-off
    return ssl.create_default_context()
