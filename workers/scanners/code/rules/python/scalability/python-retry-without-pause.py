import time

import requests


def fetch(address):
    # ruleid: python-retry-without-pause
    while True:
        try:
            return requests.get(address, timeout=5)
        except requests.Timeout:
            continue


def fetch_some(address):
    # ruleid: python-retry-without-pause
    for _ in range(5):
        try:
            return requests.get(address, timeout=5)
        except requests.ConnectionError:
            continue


def safe(address, lines):
    # ok: python-retry-without-pause
    while True:
        try:
            return requests.get(address, timeout=5)
        except requests.Timeout:
            time.sleep(2)
            continue


def parse(lines):
    # ok: python-retry-without-pause
    while lines:
        try:
            return int(lines.pop())
        except ValueError:
            continue
