"""The platform's Git: a working tree to change, a bare repository Flux clones, and the server in between."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from testbed.errors import TestbedError
from testbed.instance import Instance, Record
from testbed.platforms import Platform
from testbed.processes import Processes
from testbed.sites import Site

_SUFFIX = ".git"


class Git(Site):
    """`bed.git`: files are named by their path in the repository; every change is committed and pushed at once.

    The modes of the server (`require_auth`, `status`, `hang`, `login_page`, `refuse`, `normal`) come from Site.
    """

    def __init__(self, instance: Instance, record: Record, processes: Processes, platform: Platform) -> None:
        super().__init__(instance, record, processes, "git")
        self._instance_home = instance.home
        self._platform = platform
        self.branch = platform.branch
        self.worktree = instance.home / "worktree"
        self.bare = self.root / f"{platform.name}{_SUFFIX}"
        self.repository_url = f"{self.url}/{platform.name}{_SUFFIX}"

    @property
    def head(self) -> str:
        """The commit the branch is at, as the server shows it; "" when the branch does not exist."""
        done = self._run(["rev-parse", "--verify", "--quiet", f"refs/heads/{self.branch}"], self.bare, check=False)
        return done.strip()

    @property
    def revision(self) -> str:
        """The head as Flux writes it: develop@sha1:…"""
        return f"{self.branch}@sha1:{self.head}"

    def read(self, path: str) -> str:
        """The text of a file at the working tree's head."""
        file = self.worktree / path
        if not file.is_file():
            raise TestbedError(f"no file {path} in the platform's Git; look into {self.worktree}")
        return file.read_text()

    def commit(self, files: Mapping[str, str | None], message: str) -> str:
        """Writes the files (None deletes one), commits and pushes; the commit's id."""
        for path, text in files.items():
            file = self.worktree / path
            if text is None:
                file.unlink()
            else:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
        return self._commit_and_push(message)

    def replace(self, path: str, old: str, new: str, message: str = "") -> str:
        """Replaces the first occurrence of a text in a file and pushes that; an error when the text is not there."""
        text = self.read(path)
        if old not in text:
            raise TestbedError(f"{path} in the platform's Git does not contain {old!r}")
        return self.commit({path: text.replace(old, new, 1)}, message or f"{path}: {old.strip()} -> {new.strip()}")

    def files(self, folder: str) -> list[str]:
        """The paths of all files below a folder."""
        return self._run(["ls-files", "--", folder], self.worktree).splitlines()

    def move(self, old: str, new: str, message: str = "") -> str:
        """Renames a file or folder and pushes that."""
        (self.worktree / new).parent.mkdir(parents=True, exist_ok=True)
        self._run(["mv", old, new], self.worktree)
        return self._commit_and_push(message or f"Move {old} to {new}")

    def delete_branch(self, name: str) -> None:
        """Deletes a branch on the server; the working tree keeps it."""
        self._run(["update-ref", "-d", f"refs/heads/{name}"], self.bare)

    def push(self, name: str | None = None) -> None:
        """Pushes the working tree's head to a branch (the platform's own by default), creating it if need be."""
        self._run(
            ["push", "--quiet", "--force", str(self.bare), f"HEAD:refs/heads/{name or self.branch}"], self.worktree
        )

    def restore(self, healthy: str) -> bool:
        """Brings the branch back to the healthy tree; whether anything had to change.

        By a new commit, so that the revision only ever moves forward.
        """
        if (
            self._tree(self.head) == self._tree(healthy)
            and self.head == self._run(["rev-parse", "HEAD"], self.worktree).strip()
        ):
            return False
        self._run(["read-tree", "-u", "--reset", healthy], self.worktree)
        self._run(["clean", "-fdq"], self.worktree)
        if self._tree("HEAD") != self._tree(healthy):
            self._run(["commit", "--quiet", "--message", "Back to the healthy platform"], self.worktree)
        self.push()
        return True

    def create(
        self, components: str, urls: Mapping[str, str], alter: Callable[[Path], None] = lambda folder: None
    ) -> str:
        """Makes both repositories from the platform's tree; the first commit's id.

        `@GIT@`, `@CHARTS@` and `@HOOKS@` in its files become URLs; `alter` may change more before the commit.
        """
        shutil.copytree(self._platform.tree, self.worktree)
        for file in self.worktree.rglob("*"):
            if file.is_file():
                text = file.read_text()
                for name, address in urls.items():
                    text = text.replace(f"@{name.upper()}@", address)
                file.write_text(text)
        (self.worktree / self._platform.flux_folder / "gotk-components.yaml").write_text(components)
        alter(self.worktree)
        self._run(["init", "--quiet", f"--initial-branch={self.branch}"], self.worktree)
        self.bare.parent.mkdir(parents=True, exist_ok=True)
        self._run(["init", "--quiet", "--bare", f"--initial-branch={self.branch}", str(self.bare)], self._instance_home)
        return self._commit_and_push("Add the platform")

    def _commit_and_push(self, message: str) -> str:
        self._run(["add", "--all"], self.worktree)
        self._run(["commit", "--quiet", "--allow-empty", "--message", message], self.worktree)
        self.push()
        return self._run(["rev-parse", "HEAD"], self.worktree).strip()

    def _tree(self, commit: str) -> str:
        return (
            self._run(["rev-parse", "--verify", "--quiet", f"{commit}^{{tree}}"], self.worktree, check=False).strip()
            if commit
            else ""
        )

    def _run(self, arguments: list[str], folder: Path, *, check: bool = True) -> str:
        identity = {
            "GIT_AUTHOR_NAME": "EOEPCA operator",
            "GIT_AUTHOR_EMAIL": "operator@example.org",
            "GIT_COMMITTER_NAME": "EOEPCA operator",
            "GIT_COMMITTER_EMAIL": "operator@example.org",
            "GIT_CONFIG_GLOBAL": os.devnull,  # neither hooks nor signing of whoever runs this
            "GIT_CONFIG_SYSTEM": os.devnull,
        }
        environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")} | identity
        done = subprocess.run(
            ["git", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        if check and done.returncode != 0:
            said = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no message"]
            raise TestbedError(f"git {' '.join(arguments)} failed in {folder}: {said[0]}")
        return done.stdout
