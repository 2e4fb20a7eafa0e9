"""A 100,000-word source with thousands of passages, made at once: what the workspace's timings work on."""

import random
import uuid
from dataclasses import dataclass

from django.db import connection, transaction

from coding.actions.readings import open_reading
from coding.models import Code, Reading, Segment
from fieldstudy.models import User
from observations.models import Source, Study
from tests import builders

WORDS = 100_000
WORDS_PER_TURN = 50
SPOKEN = (
    "the film first then frames scar rib silence chief pencil light box tool score doubt scan patient ward morning "
    "hilum lung trace risk dose image expert junior reading machine strict normal tacit knowledge promise maker second"
)
VOCABULARY = SPOKEN.split()


@dataclass(frozen=True)
class LongSource:
    study: Study
    source: Source
    coder: User
    codes: list[Code]
    reading: Reading

    def coders(self, count: int) -> list[User]:
        """So many coders of the study: the one whose passages there are, and others with none yet."""
        name = self.study.slug
        others = [builders.make_member(self.study, f"coder-{number}-{name}", "coder") for number in range(1, count)]
        return [self.coder, *others]


def make_long_source(
    name: str = "ward", *, words: int = WORDS, segments: int = 5_000, codes: int = 60, seed: int = 20
) -> LongSource:
    """A study of this name with a source of `words` words in turns of 50 and `segments` passages of 5 to 40 words."""
    drawn = random.Random(f"{seed} {name}")
    study = builders.make_study(builders.make_user(f"lead-{name}"), slug=name)
    coder = builders.make_member(study, f"ana-{name}", "coder")
    source = builders.make_source(study, *_turns(drawn, words), title="Long interview")
    made = _codes(study, codes)
    viewer = builders.viewer_of(study, coder)
    reading = open_reading(viewer=viewer, source=source, id=uuid.UUID(int=drawn.getrandbits(128)), at=builders.AT)
    assert source.revision is not None
    length = source.revision.length
    rows = []
    for _ in range(segments):
        start = drawn.randrange(0, length - 300)
        rows.append(_segment(drawn, source, reading, made, start, start + drawn.randrange(30, 240)))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('fieldstudy.actor', %s, true)", [str(coder.pk)])
        Segment.objects.bulk_create(rows, batch_size=1000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return LongSource(study, source, coder, made, reading)


def _turns(drawn: random.Random, words: int) -> list[str]:
    turns = []
    for _ in range(words // WORDS_PER_TURN):
        sentences = [drawn.choices(VOCABULARY, k=WORDS_PER_TURN // 5) for _ in range(5)]
        turns.append(" ".join(" ".join(sentence).capitalize() + "." for sentence in sentences))
    return turns


def _codes(study: Study, count: int) -> list[Code]:
    made: list[Code] = []
    branch = None
    for number in range(count):
        if number % 8 == 0:
            branch = builders.make_code(study, f"B{number:02}", is_codable=False)
        made.append(builders.make_code(study, f"C{number:02}", parent=branch))
    return made


def _segment(
    drawn: random.Random, source: Source, reading: Reading, codes: list[Code], start: int, end: int
) -> Segment:
    code = drawn.choice(codes)
    made = uuid.UUID(int=drawn.getrandbits(128))
    return Segment(
        id=made,
        refi_guid=made,
        study_id=source.study_id,
        source=source,
        reading=reading,
        code=code,
        code_revision_id=code.revision_id,
        revision_id=source.revision_id,
        start=start,
        end=end,
        now_start=start,
        now_end=end,
        created_at=builders.AT,
    )
