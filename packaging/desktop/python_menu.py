"""Adds "Describe with Hearsight" to the menu of photos in Nautilus and in Caja, whose extensions are alike."""

import gi

# Either program reads its own folder of extensions.
NAME = "Caja" if "caja-python" in __file__ else "Nautilus"
if NAME == "Caja":
    gi.require_version("Caja", "2.0")
    from gi.repository import Caja as FileManager
else:
    from gi.repository import Nautilus as FileManager

from gi.repository import Gio, GLib, GObject  # noqa: E402

ENTRY = "org.hearsight.Hearsight.desktop"
TYPES = "@MIME_TYPES@".strip(";").split(";")
LABEL = {"ko": "Hearsight로 설명 듣기"}
TIP = {"ko": "이 사진을 소리 내어 설명합니다"}


def in_language(default, others):
    """The text in the first of the person's languages that there is, English where there is none."""
    for language in GLib.get_language_names():
        if language.split("_")[0] == "en":
            break
        if language in others:
            return others[language]
    return default


class Describe(GObject.GObject, FileManager.MenuProvider):
    """Offers the item where all that is chosen are photos."""

    def get_file_items(self, *arguments):
        # Nautilus 43 gives the files alone, earlier ones and Caja a window before them.
        files = arguments[-1]
        if not files or not all(file.get_mime_type() in TYPES for file in files):
            return []
        item = FileManager.MenuItem(
            name="Hearsight::Describe",
            label=in_language("Describe with Hearsight", LABEL),
            tip=in_language("Describes this photo aloud", TIP),
            icon="org.hearsight.Hearsight",
        )
        item.connect("activate", self.describe, [file.get_location() for file in files])
        return [item]

    def get_background_items(self, *_):
        return []

    def describe(self, _item, files):
        Gio.DesktopAppInfo.new(ENTRY).launch(files, None)
