"""The page: one file that loads nothing, in two languages, and shows what the server predicts."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from importlib import resources
from pathlib import Path

import httpx
import pytest

from tests.support.browser import needs_browser, shown
from tests.support.model_files import rewrite
from tests.support.served import examples, serving

PAGE = resources.files("rosenblatt.serving").joinpath("page.html").read_text(encoding="utf-8")


def test_it_loads_nothing(bought: httpx.Client) -> None:
    answer = bought.get("/")
    assert answer.text == PAGE
    assert "//" not in re.sub(r"http://www\.w3\.org\S*", "", PAGE).replace("<!doctype", "")
    assert not re.search(r"\b(src|href)=(?!\"data:,\")", PAGE)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    for kind in ("script", "style"):
        (inline,) = re.findall(rf"<{kind}>(.*?)</{kind}>", PAGE, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy


def test_both_languages_say_the_same() -> None:
    words = re.search(
        r"const WORDS = \{\n  en: \{(.*?)\n  \},\n  zh: \{(.*?)\n  \},\n\};", PAGE, re.DOTALL
    )
    assert words is not None
    english, chinese = (
        re.findall(r"(?:^|, |\{ )\s*(\w+):", w, re.MULTILINE) for w in words.groups()
    )
    kinds = {"number", "category", "date"}  # which English has from the server
    assert set(english) - kinds == set(chinese) - kinds
    used = set(re.findall(r'data-say="(\w+)"', PAGE))
    assert used <= set(english)


def text_of(page: str, element: str) -> str:
    found = re.search(rf'id="{element}"[^>]*>(.*?)</(?:p|h1|ul|button)>', page, re.DOTALL)
    assert found is not None, element
    return html.unescape(re.sub(r"<[^>]*>", "", found[1]))


@needs_browser
def test_a_browser_shows_the_form_and_the_prediction(bought: httpx.Client, tmp_path: Path) -> None:
    page = shown(str(bought.base_url), tmp_path)
    schema = bought.get("/schema").json()
    (expected,) = bought.post("/predict", json=examples(schema)).json()["predictions"]
    assert text_of(page, "title") == "Predict bought"
    assert text_of(page, "answer") == expected["prediction"]
    share = expected["probabilities"][expected["prediction"]]
    assert f"{100 * share:.1f} %" in page
    assert re.search(r'class="bar"><i style="width: [\d.]+%', page)
    assert re.findall(r'id="(cell-\d+)"', page) == [f"cell-{k}" for k in range(5)]
    assert text_of(page, "language") == "中文"


@needs_browser
def test_a_browser_that_prefers_chinese(models, tmp_path: Path) -> None:
    with serving(models("weight")) as server:
        page = shown(str(server.client.base_url), tmp_path, "zh-CN")
        schema = server.client.get("/schema").json()
        (expected,) = server.client.post("/predict", json=examples(schema)).json()["predictions"]
    assert '<html lang="zh-CN">' in page
    assert text_of(page, "title") == "预测 weight"
    assert text_of(page, "language") == "English"
    assert float(text_of(page, "answer")) == pytest.approx(expected["prediction"], rel=1e-5)


@needs_browser
def test_names_and_classes_are_text_and_no_markup(tmp_path: Path, models) -> None:
    model = tmp_path / "m.safetensors"
    model.write_bytes(models("bought").read_bytes())
    evil = "<img src=x onerror=document.title='taken'>"

    def renamed(metadata, tensors) -> None:
        encoding = metadata["encoding"]
        encoding["target"]["name"] = f"t{evil}"
        for column in encoding["columns"]:
            if column["name"] == "size":
                column["name"] = f"n{evil}"
            if column["name"] == "colour":
                column["categories"] = [f"c{evil}", *column["categories"][1:]]

    rewrite(model, renamed)
    with serving(model) as server:
        page = shown(str(server.client.base_url), tmp_path / "profile")
    assert "<img" not in page
    assert text_of(page, "title") == f"Predict t{evil}"
    assert html.escape(f"n{evil}", quote=False) in page


@needs_browser
def test_with_a_token_the_page_asks_for_it(models, tmp_path: Path) -> None:
    with serving(models("bought"), "--token", "x") as server:
        page = shown(str(server.client.base_url), tmp_path)
    assert "This server asks for a token" in page
    assert re.search(r'<form class="card" id="entry">', page)
    assert text_of(page, "title") == "rosenblatt"
