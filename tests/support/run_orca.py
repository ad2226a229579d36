"""Runs Orca with a log that is written line by line, for what it says is read while it says it.

    LOG PREFERENCES    the log, and the folder of its settings

Orca's own --debug-file is written block by block, and its program does not start beside the Orca of whoever runs the
tests.
"""

import sys

from orca import debug

debug.debugLevel = debug.LEVEL_INFO
debug.eventDebugLevel = debug.LEVEL_OFF
debug.debugFile = open(sys.argv[1], "w", buffering=1, encoding="utf-8")

from orca import orca  # noqa: E402

manager = orca.getSettingsManager()
manager.activate(sys.argv[2], {"enableBraille": False})
sys.path.insert(0, manager.getPrefsDir())
sys.exit(orca.main())
