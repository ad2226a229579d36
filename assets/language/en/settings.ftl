# The settings and their screen, themes, sizes.

text-size = Text size: { $points } points.
scale-now = Size of everything: { $percent } %.
theme-now = Theme: { $name }.

theme-system = As the system
theme-light = Light
theme-dark = Dark
theme-black-on-white = Black on white
theme-white-on-black = White on black
theme-yellow-on-black = Yellow on black

settings-kept-aside = The settings could not be read, so the usual ones are used. The old file is kept as { $file }.
settings-unreadable = The settings in { $file } could not be read, so the usual ones are used, and changes are not kept. Correct or remove that file.
settings-out-of-bounds = The setting { $key } was outside its bounds; { $used } is used instead.
settings-not-understood = The setting { $key } was not understood; { $used } is used instead.
settings-not-written = The settings cannot be saved in { $folder }: it is read-only or full. They hold until the window is closed.
settings-no-folder = There is no folder to keep the settings in. They hold until the window is closed; set HEARSIGHT_CONFIG_DIR to a folder to keep them.
settings-usual = the usual one
