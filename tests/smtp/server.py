#!/usr/bin/python3
"""A real mail server (Debian's python3-aiosmtpd) on a free loopback port, for smtp.rs; it ends when its stdin does."""

import argparse
import asyncio
import email
import email.policy
import json
import os
import pathlib
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--port-file", required=True, type=pathlib.Path, help="gets the chosen port")
parser.add_argument("--mode", required=True, choices=["plain", "starttls", "tls"])
parser.add_argument("--certificate")
parser.add_argument("--key")
parser.add_argument("--user", help="login is required, in starttls mode only after TLS")
parser.add_argument("--password")
parser.add_argument("--store", required=True, type=pathlib.Path)
parser.add_argument("--greylist", action="store_true", help="451 for the first try of each message")
parser.add_argument("--refuse", help="550 for this recipient")
options = parser.parse_args()


class Handler:
    """Keeps accepted messages as 0001.eml with 0001.json, deferred ones as 0001.deferred."""

    deferred = set()
    count = 0

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address == options.refuse:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.count += 1
        name = f"{self.count:04}"
        if options.greylist and message["Message-ID"] not in self.deferred:
            self.deferred.add(message["Message-ID"])
            (options.store / f"{name}.deferred").write_bytes(envelope.content)
            return "451 4.7.1 greylisted, try again"
        (options.store / f"{name}.eml").write_bytes(envelope.content)
        encrypted = server.transport.get_extra_info("sslcontext") is not None
        seen = {"from": envelope.mail_from, "to": envelope.rcpt_tos, "encrypted": encrypted}
        read = {"message_id": message["Message-ID"], "subject": message["Subject"], "body": message.get_content()}
        (options.store / f"{name}.json").write_text(json.dumps({**seen, **read}))
        return "250 OK"


def authenticate(server, session, envelope, mechanism, login):
    """Every try to log in leaves a line."""
    with (options.store / "logins").open("a") as logins:
        logins.write(f"{mechanism}\n")
    given = (login.login.decode(), login.password.decode())
    return AuthResult(success=given == (options.user, options.password), handled=False)


async def main():
    context = None
    if options.mode != "plain":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options.certificate, options.key)
    starttls = options.mode == "starttls"
    settings = {"hostname": "localhost", "tls_context": context if starttls else None, "require_starttls": starttls}
    if options.user:
        settings |= {"authenticator": authenticate, "auth_required": True, "auth_require_tls": starttls}
    handler, loop = Handler(), asyncio.get_running_loop()
    implicit = context if options.mode == "tls" else None
    listening = await loop.create_server(lambda: SMTP(handler, loop=loop, **settings), "127.0.0.1", 0, ssl=implicit)
    half = options.port_file.with_suffix(".part")
    half.write_text(str(listening.sockets[0].getsockname()[1]))
    os.replace(half, options.port_file)
    await loop.run_in_executor(None, sys.stdin.read)
    os._exit(0)


asyncio.run(main())
