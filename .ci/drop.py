#!/usr/bin/env python3
"""Drags files from another program onto an X11 window: speaks the XDND protocol (version 5) as its source.

usage: drop.py WINDOW X Y FILE...    HOVER=seconds keeps hovering before the drop
"""
import os
import sys
import time
import urllib.parse

from Xlib import X, display
from Xlib.protocol import event

window, x, y = int(sys.argv[1], 0), int(sys.argv[2]), int(sys.argv[3])
screen = display.Display()
root = screen.screen().root
atom = screen.intern_atom
target = screen.create_resource_object("window", window)
aware = target.get_full_property(atom("XdndAware"), X.AnyPropertyType)
if aware is None:
    sys.exit("the window takes no drops")
source = root.create_window(-10, -10, 1, 1, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask)
source.set_selection_owner(atom("XdndSelection"), X.CurrentTime)
uris = "".join(f"file://{urllib.parse.quote(os.path.abspath(file))}\r\n" for file in sys.argv[4:]).encode()
corner = target.translate_coords(root, 0, 0)
at = ((x - corner.x) << 16) | (y - corner.y)


def send(kind, data):
    message = event.ClientMessage(window=target, client_type=atom(kind), data=(32, [source.id, *data]))
    target.send_event(message)
    screen.flush()


def serve(answer, seconds):
    """Hands over the file names when asked; returns the answer's data, or None when the time is up."""
    end = time.time() + seconds
    while time.time() < end:
        while screen.pending_events():
            got = screen.next_event()
            if got.type == X.SelectionRequest:
                got.requestor.change_property(got.property, got.target, 8, uris)
                got.requestor.send_event(event.SelectionNotify(
                    time=got.time, requestor=got.requestor, selection=got.selection, target=got.target,
                    property=got.property))
                screen.flush()
            elif got.type == X.ClientMessage and screen.get_atom_name(got.client_type) == answer:
                return got.data[1]
        time.sleep(0.01)
    return None


send("XdndEnter", [min(5, aware.value[0]) << 24, atom("text/uri-list"), 0, 0])
send("XdndPosition", [0, at, X.CurrentTime, atom("XdndActionCopy")])
status = serve("XdndStatus", 5)
if status is None or not status[1] & 1:
    sys.exit(f"the window refuses the drop: {status}")
serve("nothing", float(os.environ.get("HOVER", "0.3")))
send("XdndPosition", [0, at + (2 << 16), X.CurrentTime, atom("XdndActionCopy")])
serve("XdndStatus", 2)
send("XdndDrop", [0, X.CurrentTime, 0, 0])
sys.exit(0 if serve("XdndFinished", 5) is not None else "the window did not finish the drop")
