//! How memory that is no longer used goes back to the system.
//!
//! Pictures are decoded on many threads, and each leaves megabytes that are free. The C library of Linux keeps them: it
//! gives every thread a heap of its own, and after the first large block that is freed it takes the next ones from
//! those heaps. A studio with 17 MB in use then holds 300 MB. May import nothing.

/// Blocks from this size on are the system's own and go back to it at once, bytes: less than a tile, more than text.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const OWN: libc::c_int = 256 << 10;
/// Free bytes at a heap's end that go back.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const FREE_END: libc::c_int = 1 << 20;
/// Heaps for all threads together.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const HEAPS: libc::c_int = 4;

/// Lets the allocator give back what is free. To be called before other threads run; elsewhere than with the GNU C
/// library it does nothing.
pub fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    for (what, value) in [(libc::M_MMAP_THRESHOLD, OWN), (libc::M_TRIM_THRESHOLD, FREE_END), (libc::M_ARENA_MAX, HEAPS)]
    {
        #[expect(unsafe_code, reason = "the only way to tell the allocator; variables are read before we are there")]
        // SAFETY: it sets numbers of the allocator, under the allocator's own lock.
        let taken = unsafe { libc::mallopt(what, value) };
        debug_assert_eq!(taken, 1, "the allocator knows option {what}");
    }
}
