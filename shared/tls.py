"""Whom we trust when we speak TLS."""

import ssl
from functools import cache

import httpx


@cache
def tls(trust_env: bool = True) -> ssl.SSLContext:
    """The certificates, read once a process: that takes as long as dozens of requests.

    Args:
        trust_env: whether ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` count.
    """
    return httpx.create_ssl_context(trust_env=trust_env)
