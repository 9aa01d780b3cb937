//! Two picture files compared off the window's thread, with progress and a stop.

use super::{Engine, Interrupted};
use crate::decode::{ImageError, decode};
use crate::picture::{Alignment, Difference, Limits, Pixels, Watch, difference, turned};
use poll_promise::Promise;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Why two pictures could not be compared.
#[derive(Clone, Debug, thiserror::Error)]
pub enum DifferenceError {
    #[error(transparent)]
    Read(#[from] ImageError),
    #[error("the pictures do not lie on each other anywhere; put them back or choose another alignment")]
    Apart,
    #[error("comparing the pictures was interrupted; choose the mode again")]
    Interrupted,
}

/// A picture to be compared, as it is seen.
pub struct Compared {
    pub file: PathBuf,
    /// Whether left and right are exchanged, and by how many quarters it is turned clockwise then.
    pub turn: (bool, u8),
}

/// Two pictures that are being compared; dropping it stops the work.
pub struct Comparing {
    promise: Promise<Result<Result<Arc<Difference>, DifferenceError>, Interrupted>>,
    watch: Arc<Watch>,
}

impl Comparing {
    /// Returns how far it is, 0 to 1.
    pub fn progress(&self) -> f32 {
        self.watch.done.load(Ordering::Relaxed).min(1000) as f32 / 1000.0
    }

    /// Returns the result when it is there.
    pub fn ready(&self) -> Option<Result<Arc<Difference>, DifferenceError>> {
        Some(match self.promise.ready()? {
            Ok(Ok(difference)) => Ok(difference.clone()),
            Ok(Err(error)) => Err(error.clone()),
            Err(Interrupted) => Err(DifferenceError::Interrupted),
        })
    }
}

impl Drop for Comparing {
    fn drop(&mut self) {
        self.watch.cancelled.store(true, Ordering::Relaxed);
    }
}

impl Engine {
    /// Compares two pictures; `offset`: by how many frame pixels the second was moved.
    pub fn compare(&self, pictures: [Compared; 2], alignment: Alignment, offset: [f64; 2]) -> Comparing {
        let watch = Arc::new(Watch::default());
        let watched = watch.clone();
        let work = move || {
            let [first, second] = pictures;
            let first = pixels(&first)?;
            if watched.cancelled.load(Ordering::Relaxed) {
                return Err(DifferenceError::Interrupted);
            }
            let second = pixels(&second)?;
            difference(&first, &second, alignment, offset, &watched).map(Arc::new).ok_or(DifferenceError::Apart)
        };
        let promise = self.promise(async move {
            tokio::task::spawn_blocking(work).await.unwrap_or(Err(DifferenceError::Interrupted))
        });
        Comparing { promise, watch }
    }
}

fn pixels(picture: &Compared) -> Result<Pixels, ImageError> {
    let bytes = crate::library::read_ordinary(&picture.file).map_err(|error| ImageError::File(Arc::new(error)))?;
    let (mirrored, quarters) = picture.turn;
    Ok(turned(decode(&bytes, &Limits::default())?, mirrored, quarters))
}
