"""Writes PyTorch weights, random ones, for the configuration that lies in a folder: `python3 pytorch_model.py DIR`."""

import sys

import torch
from transformers import AutoConfig, VisionEncoderDecoderModel

torch.manual_seed(1)
model = VisionEncoderDecoderModel(AutoConfig.from_pretrained(sys.argv[1], local_files_only=True))
model.save_pretrained(sys.argv[1])
