"""Checks ONNX files with ONNX's own checker, with types and shapes of everything within (`full_check`).

`python3 training/tests/check_onnx.py FOLDER...` looks at every `*.onnx` below the folders; wants the package `onnx`.
"""

import sys
from pathlib import Path

import onnx

files = sorted(file for folder in sys.argv[1:] for file in Path(folder).rglob("*.onnx"))
if not files:
    sys.exit("There is no ONNX file to check; name folders with some.")
wrong = 0
for file in files:
    try:
        onnx.checker.check_model(str(file), full_check=True)
        print(f"fine: {file}")
    except onnx.checker.ValidationError as error:
        wrong += 1
        print(f"WRONG: {file}: {error}")
sys.exit(f"{wrong} of {len(files)} files are wrong" if wrong else 0)
