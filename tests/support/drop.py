"""Drops files on a window as a file manager does, by the XDND protocol, version 5.

    drop.py WINDOW FILE...

What has a scheme, such as https://, is dropped as it is, as a browser does with a picture.

Ends with code 0 once the window has said that it took them.
"""

import pathlib
import sys
import time

from Xlib import X, display
from Xlib.protocol import event

PATIENCE = 30.0
VERSION = 5

connection = display.Display()
screen = connection.screen()


def atom(name):
    return connection.intern_atom(name)


def tree(node):
    yield node
    for child in node.query_tree().children:
        yield from tree(child)


def target(name):
    """The window that takes drops and has the name, whatever frame the window manager put around it."""
    for node in tree(screen.root):
        title = node.get_full_property(atom("_NET_WM_NAME"), X.AnyPropertyType)
        text = title.value.decode() if title and isinstance(title.value, bytes) else title and title.value
        if text == name and node.get_full_property(atom("XdndAware"), X.AnyPropertyType):
            return node
    sys.exit(f"no window {name!r} takes drops")


def tell(window, source, kind, data):
    message = event.ClientMessage(window=window, client_type=atom(kind), data=(32, [source.id, *data]))
    window.send_event(message)
    connection.flush()


def main():
    name, *files = sys.argv[1:]
    uri = lambda file: file if "://" in file else pathlib.Path(file).absolute().as_uri()
    uris = "".join(uri(file) + "\r\n" for file in files).encode()
    window = target(name)
    source = screen.root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
    source.set_selection_owner(atom("XdndSelection"), X.CurrentTime)
    size = window.get_geometry()
    middle = screen.root.translate_coords(window, size.width // 2, size.height // 2)
    # X tells where the point lies in the root; older python3-xlib gives the signs the other way round.
    x, y = abs(middle.x), abs(middle.y)

    uri_list, copy = atom("text/uri-list"), atom("XdndActionCopy")
    tell(window, source, "XdndEnter", [VERSION << 24, uri_list, 0, 0])
    tell(window, source, "XdndPosition", [0, x << 16 | y, X.CurrentTime, copy])

    begun, dropped = time.monotonic(), False
    while time.monotonic() - begun < PATIENCE:
        if not connection.pending_events():
            time.sleep(0.02)
            continue
        happened = connection.next_event()
        if happened.type == X.SelectionRequest:
            happened.requestor.change_property(happened.property, uri_list, 8, uris)
            answer = event.SelectionNotify(
                time=happened.time,
                requestor=happened.requestor,
                selection=happened.selection,
                target=happened.target,
                property=happened.property if happened.target == uri_list else X.NONE,
            )
            happened.requestor.send_event(answer)
            connection.flush()
        elif happened.type == X.ClientMessage and happened.client_type == atom("XdndStatus"):
            if not happened.data[1][1] & 1:
                sys.exit("the window takes no drop here")
            if not dropped:
                dropped = True
                tell(window, source, "XdndDrop", [0, X.CurrentTime, 0, 0])
        elif happened.type == X.ClientMessage and happened.client_type == atom("XdndFinished"):
            sys.exit(0 if happened.data[1][1] & 1 else "the window did not take the drop")
    sys.exit("the window did not answer the drop")


main()
