"""Pages obey the content security policy: no script, style or address that is not the platform's own."""

import re
from pathlib import Path

import pytest

from tests.architecture.code import ROOT, static_files, templates

DATA = r'type="application/json"|type="importmap"'
FORBIDDEN = {
    "a script in the page": re.compile(rf"<script(?![^>]*\bsrc=)(?![^>]*(?:{DATA}))[^>]*>", re.IGNORECASE),
    "a style in the page": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "a handler in an attribute": re.compile(r"<[^>]*\s(?:on[a-z]+|hx-on[:\w-]*)\s*=", re.IGNORECASE),
    "a script address": re.compile(r"javascript:", re.IGNORECASE),
    "an address elsewhere": re.compile(r"(?:src|href|action|hx-(?:get|post))\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE),
}
# Sets markup from a string; the server makes markup, and scripts set text.
MARKUP_FROM_STRINGS = re.compile(
    r"\.(?:innerHTML|outerHTML)\s*=|insertAdjacentHTML|document\.write|\beval\(|new Function"
)
NAME_SPACE = "http://www.w3.org/"
ELSEWHERE = re.compile(rf"(?<![\w\"'])url\(\s*[\"']?(?:https?:)?//|@import|[\"'](?!{NAME_SPACE})https?://")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", templates(), ids=named)
def test_a_template_holds_nothing_the_policy_forbids(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [what for what, pattern in FORBIDDEN.items() if pattern.search(text)] == []


@pytest.mark.parametrize("path", static_files(".js"), ids=named)
def test_a_script_sets_no_markup_from_strings(path: Path) -> None:
    assert MARKUP_FROM_STRINGS.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", [*static_files(".js"), *static_files(".css")], ids=named)
def test_a_static_file_fetches_nothing_from_elsewhere(path: Path) -> None:
    assert ELSEWHERE.findall(path.read_text(encoding="utf-8")) == []
