"""Small files of every format, made here so that tests hold no binary."""

import io
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
DRAWN = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"


def zipped(entries: Mapping[str, str | bytes]) -> bytes:
    """A zip holding `entries`, in order, at a fixed time."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name, (2025, 6, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def word_paragraph(text: str, *, style: str = "", bold: str = "") -> str:
    """A paragraph, `bold` words first."""
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    head = f'<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">{escape(bold)}</w:t></w:r>' if bold else ""
    return f'<w:p>{properties}{head}<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def docx(*body: str, extra: Mapping[str, str | bytes] | None = None, head: str = "") -> bytes:
    """A Word document of paragraphs made by `word_paragraph`, or of raw XML."""
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{style}"><w:name w:val="{name}"/></w:style>'
        for style, name in (
            ("Title", "Title"),
            ("Heading1", "heading 1"),
            ("Heading2", "heading 2"),
            ("Quote", "Quote"),
        )
    )
    entries: dict[str, str | bytes] = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/></Types>'
        ),
        "_rels/.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
            'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
            'Target="word/document.xml"/></Relationships>'
        ),
        "word/styles.xml": f'<w:styles xmlns:w="{WORD}">{styles}</w:styles>',
        "word/document.xml": (
            f'{head}<w:document xmlns:w="{WORD}" {DRAWN}><w:body>{"".join(body)}</w:body></w:document>'
        ),
    }
    return zipped(entries | dict(extra or {}))


def odt(*body: str, manifest: str = "", head: str = "") -> bytes:
    """An OpenDocument text of raw XML paragraphs; the style `B` is bold, `Q` derives from Quotations."""
    names = {
        "office": OFFICE,
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
        "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
        "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
        "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
        "dc": "http://purl.org/dc/elements/1.1/",
    }
    spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in names.items())
    automatic = (
        '<office:automatic-styles><style:style style:name="B" style:family="text"><style:text-properties '
        'fo:font-weight="bold"/></style:style><style:style style:name="Q" style:family="paragraph" '
        'style:parent-style-name="Quotations"/></office:automatic-styles>'
    )
    content = (
        f'{head}<office:document-content {spaces} office:version="1.2">{automatic}<office:body><office:text>'
        f"{''.join(body)}</office:text></office:body></office:document-content>"
    )
    mimetype = "application/vnd.oasis.opendocument.text"
    listed = manifest or (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{mimetype}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    styles = f'<office:document-styles {spaces} office:version="1.2"><office:styles/></office:document-styles>'
    return zipped({"mimetype": mimetype, "content.xml": content, "styles.xml": styles, "META-INF/manifest.xml": listed})


def odt_paragraph(text: str, *, style: str = "", bold: str = "") -> str:
    attribute = f' text:style-name="{style}"' if style else ""
    head = f'<text:span text:style-name="B">{escape(bold)}</text:span>' if bold else ""
    return f"<text:p{attribute}>{head}{escape(text)}</text:p>"


def odt_heading(text: str) -> str:
    return f'<text:h text:outline-level="1">{escape(text)}</text:h>'


INTERVIEW_DOCX = docx(
    word_paragraph("Entretien, salle de lecture", style="Title"),
    word_paragraph(" Qui lit en premier\u00a0?", bold="Enquêtrice\u00a0:"),
    word_paragraph(" Moi. Toujours.", bold="Dr Sorel\u00a0:"),
    word_paragraph("Sauf la nuit."),
)
INTERVIEW_ODT = odt(
    odt_heading("Entretien, salle de lecture"),
    odt_paragraph(" Qui lit en premier\u00a0?", bold="Enquêtrice\u00a0:"),
    odt_paragraph(" Moi. Toujours.", bold="Dr Sorel\u00a0:"),
    odt_paragraph("Sauf la nuit."),
)
INTERVIEW_TXT = """Entretien, salle de lecture

ENQUÊTRICE\u00a0: Qui lit en premier\u00a0?

DR SOREL\u00a0: Moi. Toujours.

Sauf la nuit.

ENQUÊTRICE\u00a0: Et la nuit\u00a0?

DR SOREL\u00a0: La machine.
""".encode()
NOTE_MD = """# Salle de lecture, un jeudi

## Avant la visite

Le radiologue éteint la lampe. Il dit\u00a0: rien.

> «\u00a0Attends, je regarde d’abord.\u00a0»

Interprétation\u00a0: il protège son premier regard.
""".encode()
INTERVIEW_VTT = b"""WEBVTT

NOTE recorded on the ward

00:00:01.000 --> 00:00:02.500
<v Interviewer>Who reads first?

00:00:03.000 --> 00:00:04.000
<v Dr Pell>I do.

00:00:04.000 --> 00:00:06.250
<v Dr Pell>Always.
"""

VALID = {
    "interview.docx": INTERVIEW_DOCX,
    "interview.odt": INTERVIEW_ODT,
    "interview.txt": INTERVIEW_TXT,
    "note.md": NOTE_MD,
    "interview.vtt": INTERVIEW_VTT,
}
