"""The page to try a model on: one file that loads nothing else, and says so to browsers."""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from importlib import resources

from starlette.responses import Response

__all__ = ["page_response"]

INLINE = re.compile(r"<(script|style)>(.*?)</\1>", re.DOTALL)


def page_response() -> Response:
    text, policy = page()
    headers = {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(text, headers=headers, media_type="text/html")


@functools.cache
def page() -> tuple[str, str]:
    """(the page, what a browser shall let it do: run its own script and ask this server)."""
    text = resources.files(__package__).joinpath("page.html").read_text(encoding="utf-8")
    own = {kind: digest(content) for kind, content in INLINE.findall(text)}
    policy = (
        f"default-src 'none'; script-src '{own['script']}'; style-src '{own['style']}';"
        " connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    )
    return text, policy


def digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
