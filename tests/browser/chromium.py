"""Headless Chromium over its DevTools pipe: what a page asks for, what it complains of, what it looks like."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PATIENCE = 60.0


def chromium() -> str:
    """The path of a Chromium; the test is skipped where none is installed or its pipe cannot be had."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip(f"no Chromium is installed (one of {', '.join(NAMES)}; Debian: apt-get install chromium)")
    if os.name == "nt":
        pytest.skip("the DevTools pipe needs file descriptors 3 and 4, which Windows does not hand on")
    return found


@dataclass
class Opened:
    """What became of a page: addresses asked for, complaints of the console, answers to expressions, a picture."""

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)
    picture: bytes = b""


class Browser:
    """A Chromium of its own profile, spoken to in JSON messages that end in a zero byte."""

    def __init__(self, profile: Path) -> None:
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()
        flags = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe",
                 "--no-first-run", "--disable-background-networking", f"--user-data-dir={profile}")  # fmt: skip
        # the descriptors are moved to 3 and 4 by a shell, since they may have these numbers here
        line = f'exec "$0" "$@" 3<&{theirs_in} 4>&{theirs_out}'
        self._process = subprocess.Popen(
            ["bash", "-c", line, chromium(), *flags], pass_fds=(theirs_in, theirs_out), stderr=subprocess.DEVNULL
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._rest, self._number, self.events = b"", 0, []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The result of a command; events that come before it are kept."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if hasattr(self, "_session"):
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while (found := self._read()).get("id") != self._number:
            self.events.append(found)
        assert "error" not in found, found
        return found["result"]

    def wait_for(self, method: str) -> None:
        """Until an event of that name has come."""
        until = time.monotonic() + PATIENCE
        while not any(event.get("method") == method for event in self.events):
            assert time.monotonic() < until, f"no {method}"
            self.events.append(self._read())

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            part = os.read(self._in, 1 << 16)
            assert part, "Chromium has gone"
            self._rest += part
        message, _, self._rest = self._rest.partition(b"\0")
        return json.loads(message)

    def open(self, page: Path, width: int, *expressions: str) -> Opened:
        """Load a file in a window of that width, ask what its expressions are, and take a picture."""
        self.events.clear()
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=1200, deviceScaleFactor=1, mobile=False)
        self.call("Page.navigate", url=page.as_uri())
        self.wait_for("Page.loadEventFired")
        answers = [self.call("Runtime.evaluate", expression=e)["result"].get("value") for e in expressions]
        picture = base64.b64decode(self.call("Page.captureScreenshot", captureBeyondViewport=True)["data"])
        found = Opened(answers=answers, picture=picture)
        for event in self.events:
            said = event.get("params", {})
            match event.get("method"):
                case "Network.requestWillBeSent":
                    found.requests.append(said["request"]["url"])
                case "Log.entryAdded":
                    found.complaints.append(said["entry"]["text"])
                case "Runtime.consoleAPICalled" | "Runtime.exceptionThrown":
                    found.complaints.append(json.dumps(said))
        return found

    def close(self) -> None:
        """End this Chromium and no other."""
        os.close(self._out)
        os.close(self._in)
        self._process.terminate()
        self._process.wait(PATIENCE)
