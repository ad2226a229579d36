# Why a picture could not be read: what could not be done, why, and what to do.

photo-missing = There is no such file. It may have been moved or renamed: choose the photo again.
photo-is-folder = This is a folder, not a picture. Choose a photo inside it.
photo-is-no-file = This is not an ordinary file, so it cannot be read as a picture. Choose a photo.
photo-forbidden = This file may not be read: the permission is missing. Change its permissions or choose another photo.
photo-unreadable = This file cannot be read: { $reason }. Check that its disk or card is still connected, then try again.
photo-empty = This file is empty. Try to download or copy it again.
photo-file-too-large = This file is larger than { $megabytes } megabytes, too large for a picture. Choose a smaller one.
photo-no-picture = This file is no picture, whatever its name says. Choose a photo such as a JPEG or PNG file.
photo-unsupported = This is a picture of the format { $format }, which cannot be read here. Save it as JPEG or PNG and open that.
photo-unsupported-kind = This is a picture of a special kind of { $format }, which cannot be read here. Save it as JPEG or PNG and open that.
photo-too-many-pixels = This picture is too large: up to { $megapixels } megapixels can be read. Make a smaller copy and open that.
photo-too-much-memory = This picture is too large: reading it would take more than { $megabytes } megabytes of memory. Make a smaller copy and open that.
photo-ends-early = This file ends too early to be a whole picture. Try to download or copy it again.
photo-damaged = This picture is damaged and cannot be shown. Try to download or copy it again.
photo-no-library = This is a { $format } picture. To read it, Hearsight needs libheif, which is not installed here or has no decoder for it. Install it (on Debian and Ubuntu: libheif1 and its plugins), or save the picture as JPEG and open that.
photo-no-preview = This is a raw file of a camera, and in it is no picture that could be shown, or only a thumbnail. Save it as JPEG in a program for raw photos and open that.
photo-nothing-in-frames = The first { $frames } frames of this animation are empty, and no more are looked at. Save the picture that you mean as JPEG or PNG and open that.
photo-too-slow = Reading this picture took longer than { $seconds } seconds and was stopped. It may be damaged: try to download or copy it again, or open a smaller copy.
photo-decoder-crashed = Reading this picture failed, as damaged pictures make it fail; everything else goes on working. Try to download or copy it again.
photo-no-decoder = The process that reads pictures could not be started: { $reason }. Close other programs and try again.
photo-is-cut = This file ends too early: only what is there of the picture is shown and described.
