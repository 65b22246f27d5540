"""The six jobs that are counted: between them every decoder and encoder, and each way through the engine."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Job:
    name: str
    original: str  # one of inputs.py's files
    width: int
    format: str


JOBS = (
    Job("jpeg-to-jpeg-1280", "photo.jpg", 1280, "jpeg"),  # decoded whole
    Job("jpeg-to-jpeg-300", "photo.jpg", 300, "jpeg"),  # decoded at a smaller scale
    Job("progressive-to-jpeg-640", "progressive.jpg", 640, "jpeg"),
    Job("jpeg-to-webp-640", "photo.jpg", 640, "webp"),
    Job("png-with-alpha-to-png-640", "cut-out.png", 640, "png"),
    Job("webp-to-webp-640", "photo.webp", 640, "webp"),
)
