# A picture of the screen, and a second start of the program.

screen-picture = screen
screen-part-picture = part of the screen
status-taking-screen = Taking a picture of the screen…
screen-taken = This is the screen. To have a part of it described, show that alone ({ $zoom } and { $move }) and press { $describe }.

screen-none = There is no screen here to take a picture of. This works on Linux, in a desktop with Wayland or X11.
screen-no-portal = This desktop gives no picture of the screen: it has no portal for that. Install the xdg-desktop-portal of your desktop and log in again, or take a picture with the desktop's own key and paste it here.
screen-cancelled = No picture of the screen was taken.
screen-refused = The desktop has given no picture of the screen. Allow Hearsight to take screenshots in the desktop's settings, or take one with the desktop's own key and paste it here.
screen-portal-gone = The desktop's portal has ended without a picture of the screen. Try again, or take a picture with the desktop's own key and paste it here.
screen-no-window = There is no other window on the screen. Open or show the one that you mean and try again.
screen-in-the-way = Hearsight's own window does not go out of the way, so the picture would show nothing else. Take a picture with the desktop's own key and paste it here.
screen-broken = The screen cannot be read ({ $reason }). Take a picture with the desktop's own key and paste it here.
screen-colours = colours of { $bits } bits are not known here
screen-unreadable = The desktop's picture of the screen cannot be used: { $reason }
