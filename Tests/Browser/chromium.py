"""A headless Chromium, driven over a pipe by the protocol of its own tools. Nothing but the
standard library."""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time


def program():
    """The browser of this machine, or None."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(os.environ.get("ASSAY_CHROMIUM", name)):
            return path
    return None


class Failure(Exception):
    """What a page refused or the browser did not answer."""


class Browser:
    """One process, and one page in it at a time."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="assay-browser-")
        to_browser, self.output = os.pipe()
        self.input, from_browser = os.pipe()
        # The browser reads descriptor 3 and writes descriptor 4; both may be taken here.
        high = [os.dup2(to_browser, 103), os.dup2(from_browser, 104)]

        def settle():
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self.process = subprocess.Popen(
            [program(), "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
             "--no-first-run", "--disable-background-networking", "--disable-component-update",
             "--disable-dev-shm-usage", "--hide-scrollbars", f"--user-data-dir={self.folder}", "about:blank"],
            preexec_fn=settle, pass_fds=[3, 4, *high], close_fds=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for descriptor in (to_browser, from_browser, *high):
            os.close(descriptor)
        self.buffer = b""
        self.last = 0
        self.session = None
        self.events = []

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.output)
        os.close(self.input)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # Messages.

    def receive(self, seconds):
        end = time.monotonic() + seconds
        while b"\0" not in self.buffer:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.input], [], [], left)[0]:
                return None
            piece = os.read(self.input, 1 << 20)
            if not piece:
                raise Failure("the browser has ended")
            self.buffer += piece
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, seconds=60, **parameters):
        self.last += 1
        message = {"id": self.last, "method": method, "params": parameters}
        if self.session and not method.startswith(("Target.", "Browser.")):
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.output, data):]
        end = time.monotonic() + seconds
        while True:
            answer = self.receive(max(0.01, end - time.monotonic()))
            if answer is None:
                raise Failure(f"no answer to {method} within {seconds} s")
            if answer.get("id") == self.last:
                if "error" in answer:
                    raise Failure(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)

    def wait(self, method, seconds=60):
        end = time.monotonic() + seconds
        seen = 0
        while True:
            for event in self.events[seen:]:
                seen += 1
                if event.get("method") == method:
                    return event["params"]
            answer = self.receive(max(0.01, end - time.monotonic()))
            if answer is None:
                raise Failure(f"{method} did not come within {seconds} s")
            self.events.append(answer)

    # Pages.

    def open(self, path, width=1280, height=720, dark=False, scripts=True, hash="", styles=True):
        """Opens a file in a page of its own, and waits until it is loaded."""
        if self.session:
            self.call("Target.closeTarget", targetId=self.target)
            self.session = None
        self.target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=self.target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.events = []
        url = "file://" + os.path.abspath(path) + hash
        self.url = url.split("#")[0]
        began = time.monotonic()
        self.call("Page.navigate", url=url)
        self.wait("Page.loadEventFired")
        return time.monotonic() - began

    def evaluate(self, expression, seconds=60):
        result = self.call("Runtime.evaluate", seconds, expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise Failure(details.get("exception", {}).get("description") or details["text"])
        return result["result"].get("value")

    def ready(self, seconds=60):
        """Waits until the report's script has unpacked its index."""
        self.until("document.documentElement.dataset.ready === 'yes'", seconds)

    def until(self, expression, seconds=30):
        end = time.monotonic() + seconds
        while not self.evaluate(f"!!({expression})"):
            if time.monotonic() > end:
                raise Failure(f"never true: {expression}")
            time.sleep(0.02)

    def press(self, key, text=None, modifiers=0):
        codes = {"Enter": 13, "Tab": 9, "Escape": 27, "ArrowDown": 40, "ArrowUp": 38, "ArrowRight": 39, "ArrowLeft": 37}
        parameters = {"key": key, "modifiers": modifiers, "windowsVirtualKeyCode": codes.get(key, ord(key[0].upper()))}
        if key == "Enter":
            text = "\r"
        elif len(key) == 1:
            text = key
        if text:
            parameters["text"] = text
        self.call("Input.dispatchKeyEvent", type="keyDown", **parameters)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key, modifiers=modifiers)

    def screenshot(self, path, whole=False):
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    # What must not happen.

    def told(self):
        """What the page wrote to its console, and what the browser complained of."""
        # A last round trip, so that everything that happened has been told.
        self.evaluate("1")
        lines = []
        for event in self.events:
            if event["method"] == "Runtime.consoleAPICalled":
                lines.append("console: " + " ".join(str(a.get("value", a.get("description"))) for a in event["params"]["args"]))
            elif event["method"] == "Runtime.exceptionThrown":
                details = event["params"]["exceptionDetails"]
                lines.append("exception: " + str(details.get("exception", {}).get("description") or details["text"]))
            elif event["method"] == "Log.entryAdded":
                lines.append("log: " + event["params"]["entry"]["text"])
            elif event["method"] == "Page.javascriptDialogOpening":
                lines.append("dialog: " + event["params"]["message"])
        return lines

    def requests(self):
        """The URLs that the page asked for, but for itself."""
        return [
            event["params"]["request"]["url"] for event in self.events
            if event["method"] == "Network.requestWillBeSent"
            and event["params"]["request"]["url"].split("#")[0] != self.url]
