"""A provider's interface on this machine, for tests of what sends mail and texts through one."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Api(BaseHTTPRequestHandler):
    """Answers each request as the test says, and notes what it was asked."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append((self.path, dict(self.headers), body))
        status, answer = self.server.answer
        if status == "hang":
            self.server.over.wait(20)
        if not isinstance(status, int):
            return
        content = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        pass


@contextmanager
def serve(status, answer=None):
    """Run an interface that gives this answer; the status may be "hang" or "drop"."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    server.asked, server.answer, server.over = [], (status, answer), threading.Event()
    server.address = f"http://127.0.0.1:{server.server_port}/"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
