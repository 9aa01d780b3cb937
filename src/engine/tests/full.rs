//! The same life on a drive that is really full: a small one in memory, of which only so much is left.

use super::life::{Life, Sum, Template};
use super::server::Server;
use crate::library::tests::{copy_all, folder};
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc;

/// Kilobytes that are left, so that the drive is full earlier or later in a life.
const LEFT: [u64; 10] = [0, 8, 24, 48, 80, 120, 180, 260, 360, 480];

#[test]
fn on_a_drive_that_is_really_full_nothing_received_is_lost() {
    let folder = folder();
    let mount = "mount -t tmpfs -o size=16m none \"$0\" && exec \"$@\"";
    let drive = folder.path();
    let probe = Command::new("unshare").args(["-rm", "sh", "-c", mount]).arg(drive).arg("true").output();
    if !probe.as_ref().is_ok_and(|probe| probe.status.success()) {
        println!("skipped: this system does not let us mount a drive: {probe:?}");
        return;
    }
    let child = Command::new("unshare")
        .args(["-rm", "sh", "-c", mount])
        .arg(drive)
        .arg(std::env::current_exe().unwrap())
        .args(["engine::tests::full::child", "--exact", "--ignored", "--nocapture", "--test-threads=1"])
        .env("EASEL_FULL_DRIVE", drive)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&child.stdout).into_owned();
    assert!(child.status.success(), "{told}{}", String::from_utf8_lossy(&child.stderr));
    let count = told.lines().find(|line| line.contains("pictures received")).expect("it counts");
    println!("{count}");
}

#[test]
#[ignore = "the other test starts it on a drive of its own"]
fn child() {
    let Some(drive) = std::env::var_os("EASEL_FULL_DRIVE") else { return };
    let drive = Path::new(&drive);
    let (tick, _ticks) = mpsc::channel();
    let server = Server::start(tick);
    let template = Template::make(&server);
    let mut sum = Sum::default();
    for (round, left) in (1..).zip(LEFT) {
        println!("{left} kB are left");
        let dir = drive.join(format!("library {round}"));
        copy_all(&template.library(), &dir);
        let ballast = drive.join("ballast");
        let life = Life::begin(&dir, &server.base(round), |_| fill(&ballast, left << 10));
        let free = || {
            std::fs::remove_file(&ballast).unwrap();
            0
        };
        sum.add(&template.lead(life, &server, round, false, free).1);
        std::fs::remove_dir_all(&dir).unwrap();
    }
    assert!(sum.saved_again > 0 && sum.unsent > 0, "{sum}");
    println!("{} fillings of a drive: {sum}", LEFT.len());
}

/// Fills the drive up to so many bytes.
fn fill(ballast: &Path, left: u64) {
    let mut file = std::fs::File::create(ballast).unwrap();
    while file.write_all(&[1; 4096]).is_ok() {}
    let length = file.metadata().unwrap().len();
    file.set_len(length - left).unwrap();
}
