//! What the process that decodes takes from itself before it sees a photo.
//!
//! On each Unix its limits: memory, no core file, no written file, no new open file, half an hour of processor time in
//! all. On Linux besides: Landlock (no path of the file system, no TCP, no signal to others) and a seccomp filter that
//! lets through what computing needs and answers everything else with "not permitted". What a kernel does not know is
//! left out; `hearsight doctor` tries out what really holds.

use rustix::process::{Resource, Rlimit, setrlimit};

/// Takes everything away that decoding does not need; `megabytes` of memory stay.
pub fn shut_in(megabytes: u64) {
    limit(Resource::Core, 0);
    limit(Resource::Fsize, 0);
    // Longer than any photo may take; it ends a process that nobody waits for any more.
    limit(Resource::Cpu, 1800);
    // Memory that is really used: what is only reserved, as threads do, does not count.
    limit(Resource::Data, megabytes << 20);
    #[cfg(target_os = "linux")]
    if let Err(error) = linux::without_files() {
        log::warn!("no Landlock: {error}");
    }
    limit(Resource::Nofile, 0);
    #[cfg(target_os = "linux")]
    if let Err(error) = linux::only_computing() {
        log::warn!("no seccomp filter: {error}");
    }
}

fn limit(resource: Resource, most: u64) {
    let limit = Rlimit {
        current: Some(most),
        maximum: Some(most),
    };
    if let Err(error) = setrlimit(resource, limit) {
        log::warn!("no limit of {resource:?}: {error}");
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::BTreeMap;

    use landlock::{ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetError, RulesetStatus, Scope};
    use seccompiler::{
        BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
        SeccompRule, apply_filter,
    };

    /// The newest Landlock whose rules were looked through; an older kernel keeps as many of them as it knows.
    const LANDLOCK: ABI = ABI::V6;

    /// Landlock: no file, no TCP, no socket and no signal that leads to another process.
    pub fn without_files() -> Result<(), RulesetError> {
        let status = Ruleset::default()
            .handle_access(AccessFs::from_all(LANDLOCK))?
            .handle_access(AccessNet::from_all(LANDLOCK))?
            .scope(Scope::from_all(LANDLOCK))?
            .create()?
            .restrict_self()?;
        if status.ruleset != RulesetStatus::FullyEnforced {
            log::info!("Landlock: {:?}", status.ruleset);
        }
        Ok(())
    }

    /// seccomp: calls that memory, threads and the three open pipes need.
    pub fn only_computing() -> Result<(), Box<dyn std::error::Error>> {
        // glibc falls back to clone, whose arguments a filter can see, where there is no clone3.
        let without_clone3 = filter(
            BTreeMap::from([(libc::SYS_clone3, Vec::new())]),
            SeccompAction::Allow,
            SeccompAction::Errno(libc::ENOSYS.unsigned_abs()),
        )?;
        let only = filter(
            calls()?,
            SeccompAction::Errno(libc::EPERM.unsigned_abs()),
            SeccompAction::Allow,
        )?;
        apply_filter(&without_clone3)?;
        apply_filter(&only)?;
        Ok(())
    }

    fn filter(
        calls: BTreeMap<i64, Vec<SeccompRule>>,
        otherwise: SeccompAction,
        of_these: SeccompAction,
    ) -> Result<BpfProgram, BackendError> {
        SeccompFilter::new(calls, otherwise, of_these, std::env::consts::ARCH.try_into()?)?.try_into()
    }

    /// The calls that are let through, each with its conditions; any of them is enough, and none means always.
    fn calls() -> Result<BTreeMap<i64, Vec<SeccompRule>>, BackendError> {
        let free = [
            // Memory.
            libc::SYS_munmap,
            libc::SYS_mremap,
            libc::SYS_madvise,
            libc::SYS_brk,
            // Threads.
            libc::SYS_clone3,
            libc::SYS_futex,
            libc::SYS_set_robust_list,
            libc::SYS_rseq,
            libc::SYS_sched_yield,
            libc::SYS_sched_getaffinity,
            libc::SYS_getpid,
            libc::SYS_gettid,
            libc::SYS_exit,
            libc::SYS_exit_group,
            // Signals, of its own.
            libc::SYS_rt_sigaction,
            libc::SYS_rt_sigprocmask,
            libc::SYS_rt_sigreturn,
            libc::SYS_sigaltstack,
            libc::SYS_restart_syscall,
            // Time and chance.
            libc::SYS_clock_gettime,
            libc::SYS_clock_nanosleep,
            libc::SYS_nanosleep,
            libc::SYS_getrandom,
            // What it knows already.
            libc::SYS_fstat,
            libc::SYS_close,
            libc::SYS_lseek,
            libc::SYS_sysinfo,
            libc::SYS_uname,
        ];
        let mut calls: BTreeMap<i64, Vec<SeccompRule>> = free.into_iter().map(|call| (call, Vec::new())).collect();
        let (input, output, errors) = (0, 1, 2);
        for call in [libc::SYS_read, libc::SYS_readv] {
            calls.insert(call, vec![rule(0, SeccompCmpOp::Eq, input)?]);
        }
        for call in [libc::SYS_write, libc::SYS_writev] {
            calls.insert(
                call,
                vec![rule(0, SeccompCmpOp::Eq, output)?, rule(0, SeccompCmpOp::Eq, errors)?],
            );
        }
        // No new code.
        let execute = u64::from(libc::PROT_EXEC.unsigned_abs());
        for call in [libc::SYS_mmap, libc::SYS_mprotect] {
            calls.insert(call, vec![rule(2, SeccompCmpOp::MaskedEq(execute), 0)?]);
        }
        // Threads, and no processes.
        let thread = u64::from(libc::CLONE_THREAD.unsigned_abs());
        calls.insert(libc::SYS_clone, vec![rule(0, SeccompCmpOp::MaskedEq(thread), thread)?]);
        // To end itself, as a panic without a way out does, and nobody else.
        let itself = u64::from(std::process::id());
        calls.insert(libc::SYS_tgkill, vec![rule(0, SeccompCmpOp::Eq, itself)?]);
        Ok(calls)
    }

    /// That an argument of a call, its lower half, compares so with a number.
    fn rule(argument: u8, comparison: SeccompCmpOp, number: u64) -> Result<SeccompRule, BackendError> {
        SeccompRule::new(vec![SeccompCondition::new(
            argument,
            SeccompCmpArgLen::Dword,
            comparison,
            number,
        )?])
    }
}
