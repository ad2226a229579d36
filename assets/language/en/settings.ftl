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

# The screen of settings.
settings = Settings
settings-looks = Looks and language
settings-attention = Where the model looked
settings-voice = Voice
settings-photos = Photos
percent = { $percent } %
points = { $points } points

setting-language = Language
    .help = The language of this window. Descriptions come in the language that the model writes.
setting-theme = Theme
    .help = The colours of the window. The last three have the highest contrast.
setting-text-size = Size of the sentence
    .help = How large the letters of the description are.
setting-scale = Size of everything
    .help = How large everything in the window is, on top of the system's own scale.
setting-motion = Reduced motion
    .help = Whether things keep still instead of sliding and blinking.
motion-system = As the system
motion-reduced = On
motion-full = Off
setting-attention-mode = How the light is shown
    .help = How the part of the photo behind a word is marked.
setting-mode-colour = Colours
setting-mode-dim = The rest darkened
setting-mode-outline = A line around it
setting-attention-strength = Strength of the light
    .help = How strongly that part stands out.
setting-speak-when-ready = Speak when a description is ready
    .help = Reads each description aloud as soon as it is there. Without this, press Space.
setting-speech = Who speaks
    .help = With a screen reader running, either Hearsight or the screen reader speaks, never both at once.
speech-automatic = Automatic
speech-own-voice = Hearsight
speech-screen-reader = Screen reader
setting-rate = Speed
    .help = How fast the voice speaks.
rate-usual = usual
rate-faster = { $amount } faster
rate-slower = { $amount } slower
setting-volume = Loudness
    .help = How loud the voice is.
setting-describe-ahead = Describe the next photo ahead of time
    .help = While you listen, the next photo of the folder is described. This uses more power.
setting-keep-recent = Keep recent descriptions
    .help = Keeps the sentences, never the photos, on this computer, so that a photo seen before is described at once.
setting-voices = Voice of each language
    .help = A chosen voice says its name.
setting-recent = Recent descriptions
    .help = Forgets every description that is kept on this computer.
setting-recent-none = No descriptions are kept.
setting-recent-clear = Clear recent descriptions
