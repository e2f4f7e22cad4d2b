"""A server on this machine that replays services: their shapes, and on command their failures."""

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

JSON = "application/json"


@dataclass
class Asked:
    """A request as it came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def words(self) -> str:
        """Method, path and query, to tell requests apart."""
        return f"{self.method} {self.path} {json.dumps(self.query, sort_keys=True)}"


@dataclass
class Answer:
    """What a route gives; etag, 304 and Range are seen to by the server."""

    body: bytes
    content_type: str = JSON
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


Route = Callable[[Asked], Answer]
Failure = Callable[["Handler", Answer], None]


def as_json(content: Any) -> Answer:
    return Answer(json.dumps(content).encode())


class Replay:
    """Routes by path, failures to come by path, and what was asked."""

    def __init__(self) -> None:
        self.routes: dict[str, Route] = {}
        self.failures: dict[str, list[Failure | None]] = {}
        self.log: list[Asked] = []
        self.url = ""
        self.released = threading.Event()

    def fail(self, path: str, *failures: Failure | None) -> None:
        """The next requests of the path fail so, in this order; None lets one through."""
        self.failures.setdefault(path, []).extend(failures)

    def serve(self, path: str, content: bytes | Any, content_type: str = JSON, **headers: str) -> str:
        """A fixed answer; returns its address."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.routes[path] = lambda _: Answer(body, content_type, 200, dict(headers))
        return f"{self.url}{path}"

    def asked(self, path: str) -> list[Asked]:
        return [each for each in self.log if each.path == path]


class Handler(BaseHTTPRequestHandler):
    replay: Replay

    def do_GET(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        parts = urlsplit(self.path)
        query = {key: values[-1] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}
        headers = {key.lower(): value for key, value in self.headers.items()}
        asked = Asked(self.command, parts.path, query, headers, self.rfile.read(size))
        self.replay.log.append(asked)
        route = self.replay.routes.get(asked.path)
        answer = route(asked) if route else Answer(b"not here", "text/plain", 404)
        coming = self.replay.failures.get(asked.path)
        failure = coming.pop(0) if coming else None
        with suppress(BrokenPipeError, ConnectionResetError):
            failure(self, answer) if failure else self.answer(answer)

    def do_POST(self) -> None:
        self.do_GET()

    def answer(self, answer: Answer, *, share: float = 1.0) -> None:
        """The answer, or the first share of its body under a header that promises all of it."""
        etag = answer.headers.setdefault("ETag", f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"')
        status, body = answer.status, answer.body
        extra: dict[str, str] = {}
        if status == 200 and etag and self.headers.get("If-None-Match") == etag:
            status, body = 304, b""
        elif status == 200 and "Range" in self.headers and self.headers.get("If-Range") in (etag, None):
            start = int(self.headers["Range"].removeprefix("bytes=").partition("-")[0])
            extra["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
            status, body = (206, body[start:]) if start < len(body) else (416, b"")
        self.send_response(status)
        headers = {"Content-Type": answer.content_type, "Content-Length": str(len(body))} | answer.headers | extra
        for name, value in headers.items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: int(len(body) * share)])
        self.wfile.flush()

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


def status(number: int, **headers: str) -> Failure:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler, _: handler.answer(Answer(b"{}", JSON, number, named))


def cut(share: float) -> Failure:
    """The connection breaks after this share of the body."""
    return lambda handler, answer: handler.answer(answer, share=share)


def hang(share: float = 0.0) -> Failure:
    """This share of the body comes, and then nothing more until the server ends."""

    def stay(handler: Handler, answer: Answer) -> None:
        handler.answer(answer, share=share)
        handler.replay.released.wait(30)

    return stay


def redirect(target: str) -> Failure:
    return lambda handler, _: handler.answer(Answer(b"", "text/plain", 302, {"Location": target}))


def instead(content: bytes | Any, content_type: str = JSON, **headers: str) -> Failure:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler, _: handler.answer(Answer(body, content_type, 200, named))


@contextmanager
def serving() -> Iterator[Replay]:
    """A server on a free port of this machine, until the block ends."""
    replay = Replay()
    handler = type("BoundHandler", (Handler,), {"replay": replay})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        replay.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield replay
        finally:
            replay.released.set()
            server.shutdown()
            thread.join()


def wait_until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    """Returns once it is true; fails when it takes too long."""
    end = time.perf_counter() + seconds
    while not true():
        assert time.perf_counter() < end, "it never came true"
        time.sleep(0.01)
