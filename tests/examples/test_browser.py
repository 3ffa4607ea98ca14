"""The example of a page: the module and the form in Chromium, from a server of this machine."""

from __future__ import annotations

import html
import json
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np

from tests.support.browser import needs_browser, shown
from tests.support.export_tables import cells, strange, table
from tests.support.table_models import TARGETS, expected_in_double, saved_model

EXAMPLE = Path(__file__).parents[2] / "examples" / "browser"
# The page that the test opens: the module's numbers, and those of the example's form in a frame.
CHECK = """\
<!doctype html>
<iframe src="index.html"></iframe>
<pre></pre>
<script type="module">
  import { predict } from "./model.mjs";
  const rows = ROWS;
  const frame = document.querySelector("iframe");
  const inputs = () => [...(frame.contentDocument?.querySelectorAll("input") ?? [])];
  while (!inputs().length) await new Promise((next) => setTimeout(next, 20));
  const page = frame.contentDocument;
  for (const input of inputs()) input.value = rows[0][input.name] ?? "";
  page.querySelector("form").dispatchEvent(new Event("input"));
  document.querySelector("pre").textContent = JSON.stringify({
    numbers: rows.map(predict),
    names: inputs().map((input) => input.name),
    form: page.querySelector("output").textContent,
  });
</script>
"""


class Silent(SimpleHTTPRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@needs_browser
def test_numbers_in_a_browser_are_those_of_the_model(tmp_path: Path) -> None:
    frame = table(with_gaps=True)
    (target, loss, n), *_ = TARGETS
    saved = saved_model(frame, target, loss, n, np.float64)
    given = strange(frame)[:40]
    columns = {name: c[:, 0].tolist() for name, c in cells(given, saved.encoding).items()}
    rows = [
        {name: None if c[k] == "" or c[k] != c[k] else c[k] for name, c in columns.items()}
        for k in range(len(given))
    ]
    folder = tmp_path / "pages"
    shutil.copytree(EXAMPLE, folder)
    saved.to_javascript(folder / "model.mjs")
    (folder / "check.html").write_text(CHECK.replace("ROWS", json.dumps(rows)), encoding="utf-8")
    with serving(folder) as address:
        page = shown(f"{address}/check.html", tmp_path / "profile")
    found = re.search(r"<pre>(.*?)</pre>", page, re.DOTALL)
    assert found is not None
    told = json.loads(html.unescape(found[1]))
    want = expected_in_double(saved, given)
    np.testing.assert_allclose(told["numbers"], want, 2e-7)  # logarithms of values far out
    assert told["names"] == list(columns)
    shares = [float(part.split(": ")[1]) for part in told["form"].split(", ")]
    np.testing.assert_allclose(shares, want[0], 1e-3)  # which the page shows with four digits
    assert [part.split(": ")[0] for part in told["form"].split(", ")] == ["x", "y", "z"]
