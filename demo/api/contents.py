"""Files, trees, blobs, references and commits, read from the real git repository."""

import base64
from urllib.parse import quote

from demo.api.call import Answer, Call, Endpoint, counted, listing, page, reads
from demo.bodies.commits import commit_body, file_body, git_commit_body
from demo.bodies.links import Json, node_id
from demo.bodies.repositories import repository_body
from demo.git.commits import (
    Commit,
    TreeEntry,
    blob,
    is_ancestor,
    log,
    merge_base,
    read_commit,
    reference,
    resolve,
    tree,
)
from demo.git.diff import changed_files
from demo.git.program import GitError, git
from demo.refusal import RefusalError, not_found

INLINE_BYTES = 1024 * 1024
MOST_ENTRIES = 1000
MOST_TREE_ENTRIES = 100_000
MOST_FILES = 300
KINDS = {"040000": "dir", "120000": "symlink", "160000": "submodule"}
RAW_KIND = "application/vnd.github.raw"
DIFF_KIND = "application/vnd.github.diff"
# git's own name for "no parent": the empty tree.
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


async def get_contents(call: Call) -> Answer:
    """A file, a link, a submodule, or a directory's entries."""
    ref = await _contents_commit(call)
    wanted = call.parameters["path"].strip("/")
    if not wanted:
        return await _directory(call, ref, "")
    entry = await _entry(call, ref, wanted)
    if entry.kind == "tree":
        return await _directory(call, ref, wanted)
    if entry.kind == "commit":
        git_url = call.links.page(f"{call.repository.full_name}.git")
        return Answer(200, _entry_body(call, ref, entry) | {"submodule_git_url": git_url})
    return await _file(call, ref, entry)


async def get_tree(call: Call) -> Answer:
    """A tree by its hash, a commit's or a branch's; recursive when asked."""
    sha = await resolve(call.repository.path, call.parameters["tree_sha"], "tree")
    if sha is None:
        raise not_found()
    entries = await tree(call.repository.path, sha, recursive="recursive" in call.query)
    url = call.links.api(f"repos/{call.repository.full_name}/git")
    listed = [_tree_entry(url, entry) for entry in entries[:MOST_TREE_ENTRIES]]
    body = {"sha": sha, "url": f"{url}/trees/{sha}", "tree": listed}
    return Answer(200, body | {"truncated": len(entries) > MOST_TREE_ENTRIES})


async def get_blob(call: Call) -> Answer:
    """A blob, in base 64."""
    sha = call.parameters["file_sha"]
    try:
        data = await blob(call.repository.path, sha)
    except GitError as error:
        raise not_found() from error
    body = {
        "sha": sha,
        "node_id": node_id("B", sha),
        "size": len(data),
        "url": call.links.api(f"repos/{call.repository.full_name}/git/blobs/{sha}"),
        "content": base64.encodebytes(data).decode(),
        "encoding": "base64",
    }
    return Answer(200, body)


async def get_ref(call: Call) -> Answer:
    """A reference by its name without `refs/`."""
    name = f"refs/{call.parameters['ref']}"
    sha = await reference(call.repository.path, name)
    if sha is None:
        raise not_found()
    url = call.links.api(f"repos/{call.repository.full_name}/git")
    pointed = {"type": "commit", "sha": sha, "url": f"{url}/commits/{sha}"}
    body = {"ref": name, "node_id": node_id("REF", name), "url": f"{url}/{name}"}
    return Answer(200, body | {"object": pointed})


async def get_git_commit(call: Call) -> Answer:
    """A commit as git has it."""
    sha = await resolve(call.repository.path, call.parameters["commit_sha"])
    if sha is None:
        raise not_found()
    commit = await read_commit(call.repository.path, sha)
    return Answer(200, git_commit_body(call.links, call.repository, commit))


async def get_commit(call: Call) -> Answer:
    """A commit with its files."""
    sha = await call.commit(call.parameters["ref"])
    commit = await read_commit(call.repository.path, sha)
    before = commit.parents[0] if commit.parents else EMPTY_TREE
    files = await changed_files(call.repository.path, before, sha)
    added, deleted = sum(f.additions for f in files), sum(f.deletions for f in files)
    shown, headers = page(call, files)
    body = _commit(call, commit) | {
        "stats": {"additions": added, "deletions": deleted, "total": added + deleted},
        "files": [file_body(call.links, call.repository, sha, file) for file in shown],
    }
    return Answer(200, body, headers)


async def compare(call: Call) -> Answer:
    """`base...head`: from their merge base to the head. At most 250 commits and 300 files."""
    one, separator, other = call.parameters["basehead"].partition("...")
    path = call.repository.path
    base, head = await resolve(path, one), await resolve(path, other)
    if not separator or base is None or head is None:
        raise not_found()
    try:
        common = await merge_base(path, base, head)
    except GitError as error:
        raise RefusalError(404, f"No common ancestor between {one} and {other}.") from error
    if "diff" in call.accept:
        diff = await git(path, "diff", common, head)
        return Answer(200, diff.decode(errors="replace"), kind=DIFF_KIND)
    return Answer(200, await _comparison(call, base, head, common))


async def get_combined_status(call: Call) -> Answer:
    """The commit statuses of a commit: the box has none, so it is pending."""
    sha = await call.commit(call.parameters["ref"])
    url = call.links.api(f"repos/{call.repository.full_name}/commits/{sha}")
    body = {
        "state": "pending",
        "sha": sha,
        "repository": repository_body(call.links, call.repository),
        "commit_url": url,
        "url": f"{url}/status",
    }
    answer = counted(call, "statuses", (), dict)
    return Answer(200, body | answer.body)


async def list_statuses(call: Call) -> Answer:
    """The commit statuses of a commit: none."""
    await call.commit(call.parameters["ref"])
    return listing(call, (), dict)


async def _comparison(call: Call, base: str, head: str, common: str) -> Json:
    path = call.repository.path
    ahead, behind = await log(path, f"{base}..{head}"), await log(path, f"{head}..{base}")
    names = f"{call.repository.full_name}/compare/{base}...{head}"
    page_url = call.links.page(names)
    files = await changed_files(path, common, head)
    return {
        "url": call.links.api(f"repos/{names}"),
        "html_url": page_url,
        "permalink_url": page_url,
        "diff_url": f"{page_url}.diff",
        "patch_url": f"{page_url}.patch",
        "base_commit": _commit(call, await read_commit(path, base)),
        "merge_base_commit": _commit(call, await read_commit(path, common)),
        "status": await _relation(call, base, head),
        "ahead_by": len(ahead),
        "behind_by": len(behind),
        "total_commits": len(ahead),
        "commits": [_commit(call, commit) for commit in ahead],
        "files": [file_body(call.links, call.repository, head, f) for f in files[:MOST_FILES]],
    }


async def _relation(call: Call, base: str, head: str) -> str:
    if base == head:
        return "identical"
    if await is_ancestor(call.repository.path, base, head):
        return "ahead"
    return "behind" if await is_ancestor(call.repository.path, head, base) else "diverged"


async def _contents_commit(call: Call) -> str:
    name = call.query.get("ref", call.repository.default_branch)
    sha = await resolve(call.repository.path, name)
    if sha is None:
        raise RefusalError(404, f"No commit found for the ref {name}")
    return sha


async def _entry(call: Call, ref: str, wanted: str) -> TreeEntry:
    above, _, name = wanted.rpartition("/")
    try:
        entries = await tree(call.repository.path, f"{ref}:{above}")
    except GitError as error:
        raise not_found() from error
    found = next((entry for entry in entries if entry.path == name), None)
    if found is None:
        raise not_found()
    return TreeEntry(found.mode, found.kind, found.sha, found.size, wanted)


async def _directory(call: Call, ref: str, path: str) -> Answer:
    entries = await tree(call.repository.path, f"{ref}:{path}")
    listed = []
    for entry in entries[:MOST_ENTRIES]:
        full = f"{path}/{entry.path}".lstrip("/")
        placed = TreeEntry(entry.mode, entry.kind, entry.sha, entry.size, full)
        listed.append(_entry_body(call, ref, placed))
    return Answer(200, listed)


async def _file(call: Call, ref: str, entry: TreeEntry) -> Answer:
    data = await blob(call.repository.path, entry.sha)
    if "raw" in call.accept:
        return Answer(200, data.decode(errors="replace"), kind=RAW_KIND)
    body = _entry_body(call, ref, entry)
    if body["type"] == "symlink":
        return Answer(200, body | {"target": data.decode(errors="replace")})
    inline = len(data) <= INLINE_BYTES
    content = base64.encodebytes(data).decode() if inline else ""
    return Answer(200, body | {"content": content, "encoding": "base64" if inline else "none"})


def _entry_body(call: Call, ref: str, entry: TreeEntry) -> Json:
    name = call.repository.full_name
    path = quote(entry.path)
    url = call.links.api(f"repos/{name}/contents/{path}?ref={ref}")
    html = call.links.page(f"{name}/blob/{ref}/{path}")
    kind = {"tree": "trees", "commit": "commits"}.get(entry.kind, "blobs")
    git_url = call.links.api(f"repos/{name}/git/{kind}/{entry.sha}")
    return {
        "type": KINDS.get(entry.mode, "file"),
        "name": entry.path.rpartition("/")[2],
        "path": entry.path,
        "sha": entry.sha,
        "size": entry.size or 0,
        "url": url,
        "html_url": html,
        "git_url": git_url,
        "download_url": call.links.page(f"{name}/raw/{ref}/{path}") if entry.size else None,
        "_links": {"self": url, "git": git_url, "html": html},
    }


def _tree_entry(url: str, entry: TreeEntry) -> Json:
    body = {"path": entry.path, "mode": entry.mode, "type": entry.kind, "sha": entry.sha}
    body["url"] = f"{url}/{entry.kind}s/{entry.sha}"
    return body if entry.size is None else body | {"size": entry.size}


def _commit(call: Call, commit: Commit) -> Json:
    return commit_body(call.links, call.world, call.repository, commit)


_REPO = "/repos/{owner}/{repo}"
_READ = reads("contents")
ENDPOINTS = (
    Endpoint(f"GET {_REPO}/contents/{{path}}", _READ, get_contents),
    Endpoint(f"GET {_REPO}/git/trees/{{tree_sha}}", _READ, get_tree),
    Endpoint(f"GET {_REPO}/git/blobs/{{file_sha}}", _READ, get_blob),
    Endpoint(f"GET {_REPO}/git/ref/{{ref}}", _READ, get_ref),
    Endpoint(f"GET {_REPO}/git/commits/{{commit_sha}}", _READ, get_git_commit),
    Endpoint(f"GET {_REPO}/commits/{{ref}}", _READ, get_commit),
    Endpoint(f"GET {_REPO}/compare/{{basehead}}", _READ, compare),
    Endpoint(f"GET {_REPO}/commits/{{ref}}/status", reads("statuses"), get_combined_status),
    Endpoint(f"GET {_REPO}/commits/{{ref}}/statuses", reads("statuses"), list_statuses),
)
