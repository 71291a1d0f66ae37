"""Reading a PDF back: what a person and a screen reader would find in it."""

from io import BytesIO
from typing import Any

from pypdf import PdfReader


class Read:
    """The facts of one PDF that tests assert."""

    def __init__(self, content: bytes) -> None:
        reader = PdfReader(BytesIO(content))
        root: Any = reader.root_object
        first: Any = reader.pages[0]
        self.pages = len(reader.pages)
        self.title = reader.metadata.title if reader.metadata else None
        self.language = str(root["/Lang"])
        self.is_tagged = bool(root["/MarkInfo"]["/Marked"])
        self.text = "\n".join(page.extract_text() for page in reader.pages)
        self.fonts = {
            font.get_object()["/BaseFont"] for font in first["/Resources"]["/Font"].values()
        }
        self.size_points = (first.mediabox.width, first.mediabox.height)
