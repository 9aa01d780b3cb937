//! What a child gives up before it reads its first drawing.
//!
//! Imports nothing of ours. On Linux: files but the fonts (landlock), sockets, other programs and other processes
//! (seccomp), and by limits of resources memory, computing, writing files and core dumps. Elsewhere the parent's time
//! limit is what there is, and [`enter`] says so. Nothing here is `unsafe`; the crates wrap what is.

use super::allowance::Allowance;
use std::path::PathBuf;

/// Gives up all that drawing does not need, for this thread and those that it starts; returns what could not be.
#[cfg(target_os = "linux")]
pub(super) fn enter(font_dirs: &[PathBuf]) -> Vec<String> {
    let steps = [
        ("resource limits", linux::limit_resources()),
        ("files", linux::leave_files(font_dirs)),
        ("system calls", linux::leave_calls()),
    ];
    steps.into_iter().filter_map(|(what, result)| Some(format!("{what}: {}", result.err()?))).collect()
}

/// Gives up the starting of threads and processes, for this thread.
#[cfg(target_os = "linux")]
pub(super) fn enter_worker() -> Result<(), String> {
    linux::leave_threads()
}

/// Sets what the next picture may cost.
#[cfg(target_os = "linux")]
pub(super) fn allow(allowance: Allowance, pixels: u64) {
    linux::allow(allowance, pixels);
}

#[cfg(not(target_os = "linux"))]
pub(super) fn enter(_font_dirs: &[PathBuf]) -> Vec<String> {
    vec!["drawings are limited in time alone on this system".to_owned()]
}

#[cfg(not(target_os = "linux"))]
pub(super) fn enter_worker() -> Result<(), String> {
    Ok(())
}

#[cfg(not(target_os = "linux"))]
pub(super) fn allow(_allowance: Allowance, _pixels: u64) {}

#[cfg(target_os = "linux")]
mod linux {
    use super::super::allowance::MOST_MEMORY;
    use super::Allowance;
    use landlock::{
        ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetStatus, Scope,
        path_beneath_rules,
    };
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    use rustix::time::{ClockId, clock_gettime};
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};
    use std::path::PathBuf;

    /// Open files: the pipes and a font or two.
    const FILES: u64 = 32;

    fn limit(resource: Resource, soft: u64, hard: Option<u64>) -> Result<(), String> {
        // A limit can be lowered by anybody and raised by nobody.
        let most = getrlimit(resource).maximum;
        let hard = [hard, most].into_iter().flatten().min();
        let soft = hard.map_or(soft, |hard| soft.min(hard));
        setrlimit(resource, Rlimit { current: Some(soft), maximum: hard }).map_err(|error| error.to_string())
    }

    pub(super) fn limit_resources() -> Result<(), String> {
        limit(Resource::Core, 0, Some(0))?;
        limit(Resource::Fsize, 0, Some(0))?;
        limit(Resource::Nofile, FILES, Some(FILES))?;
        limit(Resource::As, MOST_MEMORY, Some(MOST_MEMORY))
    }

    pub(super) fn leave_files(font_dirs: &[PathBuf]) -> Result<(), String> {
        let restrict = || -> Result<_, landlock::RulesetError> {
            Ruleset::default()
                .handle_access(AccessFs::from_all(ABI::V5))?
                .handle_access(AccessNet::from_all(ABI::V5))?
                .scope(Scope::from_all(ABI::V6))?
                .create()?
                .add_rules(path_beneath_rules(font_dirs, AccessFs::ReadFile | AccessFs::ReadDir))?
                .restrict_self()
        };
        match restrict() {
            Ok(status) if status.ruleset == RulesetStatus::NotEnforced => Err("this kernel has no landlock".to_owned()),
            Ok(_) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Refuses these calls; the rest stays as it is.
    fn refuse(calls: &[i64]) -> Result<(), String> {
        let arch = std::env::consts::ARCH.try_into().map_err(|error| format!("{error}"))?;
        let rules = calls.iter().map(|call| (*call, Vec::new())).collect();
        let refused = SeccompAction::Errno(rustix::io::Errno::PERM.raw_os_error().unsigned_abs());
        let filter =
            SeccompFilter::new(rules, SeccompAction::Allow, refused, arch).map_err(|error| error.to_string())?;
        let program: BpfProgram = filter.try_into().map_err(|error: seccompiler::BackendError| error.to_string())?;
        seccompiler::apply_filter(&program).map_err(|error| error.to_string())
    }

    pub(super) fn leave_calls() -> Result<(), String> {
        refuse(&[
            // Network and other programs.
            libc::SYS_socket,
            libc::SYS_socketpair,
            libc::SYS_connect,
            libc::SYS_bind,
            libc::SYS_listen,
            libc::SYS_accept,
            libc::SYS_accept4,
            libc::SYS_sendto,
            libc::SYS_sendmsg,
            libc::SYS_sendmmsg,
            libc::SYS_execve,
            libc::SYS_execveat,
            // Other processes.
            libc::SYS_ptrace,
            libc::SYS_process_vm_readv,
            libc::SYS_process_vm_writev,
            libc::SYS_pidfd_getfd,
            // The system.
            libc::SYS_bpf,
            libc::SYS_perf_event_open,
            libc::SYS_io_uring_setup,
            libc::SYS_userfaultfd,
            libc::SYS_keyctl,
            libc::SYS_add_key,
            libc::SYS_request_key,
            libc::SYS_mount,
            libc::SYS_umount2,
            libc::SYS_unshare,
            libc::SYS_setns,
            libc::SYS_chroot,
            libc::SYS_shmget,
            libc::SYS_memfd_create,
        ])
    }

    pub(super) fn leave_threads() -> Result<(), String> {
        let mut calls = vec![libc::SYS_clone, libc::SYS_clone3];
        #[cfg(target_arch = "x86_64")]
        calls.extend([libc::SYS_fork, libc::SYS_vfork]);
        refuse(&calls)
    }

    pub(super) fn allow(allowance: Allowance, pixels: u64) {
        let used = clock_gettime(ClockId::ProcessCPUTime).tv_sec.unsigned_abs();
        let limits =
            [(Resource::Cpu, used + 1 + allowance.cpu_secs(pixels)), (Resource::As, allowance.memory_bytes(pixels))];
        for (resource, soft) in limits {
            if let Err(error) = limit(resource, soft, None) {
                log::debug!("a limit could not be set: {error}");
            }
        }
    }
}
