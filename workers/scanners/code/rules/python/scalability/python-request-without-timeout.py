import urllib.request

import requests


def call(address, options):
    # ruleid: python-request-without-timeout
    requests.get(address)
    # ruleid: python-request-without-timeout
    requests.post(address, json={})
    # ruleid: python-request-without-timeout
    urllib.request.urlopen(address)
    # ok: python-request-without-timeout
    requests.get(address, timeout=(3, 10))
    # ok: python-request-without-timeout
    requests.get(address, **options)
    # ok: python-request-without-timeout
    urllib.request.urlopen(address, timeout=5)
    # ok: python-request-without-timeout
    return requests.Session()
