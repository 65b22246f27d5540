#!/usr/bin/python3
"""Everybody who hands out AWS keys, and a store that believes only in those, on one loopback port.

    POST /                        STS: AssumeRoleWithWebIdentity, AssumeRole
    GET  /container               a container's agent
    PUT  /latest/api/token, GET /latest/meta-data/...    an instance's metadata service, IMDSv2
    GET  /BUCKET/KEY              an S3 store with one picture under every key

The keys last `life` seconds. The store checks signatures with botocore's own code and refuses keys
that it does not know (InvalidAccessKeyId), that ended more than GRACE ago (ExpiredToken) and wrong
signatures (SignatureDoesNotMatch), as S3 does.

    with CredentialServices(picture, life=3) as services:
        services.endpoint, services.keys_used, services.requests["sts"]
"""

import collections
import datetime
import http.server
import json
import secrets
import threading
import urllib.parse

import botocore.auth
import botocore.awsrequest
import botocore.credentials

# A test machine may stand still for a moment between a signature and its check.
GRACE = datetime.timedelta(seconds=10)
IMDS = "/latest/meta-data/iam/security-credentials/"
STS_XML = """<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result>
<AssumedRoleUser><Arn>{role}</Arn></AssumedRoleUser><Credentials>
<AccessKeyId>{AccessKeyId}</AccessKeyId><SecretAccessKey>{SecretAccessKey}</SecretAccessKey>
<SessionToken>{Token}</SessionToken><Expiration>{Expiration}</Expiration></Credentials></{action}Result>
</{action}Response>"""


def now():
    return datetime.datetime.now(datetime.timezone.utc)


class SigV4Auth(botocore.auth.SigV4Auth):
    """botocore's signer at a moment that is given instead of now."""

    def __init__(self, keys, service, region, timestamp):
        super().__init__(keys, service, region)
        self._timestamp = timestamp

    def authorization_of(self, request):
        request.context["timestamp"] = self._timestamp
        canonical = self.canonical_request(request)
        return self.signature(self.string_to_sign(request, canonical), request)


class S3SigV4Auth(SigV4Auth):
    def _normalize_url_path(self, path):
        return path


class Refusal(Exception):
    def __init__(self, status, code):
        super().__init__(code)
        self.status, self.code = status, code


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, status, body, kind="text/plain", **headers):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def handle_request(self):
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            self.server.services.serve(self)
        except Refusal as refusal:
            xml = f"<ErrorResponse><Error><Code>{refusal.code}</Code></Error></ErrorResponse>"
            self.answer(refusal.status, xml.encode(), "application/xml")

    do_GET = do_HEAD = do_POST = do_PUT = handle_request


class CredentialServices:
    bucket = "originals"
    role = "arn:aws:iam::123456789012:role/pictures"

    def __init__(self, picture, life=3):
        self.picture = picture
        self.life = life
        self.web_token = "web-token-1"  # what STS accepts, as Kubernetes would have renewed it
        self.authorization = "container-token-1"
        self.issued = {}  # access key id -> (secret, session token, end or None)
        self.requests = collections.Counter()  # by service
        self.keys_used = []  # those of signed requests to the store that were served, each once
        self.regions = set()  # of the signatures
        self.unsigned = 0
        self.failing = False
        self._metadata_tokens = set()
        self._open = threading.Event()
        self._open.set()
        self._lock = threading.Lock()

    def __enter__(self):
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.services = self
        self.endpoint = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exception):
        self.release()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def hold(self):
        """Nobody gets keys until release()."""
        self._open.clear()

    def release(self):
        self._open.set()

    def issue(self, lasting=False):
        """New keys, as the JSON of agents has them; `lasting` ones have neither token nor end."""
        end = now() + datetime.timedelta(seconds=self.life)
        keys = {"AccessKeyId": "ASIA" + secrets.token_hex(8).upper(),
                "SecretAccessKey": "CANARY+/" + secrets.token_urlsafe(20)}
        if not lasting:
            keys |= {"Token": "CANARY/+=" + secrets.token_urlsafe(30), "Code": "Success",
                     "Expiration": end.isoformat(timespec="milliseconds").replace("+00:00", "Z")}
        self.issued[keys["AccessKeyId"]] = (
            keys["SecretAccessKey"], keys.get("Token"), None if lasting else end)
        return keys

    def revoke_all(self):
        self.issued.clear()

    def serve(self, request):
        path = urllib.parse.urlsplit(request.path).path
        if path == "/":
            return self._hand_out(request, "sts", self._sts)
        if path == "/container":
            return self._hand_out(request, "container", self._container)
        if path.startswith("/latest/"):
            return self._hand_out(request, "instance", self._instance)
        return self._store(request)

    def _hand_out(self, request, service, answer):
        with self._lock:
            self.requests[service] += 1
        self._open.wait()
        if self.failing:
            raise Refusal(503, "ServiceUnavailable")
        with self._lock:
            answer(request)

    def _sts(self, request):
        form = dict(urllib.parse.parse_qsl(request.body.decode(), strict_parsing=True))
        if form["Version"] != "2011-06-15" or form["RoleArn"] != self.role:
            raise Refusal(400, "ValidationError")
        if form["Action"] == "AssumeRoleWithWebIdentity":
            if form["WebIdentityToken"] != self.web_token:
                raise Refusal(400, "ExpiredTokenException")
        elif form["Action"] == "AssumeRole":
            self._check_signature(request, SigV4Auth, "sts")
        else:
            raise Refusal(400, "InvalidAction")
        xml = STS_XML.format(action=form["Action"], role=self.role, **self.issue())
        request.answer(200, xml.encode(), "text/xml")

    def _container(self, request):
        if request.headers.get("Authorization") != self.authorization:
            raise Refusal(401, "Unauthorized")
        request.answer(200, json.dumps(self.issue()).encode(), "application/json")

    def _instance(self, request):
        if request.command == "PUT":
            if not 1 <= int(request.headers["X-aws-ec2-metadata-token-ttl-seconds"]) <= 21600:
                raise Refusal(400, "BadRequest")
            token = secrets.token_urlsafe(12)
            self._metadata_tokens.add(token)
            return request.answer(200, token.encode())
        if request.headers.get("X-aws-ec2-metadata-token") not in self._metadata_tokens:
            self.requests["instance without a token"] += 1
            raise Refusal(401, "Unauthorized")
        if request.path == IMDS:
            return request.answer(200, b"pictures-role")
        if request.path == IMDS + "pictures-role":
            return request.answer(200, json.dumps(self.issue()).encode())
        raise Refusal(404, "NotFound")

    def _store(self, request):
        with self._lock:
            if "Authorization" in request.headers:
                key = self._check_signature(request, S3SigV4Auth, "s3")
                if key not in self.keys_used:
                    self.keys_used.append(key)
            else:
                self.unsigned += 1
        request.answer(200, self.picture, "image/jpeg", ETag='"1"',
                       Last_Modified="Sun, 22 Nov 2026 10:00:00 GMT")

    def _check_signature(self, request, signer, service):
        """The access key id; a Refusal where S3 would refuse."""
        fields = dict(part.strip().split("=", 1)
                      for part in request.headers["Authorization"].split(" ", 1)[1].split(","))
        key, _, region, signed_service, _ = fields["Credential"].split("/")
        if key not in self.issued or signed_service != service:
            raise Refusal(403, "InvalidAccessKeyId")
        secret, token, end = self.issued[key]
        if request.headers.get("x-amz-security-token") != token:
            raise Refusal(403, "InvalidToken")
        if end is not None and now() > end + GRACE:
            raise Refusal(400, "ExpiredToken")
        signed = {name: request.headers[name] for name in fields["SignedHeaders"].split(";")}
        replayed = botocore.awsrequest.AWSRequest(
            request.command, "http://" + request.headers["Host"] + request.path, signed, request.body)
        keys = botocore.credentials.Credentials(key, secret, token)
        expected = signer(keys, service, region, request.headers["x-amz-date"])
        if fields["Signature"] != expected.authorization_of(replayed):
            raise Refusal(403, "SignatureDoesNotMatch")
        self.regions.add(region)
        return key
