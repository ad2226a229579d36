# The model in models/everyday from photos, captions and a classifier on, each step from what the ones before have made:
#
#     make -f training/everyday.mk DATA=data/flickr8k CLASSIFIER=mobilenet_v2.onnx
#
# from the project's folder. What is there is not made again, and a training that was broken off goes on from its newest
# checkpoint. training/gpu/teach.py wants a GPU and the Python packages of training/gpu/README.md; PYTHON=… names the
# program, and TEACH=… what it is to be told beside. What comes out is models/mine.

DATA ?= data/flickr8k
CLASSIFIER ?= training/configs/teacher.onnx
PYTHON ?= python3
TEACH ?=

CONFIGS := training/configs
XTASK := cargo xtask

models/mine: | models/everyday-gpu
	rm -rf $@.part
	cp -r models/everyday-gpu $@.part
	$(XTASK) gate $@.part --data $(DATA)
	$(XTASK) consensus $@.part --data $(DATA) --length-penalty 0.6
	$(XTASK) calibrate $@.part --data $(DATA)
	$(XTASK) score $@.part --data $(DATA)
	$(XTASK) card $@.part --data $(DATA)
	mv $@.part $@

models/everyday-%:
	$(XTASK) train $(CONFIGS)/$(@F).toml --data $(DATA) --run runs/$(@F) --teacher $(CLASSIFIER)
	$(XTASK) export $(CONFIGS)/$(@F).toml --data $(DATA) --run runs/$(@F) --teacher $(CLASSIFIER) --to $@.part
	mv $@.part $@

# The first of them is kept in the project, since it takes hours on two cores; removed, it is made again.
training/base:
	$(XTASK) train $(CONFIGS)/everyday.toml --data $(DATA) --run runs/everyday --teacher $(CLASSIFIER)
	$(XTASK) export $(CONFIGS)/everyday.toml --data $(DATA) --run runs/everyday --teacher $(CLASSIFIER) --to $@.part
	mv $@.part $@

models/everyday-further: | training/base
models/everyday-through-captioner: | models/everyday-further models/frozen-soft
models/everyday-wide: | models/everyday-through-captioner models/frozen-soft
models/everyday-gpu: | models/taught

# The captioner whose use of the classifier's features says which directions of them count.
models/frozen-soft:
	$(XTASK) reproduce $(CONFIGS)/frozen/show-attend-tell.toml --data $(DATA) --classifier $(CLASSIFIER) \
	  --to $@.part --summary runs/frozen-soft.json
	mv $@.part $@

models/taught: | models/frozen-soft models/everyday-wide
	rm -rf models/untrained $@.part
	$(XTASK) export $(CONFIGS)/everyday-gpu.toml --data $(DATA) --run runs/everyday-gpu --teacher $(CLASSIFIER) \
	  --untrained --to models/untrained
	$(PYTHON) training/gpu/teach.py models/untrained $@.part --data $(DATA) --teacher $(CLASSIFIER) \
	  --projection runs/everyday-gpu/projection $(TEACH)
	$(PYTHON) training/gpu/hand_over.py models/everyday-wide $@.part --photos $(DATA)/images --list $(DATA)/train.txt
	mv $@.part $@
