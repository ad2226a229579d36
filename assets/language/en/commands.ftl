# The commands: what each is called, and as .help what it does.

command-open = Open
    .help = Choose a photo; dropping one on the window does the same.
command-paste = Paste
    .help = Describe the picture or the photo file on the clipboard.
command-describe = Describe
    .help = Describe the photo again.
command-copy = Copy
    .help = Put the sentence on the clipboard.
command-next-word = Next word
    .help = Light the part of the photo behind the next word and name its place.
command-previous-word = Previous word
    .help = The same for the word before.
command-larger-text = Larger text
    .help = Make the sentence larger.
command-smaller-text = Smaller text
    .help = Make the sentence smaller.
command-speak = Speak
    .help = Read the sentence aloud, or stop reading it.
command-stop = Stop
    .help = Stop reading; close the list of keys.
command-next-theme = Next theme
    .help = Change the colours: as the system, light, dark, black on white, white on black, yellow on black.
command-larger-all = Everything larger
    .help = Make everything in the window larger.
command-smaller-all = Everything smaller
    .help = Make everything in the window smaller.
command-usual-size = Usual size
    .help = Make everything in the window as large as the system has it.
command-help = Keys
    .help = Show or close this list of keys.

# What the groups of commands are called.
group-photo = Photo
group-view = View
group-attention = Attention
group-sentence = Sentence
group-voice = Voice
group-program = Program

# Keys that every part of the window understands.
built-in-tab = Go to the next button or word; Enter presses it.
