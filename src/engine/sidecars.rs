//! Side files follow the index, in the background.

use super::disk::Disk;

/// Side files written in one go.
const SIDES_AT_ONCE: usize = 16;

/// Brings side files up to date in the background, a few at a time so that an arriving picture never waits long.
pub(super) fn sync_sidecars(disk: Disk) {
    tokio::spawn(async move {
        loop {
            match disk.call(|library| library.sync_sidecars(SIDES_AT_ONCE)).await {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    log::warn!("ratings are in the index, but not yet beside the pictures: {error}");
                    if !disk.call(|library| Ok(library.has_sidecars_to_try())).await.unwrap_or(false) {
                        break;
                    }
                }
            }
        }
    });
}
