# The words that a photo brings along, and the alternative text that is saved in it.

own-words-person = Written in the photo: { $words }
own-words-person-beside = Written beside the photo: { $words }
own-words-machine = Saved earlier, written by a machine and perhaps wrong: { $words }
own-words-then = The machine's sentence: { $sentence }
own-words-more = The longer description: { $words }
own-words-none = No words are saved in this photo or beside it.

# Why they could not be read or saved.
own-words-empty = There is nothing to save. Write a sentence first.
own-words-too-long = This text has { $count } characters, and an alternative text has at most { $most }. Shorten it.
own-words-there = A person has written a text for this photo already (“{ $words }”), so nothing was saved.
own-words-no-place = This photo's format has no place for a text that could be changed safely, so nothing was saved. The text can be saved in a file beside the photo.
own-words-damaged = The notes in this photo are damaged, so that changing them could lose something; nothing was saved. The text can be saved in a file beside the photo.
own-words-no-room = The notes in this photo leave no room for the text, so nothing was saved. It can be saved in a file beside the photo.
own-words-protected = This photo is write-protected, so nothing was saved. The text can be saved in a file beside the photo.
own-words-not-kept = The photo's owner and permissions could not be kept ({ $reason }), so nothing was saved. The text can be saved in a file beside the photo.
own-words-changed = Another program has changed the file meanwhile, so nothing was saved. Try again.
own-words-sidecar-damaged = The file { $path } beside the photo is damaged, so nothing was saved. Repair it or move it elsewhere, then try again.
own-words-no-backup = A copy of the photo as it is could not be made ({ $reason }), so nothing was saved. Check that the disk has room, then try again.
own-words-not-saved = The text could not be saved: { $reason }. The photo is as it was. Check that its folder may be written to and has room, then try again.
own-words-saved = Saved in { $path }.
own-words-saved-with-backup = Saved in { $path }. As it was it stays in { $backup }.

own-words-too-doubtful = This sentence may be wrong, so that it is not saved without a look at it.
own-words-hint-replace = With --replace the new text takes its place.
own-words-hint-sidecar = With --sidecar it is.
own-words-review = Enter saves this sentence; another text, then Enter, saves that; - and Enter saves nothing.
own-words-no-answer = Your answer could not be read: { $reason }. Nothing was saved.

# The description is saved in the photo.
save-words-label = Description to save, at most { $most } characters; Enter saves it, Escape leaves:
save-words-count = { $count } of { $most } characters
save-words-long = Longer than { $aim } characters: shorter is easier to listen to.
save-words-too-long = Longer than { $most } characters: shorten it to save it.
save-words-doubt = { $doubt } check the sentence before you save it.
save-words-backup = Keep a copy of the photo as it is now
save-words-beside = Save it in a file beside the photo instead
save-words-save = Save
save-words-again = Enter saves it there.
save-words-question = A person has written a text for this photo already: “{ $words }”. Is yours to take its place?
save-words-keep = Keep the text that is there
save-words-replace = Replace it with mine
save-words-kept = The text that was there is kept.
save-words-no-file = This picture is no file, so that nothing can be saved in it. Save it as a file first and open that.
save-words-part = This sentence is about the part on the screen only. Escape goes back to the whole photo, whose description can be saved.
