"""A desktop's portal for screenshots on the session bus, which answers as it is told.

    portal.py ANSWER FILE

ANSWER: picture (the file of FILE, whose copy is handed out), cancel, refuse, vanish (it ends with the dialog open),
deny (the call itself fails), web (an address that is no file's). "ready" is printed as soon as it is there, and then a
line for each call: interactive or not.
"""

import shutil
import sys

import gi

from gi.repository import Gio, GLib

ANSWER, FILE = sys.argv[1:]
NAME, PATH = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
INTERFACE = """
<node>
  <interface name="org.freedesktop.portal.Screenshot">
    <method name="Screenshot">
      <arg type="s" name="parent_window" direction="in"/>
      <arg type="a{sv}" name="options" direction="in"/>
      <arg type="o" name="handle" direction="out"/>
    </method>
    <property name="version" type="u" access="read"/>
  </interface>
</node>
"""
CODES = {"picture": 0, "web": 0, "cancel": 1, "refuse": 2}

loop = GLib.MainLoop()


def call(connection, sender, _path, _interface, _method, arguments, invocation):
    _, options = arguments.unpack()
    print("interactive" if options.get("interactive") else "at once", flush=True)
    if ANSWER == "deny":
        invocation.return_dbus_error("org.freedesktop.portal.Error.NotAllowed", "no")
        return
    handle = f"{PATH}/request/{sender[1:].replace('.', '_')}/{options['handle_token']}"
    invocation.return_value(GLib.Variant("(o)", (handle,)))
    GLib.timeout_add(50, answer, connection, sender, handle)


def answer(connection, sender, handle):
    if ANSWER == "vanish":
        loop.quit()
        return False
    results = {}
    if ANSWER == "picture":
        copy = FILE + " of the portal.png"
        shutil.copyfile(FILE, copy)
        results["uri"] = GLib.Variant("s", GLib.filename_to_uri(copy))
    if ANSWER == "web":
        results["uri"] = GLib.Variant("s", "https://example.org/screen.png")
    response = GLib.Variant("(ua{sv})", (CODES[ANSWER], results))
    connection.emit_signal(sender, handle, "org.freedesktop.portal.Request", "Response", response)
    return False


def version(*_):
    return GLib.Variant("u", 2)


def acquired(connection, _name):
    interface = Gio.DBusNodeInfo.new_for_xml(INTERFACE).interfaces[0]
    connection.register_object(PATH, interface, call, version, None)


Gio.bus_own_name(
    Gio.BusType.SESSION,
    NAME,
    Gio.BusNameOwnerFlags.NONE,
    acquired,
    lambda *_: print("ready", flush=True),
    lambda *_: sys.exit("the name is taken"),
)
loop.run()
