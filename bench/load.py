"""Ask one address as often as it answers: `python -m bench.load HOST PORT PATH SECONDS CONNECTIONS`.

A process of its own, so that it does not share an interpreter with what it measures. Prints how
many answers came a second; any but status 200 is an error.
"""

import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor

HEADERS = "User-Agent: bench\r\nAccept: text/html\r\nX-Forwarded-Proto: https\r\n"


def ask(host: str, port: int, path: str, until: float) -> int:
    """Send one request after the other on one connection; return how many were answered.

    Raises RuntimeError if an answer has another status than 200.
    """
    request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{HEADERS}\r\n".encode()
    answered = 0
    with socket.create_connection((host, port), timeout=30) as connection:
        while time.perf_counter() < until:
            connection.sendall(request)
            buffer = b""
            while b"\r\n\r\n" not in buffer:
                buffer += receive(connection)
            head, _, body = buffer.partition(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(head.partition(b"\r\n")[0].decode())
            missing = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
            missing -= len(body)
            while missing > 0:
                missing -= len(receive(connection))
            answered += 1
    return answered


def receive(connection: socket.socket) -> bytes:
    """Return what came. Raises ConnectionError if the server hung up."""
    data = connection.recv(1 << 17)
    if not data:
        raise ConnectionError("the server closed the connection")
    return data


def main() -> None:
    host, port, path, seconds, connections = sys.argv[1:]
    began = time.perf_counter()
    until = began + float(seconds)
    with ThreadPoolExecutor(max_workers=int(connections)) as pool:
        asked = [pool.submit(ask, host, int(port), path, until) for _ in range(int(connections))]
        answered = sum(future.result() for future in asked)
    sys.stdout.write(f"{answered / (time.perf_counter() - began):.1f}\n")


if __name__ == "__main__":
    main()
