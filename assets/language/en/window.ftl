# The window: what stands in it, and the news of its status line.

language-system = As the system
language-english = English
language-korean = 한국어
language-changed = Everything is in English now.

fonts-no-korean = No Korean font was found, so Korean shows as boxes. Install one, such as Noto Sans CJK KR (Debian: fonts-noto-cjk and libfontconfig1), and start Hearsight again; or choose English in the settings (Ctrl+Comma).

empty-window = Open a photo, drop one here, or paste one.
empty-window-more = Hearsight writes one sentence about it and reads it aloud. Nothing leaves this computer.
welcome = Welcome to Hearsight. Three keys are enough: { $open } opens a photo, { $speak } reads its description or stops, { $help } lists all keys.
drop-here = Drop the photo to have it described
dialog-photos = Photos
close = Close

status-ready = Ready.
status-loading-model = Loading the model…
status-opening = Opening the photo…
status-choosing = Choose a photo in the file dialog.
status-nothing-chosen = No photo was chosen.
status-pasting = Looking at the clipboard…
status-looking = Looking at the photo…
status-writing = Writing the sentence…
status-covering = Covering parts of the photo: { $covered } of { $of }…
status-copied = The sentence is on the clipboard.
status-no-photo = There is no photo yet. Open, drop or paste one first.
status-no-sentence = There is no description yet.
status-nothing-to-paste = There is no picture and no photo file on the clipboard. Copy one and try again.
status-no-clipboard = The clipboard could not be read. Open or drop the photo instead.
typed-path-label = Path of the photo or folder:
typed-path-open = Open this path
typed-path-empty = Type the path of a photo or a folder first, for example ~/Pictures/dog.jpg.
typed-path-because = This system offers no file dialog. (A desktop portal or the program zenity would bring it.) Type the path of the photo here, or close this and drop or paste a photo.
status-no-thread = This could not be started: the system is out of threads or memory. Close some programs and try again.
described = Described in { $seconds } seconds.
described-quickly = Described in less than 0.1 seconds.
described-step = Left and Right step through its words.

# What screen readers call the photo.
photo-name = Photo: { $name }, { $width } by { $height } pixels
photo-lit = Lit: { $place }
dropped-picture = dropped picture
pasted-picture = pasted picture
model-about = Model { $name }, on { $device }

window-failed = The window could not be opened: there is no display, or none with OpenGL. `hearsight describe PHOTO` prints the sentence instead.
describer-gone = The part of Hearsight that describes photos has stopped by a fault. Close the window and start Hearsight again.
