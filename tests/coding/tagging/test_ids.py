from uuid import UUID

import pytest

from coding.tagging.ids import suggestion_id

REVISION, CODE = UUID(int=1), UUID(int=2)


def test_the_same_finding_has_the_same_id() -> None:
    assert suggestion_id("v1", REVISION, CODE, (3, 9)) == UUID("ee08971f-8c72-52a2-913a-aaca830a0190")


@pytest.mark.parametrize(
    ("tagger", "revision", "code", "span"),
    [("v2", REVISION, CODE, (3, 9)), ("v1", CODE, CODE, (3, 9)), ("v1", REVISION, REVISION, (3, 9)),
     ("v1", REVISION, CODE, (3, 10)), ("v1", REVISION, CODE, (2, 9))],
)  # fmt: skip
def test_another_finding_has_another_id(tagger: str, revision: UUID, code: UUID, span: tuple[int, int]) -> None:
    assert suggestion_id(tagger, revision, code, span) != suggestion_id("v1", REVISION, CODE, (3, 9))
