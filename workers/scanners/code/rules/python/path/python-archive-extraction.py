import tarfile
import zipfile


def unpack(path, folder):
    with tarfile.open(path) as archive:
        # ruleid: python-archive-extraction
        archive.extractall(folder)
    # ruleid: python-archive-extraction
    tarfile.open(path).extractall(folder)
    other = tarfile.open(path)
    # ruleid: python-archive-extraction
    other.extract("member", folder)


def safe(path, folder, page):
    with tarfile.open(path) as archive:
        # ok: python-archive-extraction
        archive.extractall(folder, filter="data")
        # ok: python-archive-extraction
        archive.getnames()
    # ok: python-archive-extraction
    zipfile.ZipFile(path).extractall(folder)
    # ok: python-archive-extraction
    return page.extract("title")
