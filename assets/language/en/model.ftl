# Why a model folder cannot be used.
