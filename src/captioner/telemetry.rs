//! ONNX Runtime's own statistics, switched off before it is loaded.

use std::env;

/// What the library reads in the moment in which it starts.
const SWITCH: &str = "ORT_DISABLE_TELEMETRY";

/// Keeps ONNX Runtime from gathering statistics for its maker, in this process and in those that it starts.
///
/// Since 1.31 the library numbers the computer, writes down the program's path and the kind of its processor below
/// `~/.cache/Microsoft`, and sends that away when it can, all of it while it starts and so before the call that switches
/// its events off can be made. This variable alone comes first.
///
/// # Safety
/// To be called first in `main`: no other thread may run yet, because one that reads the environment meanwhile may read
/// what is no longer there.
#[allow(unsafe_code)]
pub unsafe fn forbid_telemetry() {
    // SAFETY: the caller has seen to it that there is no other thread.
    unsafe { env::set_var(SWITCH, "1") };
}

/// Whether it has been kept from that.
pub(super) fn is_forbidden() -> bool {
    env::var_os(SWITCH).is_some_and(|value| value == "1")
}
