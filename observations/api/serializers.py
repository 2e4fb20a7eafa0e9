"""The shapes of studies, people, the field and sources on the wire: what comes in and what goes out, apart."""

from typing import Any

from rest_framework import serializers

from fieldstudy.api.schema import ProblemOut
from observations.actions.participants import ITEMS
from observations.models import Participant, Source, Study, Tool, Turn
from observations.roles import Role

TEXTS = 'Texts by language: `{"en": …, "fr": …}`.'
ROLES = [role.value for role in Role]


class Texts(serializers.DictField):
    """A text in several languages."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", TEXTS)
        super().__init__(child=serializers.CharField(max_length=4000, allow_blank=True), **kwargs)


class StudyOut(serializers.Serializer):
    """A study that one belongs to."""

    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField()
    description = Texts()
    mode = serializers.ChoiceField(Study.Mode.values)
    policy = serializers.ChoiceField(Study.Policy.values)
    languages = serializers.ListField(child=serializers.CharField())
    time_zone = serializers.CharField()
    controller = serializers.CharField()
    legal_basis = serializers.CharField()
    retention_on = serializers.DateField(allow_null=True)
    roles = serializers.ListField(child=serializers.ChoiceField(ROLES), help_text="Your own.")


class StudyIn(serializers.Serializer):
    """A study to begin, under an id made by the client."""

    id = serializers.UUIDField()
    name = serializers.CharField(max_length=200)
    slug = serializers.SlugField(max_length=80, required=False, default="", allow_blank=True)
    languages = serializers.ListField(child=serializers.CharField(max_length=8), min_length=1)


class StudyChange(serializers.Serializer):
    """What to change of a study; what is left out stays."""

    name = serializers.CharField(max_length=200, required=False)
    description = Texts(required=False)
    mode = serializers.ChoiceField(Study.Mode.values, required=False)
    policy = serializers.ChoiceField(Study.Policy.values, required=False)
    languages = serializers.ListField(child=serializers.CharField(max_length=8), min_length=1, required=False)
    controller = serializers.CharField(max_length=300, required=False, allow_blank=True)
    legal_basis = serializers.CharField(max_length=300, required=False, allow_blank=True)
    retention_on = serializers.DateField(required=False, allow_null=True)


class MemberOut(serializers.Serializer):
    """A person of the study."""

    user = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.EmailField()
    roles = serializers.ListField(child=serializers.ChoiceField(ROLES))


class RolesIn(serializers.Serializer):
    """Exactly these roles; none ends the membership."""

    roles = serializers.ListField(child=serializers.ChoiceField(ROLES))


class InvitationIn(serializers.Serializer):
    """A person to invite."""

    email = serializers.EmailField()
    roles = serializers.ListField(child=serializers.ChoiceField(ROLES), min_length=1)


class InvitationOut(serializers.Serializer):
    """An invitation, with the token of its link: the one time it is told."""

    id = serializers.UUIDField()
    email = serializers.EmailField()
    roles = serializers.ListField(child=serializers.ChoiceField(ROLES))
    expires_at = serializers.DateTimeField()
    token = serializers.CharField()


class SiteIn(serializers.Serializer):
    """A ward, practice or laboratory, under an id made by the client."""

    id = serializers.UUIDField()
    name = serializers.CharField(max_length=120)
    alias = serializers.CharField(max_length=60)
    specialty = Texts(required=False, default=dict)


class SiteOut(serializers.Serializer):
    """A ward, practice or laboratory."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    alias = serializers.CharField()
    specialty = Texts()


class ToolIn(serializers.Serializer):
    """An AI system under study, under an id made by the client."""

    id = serializers.UUIDField()
    name = serializers.CharField(max_length=120)
    kind = serializers.ChoiceField(Tool.Kind.values)
    maker = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    regulatory_status = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    autonomy = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    description = Texts(required=False, default=dict)


class ToolOut(serializers.Serializer):
    """An AI system under study."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(Tool.Kind.values)
    maker = serializers.CharField()
    regulatory_status = serializers.CharField()
    autonomy = serializers.CharField()
    description = Texts()


class PromiseIn(serializers.Serializer):
    """A claim made for a tool, under an id made by the client."""

    id = serializers.UUIDField()
    tool = serializers.UUIDField()
    text = Texts(allow_empty=False)
    claimed_by = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    claimed_where = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    claimed_on = serializers.CharField(max_length=20, required=False, default="", allow_blank=True)


class PromiseOut(serializers.Serializer):
    """A claim made for a tool."""

    id = serializers.UUIDField()
    tool = serializers.UUIDField(source="tool_id")
    text = Texts()
    claimed_by = serializers.CharField()
    claimed_where = serializers.CharField()
    claimed_on = serializers.CharField()


class ParticipantIn(serializers.Serializer):
    """A person of the field by pseudonym, under an id made by the client."""

    id = serializers.UUIDField()
    code = serializers.CharField(max_length=20)
    role = serializers.ChoiceField(Participant.Kind.values)
    title = Texts(required=False, default=dict)
    seniority = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    site = serializers.UUIDField(required=False, allow_null=True, default=None)


class ConsentOut(serializers.Serializer):
    """One version of what a participant permits."""

    version = serializers.IntegerField()
    state = serializers.ChoiceField(["given", "withdrawn"])
    permits = serializers.DictField(child=serializers.BooleanField())
    form_version = serializers.CharField()
    given_on = serializers.DateField()
    recorded_at = serializers.DateTimeField()


class ParticipantOut(serializers.Serializer):
    """A person of the field; `consent` is null where none is on record, which permits nothing."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    role = serializers.ChoiceField(Participant.Kind.values)
    title = Texts()
    seniority = serializers.CharField()
    site = serializers.UUIDField(allow_null=True)
    consent = ConsentOut(allow_null=True)


class ConsentIn(serializers.Serializer):
    """What a participant now permits, as the next version; what is not listed is not permitted."""

    id = serializers.UUIDField()
    permits = serializers.ListField(child=serializers.ChoiceField(list(ITEMS)))
    form_version = serializers.CharField(max_length=40)
    given_on = serializers.DateField()


class WithdrawalIn(serializers.Serializer):
    """A consent taken back."""

    id = serializers.UUIDField()
    on = serializers.DateField()


class TurnIn(serializers.Serializer):
    """One turn of a text to bring in."""

    text = serializers.CharField(max_length=1_000_000)
    kind = serializers.ChoiceField(Turn.Kind.values, default="speech")
    speaker = serializers.CharField(max_length=80, required=False, default="", allow_blank=True)
    start_ms = serializers.IntegerField(min_value=0, required=False, allow_null=True, default=None)
    end_ms = serializers.IntegerField(min_value=0, required=False, allow_null=True, default=None)


class SourceIn(serializers.Serializer):
    """A source of these turns, under an id made by the client. `speakers` maps a label to a participant's id."""

    id = serializers.UUIDField()
    title = serializers.CharField(max_length=300)
    kind = serializers.ChoiceField(Source.Kind.values)
    language = serializers.CharField(max_length=8, required=False, default="", allow_blank=True)
    observed_on = serializers.DateField(required=False, allow_null=True, default=None)
    observer = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    site = serializers.UUIDField(required=False, allow_null=True, default=None)
    tools = serializers.ListField(child=serializers.UUIDField(), required=False, default=list)
    participants = serializers.ListField(child=serializers.UUIDField(), required=False, default=list)
    speakers = serializers.DictField(child=serializers.UUIDField(), required=False, default=dict)
    turns = TurnIn(many=True, allow_empty=False)


class SourceChange(serializers.Serializer):
    """What to change of a source's details; what is left out stays."""

    title = serializers.CharField(max_length=300, required=False)
    kind = serializers.ChoiceField(Source.Kind.values, required=False)
    language = serializers.CharField(max_length=8, required=False, allow_blank=True)
    observed_on = serializers.DateField(required=False, allow_null=True)
    observer = serializers.CharField(max_length=120, required=False, allow_blank=True)
    site = serializers.UUIDField(required=False, allow_null=True)
    tools = serializers.ListField(child=serializers.UUIDField(), required=False)
    participants = serializers.ListField(child=serializers.UUIDField(), required=False)
    speakers = serializers.DictField(child=serializers.UUIDField(), required=False)


class SourceOut(serializers.Serializer):
    """What is said of a source."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(Source.Kind.values)
    language = serializers.CharField()
    observed_on = serializers.DateField(allow_null=True)
    observer = serializers.CharField()
    site = serializers.UUIDField(allow_null=True)
    tools = serializers.ListField(child=serializers.UUIDField())
    participants = serializers.ListField(child=serializers.UUIDField())
    revision = serializers.UUIDField()
    revision_number = serializers.IntegerField()
    words = serializers.IntegerField()
    length = serializers.IntegerField(help_text="In Unicode code points.")
    sha256 = serializers.CharField(help_text="Of the text in UTF-8.")


class TurnOut(serializers.Serializer):
    """A stretch `[start, end)` of the text, in Unicode code points."""

    id = serializers.UUIDField()
    number = serializers.IntegerField()
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    kind = serializers.ChoiceField(Turn.Kind.values)
    speaker = serializers.CharField()
    participant = serializers.UUIDField(allow_null=True)
    language = serializers.CharField()
    start_ms = serializers.IntegerField(allow_null=True)
    end_ms = serializers.IntegerField(allow_null=True)
    text = serializers.CharField(trim_whitespace=False)


class SourceWithTextOut(SourceOut):
    """A source with the text of its current revision, whole and by turns."""

    text = serializers.CharField(trim_whitespace=False)
    turns = TurnOut(many=True)


class CorrectionIn(serializers.Serializer):
    """The whole corrected text, and the number of the revision it was made from."""

    text = serializers.CharField(trim_whitespace=False, max_length=5_000_000)
    based_on = serializers.IntegerField(min_value=1)
    note = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    accept_losses = serializers.BooleanField(required=False, default=False)


class EffectOut(serializers.Serializer):
    """What a correction would do to coded passages."""

    moved = serializers.IntegerField()
    changed = serializers.IntegerField()
    lost = serializers.IntegerField()


class RevisionOut(serializers.Serializer):
    """A revision of a source's text."""

    id = serializers.UUIDField()
    number = serializers.IntegerField()
    sha256 = serializers.CharField()
    length = serializers.IntegerField(help_text="In Unicode code points.")
    words = serializers.IntegerField()


class ImportIn(serializers.Serializer):
    """Files to import, with what is common to them."""

    id = serializers.UUIDField()
    files = serializers.ListField(child=serializers.FileField(allow_empty_file=True), min_length=1)
    site = serializers.UUIDField(required=False)
    tools = serializers.ListField(child=serializers.UUIDField(), required=False, default=list)
    observed_on = serializers.DateField(required=False)


class ImportFileOut(serializers.Serializer):
    """One file of an import: waiting, imported as a source, or refused with problems."""

    name = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    state = serializers.ChoiceField(["waiting", "imported", "refused"])
    source = serializers.UUIDField(allow_null=True)  # type: ignore[assignment]
    problems = ProblemOut(many=True)


class JobOut(serializers.Serializer):
    """A piece of background work. `problem` is in the language asked for."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    state = serializers.ChoiceField(["queued", "running", "done", "failed", "cancelled"])
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    problem_code = serializers.CharField()
    problem = serializers.CharField()


class ImportOut(serializers.Serializer):
    """An import with its files."""

    id = serializers.UUIDField()
    job = JobOut(allow_null=True)
    files = ImportFileOut(many=True)
