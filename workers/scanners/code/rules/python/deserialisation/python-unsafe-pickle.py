import json
import pickle


def read(path, blob):
    # ruleid: python-unsafe-pickle
    pickle.load(open(path, "rb"))
    # ruleid: python-unsafe-pickle
    return pickle.loads(blob)


def safe(value, blob):
    # ok: python-unsafe-pickle
    pickle.dumps(value)
    # ok: python-unsafe-pickle
    json.loads(blob)
    # ok: python-unsafe-pickle
    return pickle.loads(pickle.dumps(value))
