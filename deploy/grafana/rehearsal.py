"""Serves all kinds of photos and runs all kinds of clients, so that every metric of the service changes."""

import concurrent.futures
import http.client
import http.server
import itertools
import json
import math
import random
import socket
import struct
import sys
import threading
import time
import zlib

# Known to store_master.csv.
STORE = "S00339218"


def png(width, height, bytes_in_all):
    """Returns a PNG with a valid header and the given length; its pixels are random bytes."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return head + chunk(b"IDAT", random.randbytes(max(1, bytes_in_all - 57))) + chunk(b"IEND", b"")


PHOTOS = [png(1600, 1200, size) for size in (8_000, 20_000, 40_000, 90_000)]


class Photos(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Sends header and body together; otherwise each photo waits for the delayed acknowledgement of its header.
    wbufsize = 1 << 17

    def do_GET(self):
        match self.path.split("/")[1]:
            case "photo":
                time.sleep(random.lognormvariate(-4, 0.8))
                self.answer(200, random.choice(PHOTOS))
            case "empty":
                self.answer(200, png(0, 100, 500))
            case "text":
                self.answer(200, b"these are words, and no picture " * 9)
            case "drawing":
                self.answer(200, b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
            case "broken":
                self.answer(500, b"")
            case "circle":
                self.answer(302, b"", ("Location", self.path))
            case "large":
                self.answer(200, PHOTOS[0], ("Content-Length", str(1 << 30)))
                self.close_connection = True
            case "cut":
                self.answer(200, PHOTOS[0][:4_000], ("Content-Length", str(len(PHOTOS[0]))))
                self.close_connection = True
            case _:
                self.answer(404, b"")

    def answer(self, status, body, *headers):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if not any(name == "Content-Length" for name, _ in headers):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class PhotoServer(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 4096

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.failures = []

    def handle_error(self, *_):
        """Ignores closed connections: the service closes one when a photo is too large. Other errors are our own."""
        failure = sys.exc_info()[1]
        if not isinstance(failure, ConnectionError):
            self.failures.append(failure)


class Origins:
    """One origin that answers, one whose port is closed, and four that accept connections and never answer."""

    def __init__(self):
        self.server = PhotoServer(("127.0.0.1", 0), Photos)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.failures = self.server.failures
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.silent = [socket.create_server(("127.0.0.1", 0), backlog=4096) for _ in range(4)]
        with socket.create_server(("127.0.0.1", 0)) as closed:
            self.closed = f"http://127.0.0.1:{closed.getsockname()[1]}/photo"

    def good(self):
        return f"{self.url}/photo/{random.randrange(10**9)}"

    def bad(self):
        """Returns a URL that fails, with any code that depends on the URL: not store_not_found or internal_error."""
        return random.choice(
            [f"{self.url}/{kind}" for kind in ("empty", "text", "drawing", "broken", "circle", "large", "cut", "missing", "missing")]
            + [f"http://127.0.0.1:{origin.getsockname()[1]}/silent" for origin in self.silent]
            + [self.closed, "http://no-such-host.invalid/photo", "ftp://127.0.0.1/photo", "http://127.0.0.1:25/photo"]
        )


class ClientFailed(Exception):
    """A client got an unexpected answer; the message names the request."""


class Clients:
    """Submit jobs in waves of about a minute, to each replica in turn.

    They also read the status of jobs, cancel some, and exceed the backlog limit.
    """

    def __init__(self, origins, ports, images_per_second, too_many):
        self.origins = origins
        self.ports = itertools.cycle(ports)
        self.images_per_second = images_per_second
        self.too_many = too_many

    def run(self, seconds):
        """Raises ClientFailed as soon as one has failed."""
        with concurrent.futures.ThreadPoolExecutor(8) as several:
            try:
                self.send(several, seconds)
            finally:
                # After a failure, drop the calls that have not started.
                several.shutdown(cancel_futures=True)

    def send(self, several, seconds):
        begin, jobs, calls = time.monotonic(), [], []
        for second in itertools.count():
            time.sleep(max(0, begin + second - time.monotonic()))
            self.look(calls)
            if second >= seconds:
                break
            images = round(self.images_per_second * (1 + 0.9 * math.sin(second / 9)))
            jobs.append(several.submit(self.submit, self.images(images)))
            calls.append(jobs[-1])
            if second % 15 == 10:
                calls.append(several.submit(self.submit, [self.origins.good()] * self.too_many))
            if second % 10 == 5:
                calls.append(several.submit(self.cancel, jobs[-1]))
            for job in random.sample(jobs, min(len(jobs), 20)):
                calls.append(several.submit(self.status, job))
        concurrent.futures.wait(calls, return_when=concurrent.futures.FIRST_EXCEPTION)
        self.look(calls)

    def look(self, calls):
        for call in calls:
            if call.done():
                call.result()
        if self.origins.failures:
            raise ClientFailed(f"the origin of the photos failed: {self.origins.failures[0]!r}")

    def images(self, count):
        # About every other job has no bad image, so that some complete.
        bad = random.choice([0, 0.15])
        return [self.origins.bad() if random.random() < bad else self.origins.good() for _ in range(count)]

    def submit(self, urls):
        """Returns the id of the job, or None if it was rejected."""
        visits = [{"store_id": STORE, "visit_time": "2023-03-15", "image_url": urls}]
        if random.random() < 0.2:
            visits.append({"store_id": "nowhere", "visit_time": "2023-03-15", "image_url": [self.origins.good()] * 3})
        body = json.dumps({"count": len(visits), "visits": visits})
        # Any job may be rejected while the backlog is nearly full. One larger than the backlog limit is always rejected.
        expected = (201, 503) if len(urls) < self.too_many else (503,)
        return self.call("POST", "/api/submit", expected, body).get("job_id")

    def cancel(self, job):
        if job.result():
            # The job may be finished already.
            self.call("POST", f"/api/jobs/{job.result()}/cancel", (200, 409))

    def status(self, job):
        if job.result():
            self.call("GET", f"/api/status?jobid={job.result()}", (200,))

    def call(self, method, path, expected, body=None):
        """Returns the answer. Raises ClientFailed if there is none, or its status is unexpected."""
        connection = http.client.HTTPConnection("127.0.0.1", next(self.ports), timeout=30)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read()
            if answer.status not in expected:
                raise ClientFailed(f"{method} {path} got status {answer.status}: {text[:200]!r}")
            return json.loads(text)
        except (OSError, http.client.HTTPException, ValueError) as failure:
            raise ClientFailed(f"{method} {path} failed: {failure!r}") from failure
        finally:
            connection.close()
