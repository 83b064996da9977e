"""Empty environments: a wheel, what its metadata say that it needs, and nothing else.

No index is asked: what is needed is linked from the environment that the tests run in. So a need that isn't declared
isn't there, and is found.
"""

from __future__ import annotations

import http.cookiejar
import importlib.metadata
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import venv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
HIDDEN = (".*", "__pycache__")
LEFT_OUT = ("build", "dist", "var", "*.egg-info", "tests", "docs", "bench")
"""What lies at the top of a tree and isn't needed to build it."""
NO_WAY_OUT = '''\
"""What runs here reaches this machine and nothing else."""
import sys


def hold(event, arguments):
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        host = str(arguments[1][0])
        if not host.startswith("127.") and host not in {"localhost", "::1"}:
            raise PermissionError(f"a test wants to reach {host}")


sys.addaudithook(hold)
'''


def build_wheel(tree: Path, folder: Path) -> Path:
    """The wheel of a distribution, built from a copy: what older builds left in the tree must not get in."""
    copy = folder / tree.name
    top, below = shutil.ignore_patterns(*LEFT_OUT, *HIDDEN), shutil.ignore_patterns(*HIDDEN)
    shutil.copytree(
        tree, copy, ignore=lambda path, names: (top if Path(path) == tree else below)(path, names)
    )  # fmt: skip
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, copy]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.glob("*.whl")
    return wheel


class Environment:
    """A virtual environment that begins with nothing at all."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder, with_pip=False)
        self.folder = folder
        self.python = folder / "bin" / "python"
        self.site_packages = next(folder.glob("lib/python*/site-packages"))
        (self.site_packages / "sitecustomize.py").write_text(NO_WAY_OUT, "utf-8")
        self._provided: set[tuple[str, str]] = set()

    def install(self, wheel: Path, extras: Iterable[str] = ()) -> None:
        """Install a wheel, and link what its metadata say that it needs, with those extras."""
        pip = [sys.executable, "-m", "pip", f"--python={self.python}", "install", "--quiet", "--no-deps", "--no-index"]
        subprocess.run([*pip, "--disable-pip-version-check", wheel], check=True)
        self._provide(wheel.name.split("-")[0], ("", *extras))

    def _provide(self, name: str, extras: tuple[str, ...]) -> None:
        here = list(importlib.metadata.distributions(name=name, path=[str(self.site_packages)]))
        distribution = here[0] if here else importlib.metadata.distribution(name)
        if not here:
            self._link(distribution)
        for extra in extras:
            if (canonicalize_name(name), extra) in self._provided:
                continue
            self._provided.add((canonicalize_name(name), extra))
            for text in distribution.requires or ():
                needed = Requirement(text)
                if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                    self._provide(needed.name, ("", *needed.extras))

    def _link(self, distribution: importlib.metadata.Distribution) -> None:
        for file in distribution.files or ():
            if file.parts[0] in {"..", "__pycache__"}:
                continue
            # a package without a file of its own is one that several distributions share
            depth = 1
            while depth < len(file.parts) and not _is_whole(Path(str(distribution.locate_file(_upto(file, depth))))):
                depth += 1
            target = self.site_packages / _upto(file, depth)
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                target.symlink_to(str(distribution.locate_file(_upto(file, depth))))

    def run(self, *arguments: str | Path, cwd: Path) -> str:
        """Run a program of this environment with no path, package or setting of the tests' own: what it says."""
        home = cwd / "home"
        home.mkdir(exist_ok=True)
        done = subprocess.run(
            [self.folder / "bin" / arguments[0], *arguments[1:]], cwd=cwd, env=self.environ(home),
            capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @staticmethod
    def environ(home: Path) -> dict[str, str]:
        """The variables of somebody who has just come."""
        return {"PATH": os.defpath, "HOME": str(home), "TMPDIR": str(home), "LANG": "C.UTF-8"}

    def run_tests(self, tree: Path, folder: Path) -> str:
        """Run the tests of a distribution in a folder that has nothing else of it: what pytest says."""
        shutil.copytree(tree / "tests", folder / "tests", ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("pyproject.toml", "setup.cfg"):
            if (tree / name).is_file():
                shutil.copy(tree / name, folder / name)
        return self.run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=folder)


def _upto(file: importlib.metadata.PackagePath, depth: int) -> Path:
    return Path(*file.parts[:depth])


def _is_whole(path: Path) -> bool:
    return not path.is_dir() or path.name.endswith((".dist-info", ".egg-info")) or (path / "__init__.py").is_file()


class Site:
    """A site in a folder of its own, run as somebody would who has the wheel and an .ini file."""

    def __init__(self, environment: Environment, folder: Path, plugins: Iterable[str] = (), more: str = "") -> None:
        """Write its .ini file: that of development, on a free port.

        :param plugins: what is enabled beside the built-in plugins
        :param more: more lines of the file; one that sets what is set already takes its place
        """
        self.environment, self.folder = environment, folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{free.getsockname()[1]}"
        ini = (ROOT / "development.ini").read_text("utf-8").replace("localhost:6543", self.address)
        ini = ini.replace("novantic.worker = embedded", "novantic.worker = external")
        ini = ini.replace("    local_storage\n", "".join(f"    {name}\n" for name in ("local_storage", *plugins)), 1)
        for line in more.splitlines():
            name = line.partition("=")[0].strip()
            ini = re.sub(rf"^{re.escape(name)} *=.*\n", "", ini, flags=re.MULTILINE)
        (folder / "site.ini").write_text(ini.replace("[app:main]\n", f"[app:main]\n{more}\n"), "utf-8")
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )

    def run(self, *arguments: str) -> str:
        """Run the ``novantic`` command on it."""
        return self.environment.run("novantic", *arguments, "-c", "site.ini", cwd=self.folder)

    @contextmanager
    def served(self) -> Iterator[None]:
        """While this lasts, it answers."""
        # pserve itself is a script of Pyramid's, which is only lent to this environment
        command = [self.environment.python, "-m", "pyramid.scripts.pserve", "site.ini"]
        server = subprocess.Popen(command, cwd=self.folder, env=self.environment.environ(self.folder))
        try:
            self._wait()
            yield
        finally:
            server.terminate()
            server.wait(30)

    def get(self, path: str) -> str:
        """A page."""
        with self.opener.open(f"http://{self.address}{path}", timeout=30) as answer:
            return answer.read().decode()

    def post(self, path: str, **fields: str) -> str:
        """The page that comes of a form."""
        body = urllib.parse.urlencode(fields).encode()
        with self.opener.open(f"http://{self.address}{path}", body, timeout=30) as answer:
            return answer.read().decode()

    def open_ticket(self, **fields: str) -> str:
        """Open a ticket through the form: the page that says thanks."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get("/tickets/new"))[1]
        given = {
            "topic": "printer", "company": "Lefèvre", "email": "claire@lefevre.example.com", "name": "Claire Lefèvre",
            "phone": "01 44 55 66 77", "subject": "Hors connexion", "message": "Bonjour", **fields,
        }  # fmt: skip
        return self.post("/tickets/new", csrf_token=token, **given)

    @property
    def mails(self) -> list[Path]:
        """The mails that were sent."""
        return list((self.folder / "var" / "mail").glob("*.eml"))

    def _wait(self) -> None:
        until = time.monotonic() + 30
        while True:
            try:
                self.get("/healthz")
            except (urllib.error.URLError, ConnectionError):
                assert time.monotonic() < until, "the site doesn't answer"
                time.sleep(0.1)
            else:
                return
