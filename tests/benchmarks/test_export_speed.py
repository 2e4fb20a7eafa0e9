"""50,000 segments in 1,000 sources: exports against bare writers, timed in the same run, and their memory.

Run with ``pytest tests/benchmarks/test_export_speed.py -s``.
"""

import csv
import tracemalloc
import uuid
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from io import BytesIO, StringIO
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryFile
from time import perf_counter
from zipfile import ZipFile

import pytest
from lxml import etree

from exports.formats import FORMATS
from exports.records import (
    CodeRecord,
    CoderRecord,
    DatasetRecord,
    ReadingRecord,
    SegmentRecord,
    SourceRecord,
    StudyRecord,
)

SOURCES = 1_000
SEGMENTS_PER_SOURCE = 50
MEBIBYTE = 2**20
SENTENCE = "Elle regarde d'abord l'image seule, puis la réponse de la machine, et compare. 🩻 "
NAMESPACE = "urn:QDA-XML:project:1.0"


def identifier(kind: str, *numbers: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{kind}/{numbers}"))


@cache
def make_large_dataset(sources: int = SOURCES) -> DatasetRecord:
    """Sources of 200 sentences, with 50 segments each of one to four sentences by 4 coders and 30 codes."""
    codes = tuple(
        CodeRecord(identifier("code", n), identifier("code guid", n), f"C{n}", {"fr": f"Code {n}"}) for n in range(30)
    )
    coders = tuple(CoderRecord(identifier("coder", n), identifier("coder guid", n), f"Coder {n}") for n in range(4))
    text = SENTENCE * 200
    source_records = tuple(
        SourceRecord(identifier("source", n), identifier("source guid", n), f"Source {n:04}", text)
        for n in range(sources)
    )
    readings = tuple(
        ReadingRecord(identifier("reading", n, m), source.id, coder.id)
        for n, source in enumerate(source_records)
        for m, coder in enumerate(coders)
    )
    segments = []
    for n, source in enumerate(source_records):
        for m in range(SEGMENTS_PER_SOURCE):
            start = (m * 37) % 190 * len(SENTENCE)
            coder = m % len(coders)
            segments.append(
                SegmentRecord(
                    id=identifier("segment", n, m),
                    refi_guid=identifier("segment guid", n, m),
                    reading_id=readings[n * len(coders) + coder].id,
                    source_id=source.id,
                    code_id=codes[m % len(codes)].id,
                    coder_id=coders[coder].id,
                    start=start,
                    end=start + len(SENTENCE) * (1 + m % 4),
                    created_at="2026-03-05T10:11:12+00:00",
                )
            )
    study = StudyRecord(identifier("study"), "large", "Large", languages=("fr", "en"))
    return DatasetRecord(
        study, sources=source_records, coders=coders, codes=codes, readings=readings, segments=tuple(segments)
    )


def write_bare_project(dataset: DatasetRecord) -> bytes:
    """The least that writes the same codings: one tree, nothing sorted, grouped, checked or named."""
    root = etree.Element(f"{{{NAMESPACE}}}Project", {"name": dataset.study.name}, nsmap={None: NAMESPACE})
    sources = etree.SubElement(root, f"{{{NAMESPACE}}}Sources")
    texts = {
        source.id: etree.SubElement(sources, f"{{{NAMESPACE}}}TextSource", {"guid": source.refi_guid})
        for source in dataset.sources
    }
    for segment in dataset.segments:
        made = {"creatingUser": segment.coder_id, "creationDateTime": segment.created_at}
        span = {"startPosition": str(segment.start), "endPosition": str(segment.end)}
        selection = etree.SubElement(
            texts[segment.source_id], f"{{{NAMESPACE}}}PlainTextSelection", {"guid": segment.id, **span, **made}
        )
        coding = etree.SubElement(selection, f"{{{NAMESPACE}}}Coding", {"guid": segment.refi_guid, **made})
        etree.SubElement(coding, f"{{{NAMESPACE}}}CodeRef", {"targetGUID": segment.code_id})
    target = BytesIO()
    with ZipFile(target, "w") as archive:
        archive.writestr("project.qde", etree.tostring(root, encoding="UTF-8", xml_declaration=True))
        for source in dataset.sources:
            archive.writestr(f"sources/{source.refi_guid}.txt", source.text.encode())
    return target.getvalue()


def write_bare_table(dataset: DatasetRecord) -> bytes:
    """The least that writes a row per segment with its quote."""
    texts = {source.id: source.text for source in dataset.sources}
    target = StringIO(newline="")
    csv.writer(target).writerows(
        (
            segment.id,
            segment.code_id,
            segment.coder_id,
            segment.start,
            segment.end,
            texts[segment.source_id][segment.start : segment.end],
        )
        for segment in dataset.segments
    )
    return target.getvalue().encode()


def seconds(work: Callable[[], object]) -> float:
    """The shortest of three runs."""
    times = []
    for _ in range(3):
        began = perf_counter()
        work()
        times.append(perf_counter() - began)
    return min(times)


@pytest.mark.parametrize(("name", "bare", "limit"), [("qdpx", write_bare_project, 3.0), ("csv", write_bare_table, 6.0)])
def test_an_export_takes_a_small_multiple_of_a_bare_writer(
    name: str, bare: Callable[[DatasetRecord], bytes], limit: float
) -> None:
    dataset = make_large_dataset()
    export, least = seconds(lambda: FORMATS[name].to_bytes(dataset, "fr")), seconds(lambda: bare(dataset))
    print(f"\n{name}: {export:.2f} s, bare writer {least:.2f} s, ratio {export / least:.2f}")
    assert export <= limit * least


@pytest.mark.parametrize("name", ["qdpx", "csv"])
def test_python_memory_stays_below_the_size_of_what_is_written(name: str) -> None:
    dataset = make_large_dataset()
    with TemporaryFile() as target:
        tracemalloc.start()
        FORMATS[name].write(dataset, "fr", target)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        written = target.tell()
    print(f"\n{name}: {written / MEBIBYTE:.1f} MiB written, peak {peak / MEBIBYTE:.1f} MiB")
    assert peak <= 16 * MEBIBYTE


def growth_of_the_process(name: str, sources: int) -> float:
    """MiB by which a fresh process grows while writing; counts what lxml allocates outside Python too."""
    dataset = make_large_dataset(sources)
    FORMATS[name].to_bytes(make_large_dataset(1), "fr")
    # Linux forgets the highest memory use so far, so that building the dataset does not hide that of writing it.
    Path("/proc/self/clear_refs").write_text("5")
    before = highest_memory_use()
    with TemporaryFile() as target:
        FORMATS[name].write(dataset, "fr", target)
    return (highest_memory_use() - before) / 1024


def highest_memory_use() -> int:
    """KiB of memory the process held at most since it was last forgotten."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM:")))


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="memory of a process is read as Linux tells it")
@pytest.mark.parametrize("name", ["qdpx", "csv"])
def test_the_process_hardly_grows_with_the_number_of_sources(name: str) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
        growth = fresh.submit(growth_of_the_process, name, SOURCES).result()
    print(f"\n{name}: process grew by {growth:.1f} MiB")
    assert growth <= 32
