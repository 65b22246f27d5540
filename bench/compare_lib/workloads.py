"""What is asked of every server: one photo, one width, one format each, all at quality 80."""

import dataclasses

QUALITY = 80
SRCSET_WIDTHS = (160, 240, 320, 480, 640, 800, 1024, 1280)
SRCSET_PHOTO = "sharp-2725x2225.jpg"
LARGEST_PHOTO = "bird-6028x3391-20mp.jpg"


@dataclasses.dataclass(frozen=True)
class Workload:
    photo: str
    width: int
    format: str  # jpeg, webp, png

    @property
    def name(self):
        return f"{self.photo} -> {self.format} {self.width}"

    @property
    def source_format(self):
        suffix = self.photo.rsplit(".", 1)[1]
        return "jpeg" if suffix == "jpg" else suffix

    @property
    def needs_turning(self):
        return "exif" in self.photo


def each(photos, widths, format_):
    return [Workload(photo, width, format_) for photo in photos for width in widths]


FULL = (
    each(["sharp-2725x2225.jpg", "cover-1500-420-q90.jpg", "cover-2000-420-prog-q85.jpg", "moss-2560x1600-444.jpg",
          "dog-4032x3024-exif6.jpg", LARGEST_PHOTO], (1280, 640, 300, 100), "jpeg")
    + each(["sharp-2725x2225.jpg"], (1280, 640, 300, 100), "webp")
    + each(["cover-1500-420-q90.jpg", "moss-2560x1600-444.jpg"], (640,), "webp")
    + each(["dandelion-1600-rgba.png"], (640, 300), "webp")
    + each(["dandelion-1600-rgba.png"], (640, 300), "png")
    + each(["forest-2560x1600.webp"], (1280, 640), "webp")
)

QUICK = (
    each(["sharp-2725x2225.jpg"], (1280, 640, 300, 100), "jpeg")
    + each(["cover-2000-420-prog-q85.jpg"], (1280, 300), "jpeg")
    + each(["moss-2560x1600-444.jpg", "dog-4032x3024-exif6.jpg"], (640,), "jpeg")
    + each(["sharp-2725x2225.jpg"], (640,), "webp")
    + each(["dandelion-1600-rgba.png"], (640,), "webp")
    + each(["dandelion-1600-rgba.png"], (640,), "png")
    + each(["forest-2560x1600.webp"], (640,), "webp")
)

# A server a hundred times slower gets only the workload that the comparison with it is about.
FOR_SLOW_PEERS = {Workload("sharp-2725x2225.jpg", 1280, "jpeg")}
