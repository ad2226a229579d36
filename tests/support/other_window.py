"""Shows a window of another program: four colours, one in each quarter, where the arguments say.

    other_window.py LEFT TOP WIDTH HEIGHT

It has no frame, so that its place is exactly this; "shown" is printed as soon as it has the keyboard.
"""

import sys
import time

from Xlib import X, display

COLOURS = (0xC83C32, 0x3CA046, 0x3C5ABE, 0xDCC85A)

left, top, width, height = map(int, sys.argv[1:])
connection = display.Display()
screen = connection.screen()
# A window that is there before the window manager is not given the keyboard.
while not screen.root.get_full_property(connection.intern_atom("_NET_SUPPORTING_WM_CHECK"), X.AnyPropertyType):
    time.sleep(0.02)
window = screen.root.create_window(
    left, top, width, height, 0, screen.root_depth, event_mask=X.ExposureMask | X.FocusChangeMask
)
window.set_wm_name("other")
window.set_wm_normal_hints(flags=1 | 4, x=left, y=top)
# Motif's hint that a window wants no frame.
hint = connection.intern_atom("_MOTIF_WM_HINTS")
window.change_property(hint, hint, 32, [2, 0, 0, 0, 0])
window.map()
pen = window.create_gc()
said = False
while True:
    happened = connection.next_event()
    if happened.type == X.Expose:
        for quarter, colour in enumerate(COLOURS):
            pen.change(foreground=colour)
            across, down = quarter % 2, quarter // 2
            window.fill_rectangle(pen, across * width // 2, down * height // 2, width // 2 + 1, height // 2 + 1)
        connection.flush()
    if happened.type == X.FocusIn and not said:
        said = True
        # What was exposed before is drawn now.
        connection.sync()
        print("shown", flush=True)
