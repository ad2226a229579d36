# Why a photo could not be described.
