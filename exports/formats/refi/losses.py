"""What a REFI-QDA project cannot carry of a dataset."""

from exports.formats.contract import Loss
from exports.formats.lookup import chosen_segments
from exports.formats.losses import setting_left_out, suggestions_left_out, when
from exports.formats.notes_csv import marks_left_out, private_memos_left_out
from exports.formats.refi.codebook import code_losses
from exports.records import DatasetRecord
from fieldstudy.errors import gettext_noop

LAST_BASIC_CHARACTER = "\uffff"


def carries_not(dataset: DatasetRecord) -> list[Loss]:
    """What a REFI-QDA project leaves out of this dataset, or may not survive in another program."""
    return [
        *_segment_losses(dataset),
        *code_losses(dataset),
        *_source_losses(dataset),
        *when(
            sum(coder.kind != "person" for coder in dataset.coders),
            "refi.coder_kind",
            gettext_noop("Machines, imported coders and the consensus become users like persons: %(count)s of them."),
        ),
        *setting_left_out(dataset),
        *suggestions_left_out(dataset),
        *marks_left_out(dataset),
        *private_memos_left_out(dataset),
    ]


def _segment_losses(dataset: DatasetRecord) -> list[Loss]:
    segments = chosen_segments(dataset)
    phases = {reading.phase for reading in dataset.readings}
    return [
        *when(
            sum(segment.weight is not None for segment in segments),
            "refi.weight",
            gettext_noop("Weights of segments are left out: %(count)s of them."),
        ),
        *when(
            len(segments),
            "refi.origin",
            gettext_noop("How the %(count)s segments came about (by hand, from a suggestion) is left out."),
        ),
        *when(
            len(dataset.readings) if len(phases) > 1 else 0,
            "refi.phase",
            gettext_noop("First and final readings cannot be told apart: there are %(count)s readings of both kinds."),
        ),
    ]


def _source_losses(dataset: DatasetRecord) -> list[Loss]:
    return [
        *when(
            sum(bool(source.turns) for source in dataset.sources),
            "refi.turns",
            gettext_noop("Turns, their speakers and their times in the recording are left out: %(count)s sources."),
        ),
        *when(
            len(dataset.sources),
            "refi.revision",
            gettext_noop("Number and checksum of the revision are left out: %(count)s sources."),
        ),
        *when(
            sum(any(character > LAST_BASIC_CHARACTER for character in source.text) for source in dataset.sources),
            "refi.astral_characters",
            gettext_noop(
                "%(count)s sources have characters above U+FFFF (emoji, for example). A program that counts them as two"
                " will show later segments of these sources shifted."
            ),
        ),
    ]
