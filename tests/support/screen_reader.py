"""What a screen reader finds in a window, through AT-SPI, as JSON on standard output.

    enable                      switches accessibility on, as the desktop does for any program that asks for it
    reader on|off               says on the session bus whether a screen reader is in use
    announcements SECONDS       listens for that long; prints what is announced
    wait WINDOW ROLE PATTERN [STATE]   waits for a node whose name matches; prints it
    wait-no WINDOW ROLE PATTERN        waits until there is no such node
    press WINDOW ROLE PATTERN          waits for it and does its first action
    tree WINDOW                        prints every node
    listen WINDOW                      prints what the window tells, one JSON object a line, until it is ended

ROLE and PATTERN are regular expressions for the whole of the role and the name; STATE is one that it must have.
"""

import json
import re
import sys
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, Gio, GLib  # noqa: E402

PATIENCE = 40.0


def say_status(name, on):
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    value = GLib.Variant("(ssv)", ("org.a11y.Status", name, GLib.Variant("b", on)))
    bus.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.freedesktop.DBus.Properties", "Set", value, None, 0, 20000, None)


def announcements(seconds):
    heard = []
    listener = Atspi.EventListener.new(lambda event: heard.append(str(event.any_data)))
    listener.register("object:announcement")
    print("listening", flush=True)
    GLib.timeout_add(int(1000 * seconds), Atspi.event_quit)
    Atspi.event_main()
    print(json.dumps(heard))


def children(node):
    for index in range(node.get_child_count()):
        child = node.get_child_at_index(index)
        if child is not None:
            yield child


def walk(node):
    yield node
    for child in children(node):
        yield from walk(child)


def window(name):
    for application in children(Atspi.get_desktop(0)):
        for frame in children(application):
            if frame.get_name() == name:
                return frame
    return None


def states(node):
    return [state.value_nick for state in node.get_state_set().get_states()]


def described(node):
    box = node.get_component_iface() and node.get_extents(Atspi.CoordType.WINDOW)
    return {
        "role": node.get_role_name(),
        "name": node.get_name(),
        "description": node.get_description(),
        "states": states(node),
        "rect": [box.x, box.y, box.width, box.height] if box else None,
    }


def find(name, role, pattern, state=None):
    """Waits: a node may go away while it is looked at, and then the walk begins anew."""
    begun = time.monotonic()
    seen = []
    while time.monotonic() - begun < PATIENCE:
        try:
            frame = window(name)
            seen = []
            for node in walk(frame) if frame else []:
                text = node.get_name() or ""
                has_focus = " (focused)" if "focused" in states(node) else ""
                seen.append(f"{node.get_role_name()}: {text}{has_focus}")
                fits = re.fullmatch(role, node.get_role_name()) and re.fullmatch(pattern, text)
                if fits and (state is None or state in states(node)):
                    return node
        except GLib.Error:
            pass
        time.sleep(0.1)
    sys.exit(f"no {state or ''} {role} named {pattern!r} in {name!r}; there were {seen}")


def find_none(name, role, pattern):
    begun = time.monotonic()
    while time.monotonic() - begun < PATIENCE:
        try:
            frame = window(name)
            nodes = [(node.get_role_name(), node.get_name() or "") for node in walk(frame)] if frame else []
            if nodes and not any(re.fullmatch(role, of) and re.fullmatch(pattern, text) for of, text in nodes):
                return
        except GLib.Error:
            pass
        time.sleep(0.1)
    sys.exit(f"the {role} {pattern!r} in {name!r} does not go")


def listen(name):
    """What has the focus, and what is announced, as it happens."""

    def told(event):
        try:
            node = event.source
            said = event.any_data if isinstance(event.any_data, str) else ""
            line = {"event": event.type, "on": event.detail1, "said": said, "name": node.get_name()}
            print(json.dumps({**line, "role": node.get_role_name()}), flush=True)
        except GLib.Error:
            pass

    listener = Atspi.EventListener.new(told)
    for kind in ("object:announcement", "object:state-changed:focused"):
        listener.register(kind)
    # Nodes that nobody has asked for tell nothing.
    find(name, ".*", ".*")
    print(json.dumps({"event": "listening"}), flush=True)
    Atspi.event_main()


def main():
    task, *rest = sys.argv[1:]
    if task == "enable":
        say_status("IsEnabled", True)
        return
    if task == "reader":
        say_status("ScreenReaderEnabled", rest[0] == "on")
        return
    if task == "wait-no":
        find_none(*rest)
        return
    if task == "announcements":
        announcements(float(rest[0]))
        return
    if task == "listen":
        listen(*rest)
        return
    if task == "tree":
        find(rest[0], ".*", ".*")
        print(json.dumps([described(node) for node in walk(window(rest[0]))]))
        return
    node = find(*rest)
    print(json.dumps(described(node)))
    if task == "press":
        if not node.get_action_iface() or not node.do_action(0):
            sys.exit("it has no action")


main()
