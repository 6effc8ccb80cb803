"""A collector of traces (OTLP over HTTP, protobuf) for the stories: it shares no code with the program. It says its port,
then appends one JSON object a span to the file that it was given."""

import http.server
import json
import sys


def fields(data):
    """Number and value of each field of a protobuf message."""
    at = 0

    def varint():
        nonlocal at
        value, shift = 0, 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7

    while at < len(data):
        key = varint()
        kind = key & 7
        if kind == 0:
            value = varint()
        else:
            length = {1: 8, 2: None, 5: 4}[kind]
            length = varint() if length is None else length
            value = data[at : at + length]
            at += length
        yield key >> 3, value


def of(data, number):
    return [value for known, value in fields(data) if known == number]


def attributes(entries):
    read = {}
    for entry in entries:
        key, value = of(entry, 1)[0].decode(), b"".join(of(entry, 2)[:1])
        kinds = {1: bytes.decode, 2: bool, 3: int}
        for number, what in fields(value):
            read[key] = kinds.get(number, str)(what)
    return read


def spans(message, headers):
    for group in of(message, 1):
        resource = attributes(of(of(group, 1)[0], 1))
        for span in (span for scope in of(group, 2) for span in of(scope, 2)):
            first = lambda number, usual: (of(span, number) or [usual])[0]
            status = dict(fields(first(15, b"")))
            yield {
                "service": resource.get("service.name"),
                "authorization": headers.get("authorization"),
                "trace": first(1, b"").hex(),
                "id": first(2, b"").hex(),
                "parent": first(4, b"").hex(),
                "name": first(5, b"").decode(),
                "kind": first(6, 0),
                "attributes": attributes(of(span, 9)),
                "status": status.get(3, 0),
            }


class Collector(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        message = self.rfile.read(int(self.headers["content-length"]))
        assert self.path == "/v1/traces" and self.headers["content-type"] == "application/x-protobuf"
        with open(sys.argv[1], "a", encoding="utf-8") as out:
            for span in spans(message, self.headers):
                out.write(json.dumps(span) + "\n")
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
print(server.server_port, flush=True)
server.serve_forever()
