import yaml


def read(text):
    # ruleid: python-unsafe-yaml
    yaml.load(text)
    # ruleid: python-unsafe-yaml
    yaml.load(text, Loader=yaml.Loader)
    # ruleid: python-unsafe-yaml
    yaml.load(text, yaml.UnsafeLoader)
    # ruleid: python-unsafe-yaml
    return yaml.unsafe_load(text)


def safe(text):
    # ok: python-unsafe-yaml
    yaml.safe_load(text)
    # ok: python-unsafe-yaml
    yaml.load(text, Loader=yaml.CSafeLoader)
    # ok: python-unsafe-yaml
    yaml.load(text, yaml.SafeLoader)
    # ok: python-unsafe-yaml
    return yaml.load("a: 1")
