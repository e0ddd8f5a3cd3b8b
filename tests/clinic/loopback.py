"""Web sites on this machine, good and bad ones, for tests of what asks other sites."""

import gzip
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

CERTIFICATE = Path(__file__).with_name("loopback.pem")


class Site(BaseHTTPRequestHandler):
    """Answers by path, and notes what it was asked."""

    def do_HEAD(self):
        self.server.asked.append((self.command, self.path, dict(self.headers)))
        name, _, rest = self.path.strip("/").partition("/")
        getattr(self, name.partition("?")[0] or "page")(rest)

    do_GET = do_HEAD

    def page(self, rest):
        self.answer(200)

    def status(self, number):
        self.answer(int(number))

    def only_get(self, number):
        self.answer(int(number) if self.command == "HEAD" else 200)

    def to(self, address):
        self.answer(302, Location=address)

    def round(self, rest):
        self.answer(301, Location=f"/round/{rest}x")

    def hops(self, number):
        self.answer(302, Location=f"/hops/{int(number) - 1}" if int(number) > 1 else "/page")

    def nowhere(self, rest):
        self.answer(302)

    def to_unclosed(self, rest):
        self.answer(302, Location="https://[::1")

    def huge(self, rest):
        if self.command == "HEAD":
            return self.answer(405)
        self.answer(200)
        try:
            while self.server.sent < 50_000_000:
                self.wfile.write(b"x" * 65536)
                self.server.sent += 65536
        except OSError:
            pass

    def words(self, rest):
        self.answer(200)
        self.wfile.write(unquote(rest).encode())

    def cut(self, rest):
        self.answer(200, **{"Content-Length": "100"})
        self.wfile.write(b"only this")

    def cut_chunk(self, rest):
        self.answer(200, **{"Transfer-Encoding": "chunked"})
        self.wfile.write(b"64\r\nonly this")

    def packed(self, rest):
        self.answer(200, **{"Content-Encoding": "gzip"})
        self.wfile.write(gzip.compress(b"x" * 10_000_000))

    def drip_body(self, rest):
        self.answer(200)
        try:
            while not self.server.over.wait(0.1):
                self.wfile.write(b"x")
        except OSError:
            pass

    def many_lines(self, rest):
        self.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"X-Line: x\r\n" * 1000 + b"\r\n")

    def silent(self, rest):
        self.server.over.wait(10)

    def drip(self, rest):
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        try:
            while not self.server.over.wait(0.1):
                self.wfile.write(b"X-Line: x\r\n")
                time.sleep(0.05)
        except OSError:
            pass

    def no_web(self, rest):
        self.wfile.write(b"220 mail.example ESMTP\r\n")

    def answer(self, status, **headers):
        self.protocol_version = "HTTP/1.1"
        self.send_response(status)
        self.close_connection = True
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *args):
        pass


def serve(*, with_tls):
    """Start a site and return it; `stop` ends it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.asked, server.sent, server.over = [], 0, threading.Event()
    server.handle_error = lambda *args: None
    if with_tls:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(CERTIFICATE)
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
    return server


def stop(server):
    server.over.set()
    server.shutdown()
    server.server_close()
