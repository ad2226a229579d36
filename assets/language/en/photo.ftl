# Why a picture could not be read.
