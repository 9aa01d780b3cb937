//! The clipboard on its own thread: on X11 a read waits for another program, and what was copied lives only as long
//! as the object that offers it.

use super::Saved;
use super::copies::{self, FileCopy};
use crate::decode::{Waker, decode};
use crate::picture::{Limits, Pixels, Size};
use poll_promise::Promise;
use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::{Arc, mpsc};

/// A handle to the clipboard's thread; calls never wait.
pub struct Clipboard {
    calls: mpsc::Sender<Call>,
    waker: Waker,
}

/// What was on the clipboard, richest form first.
#[derive(Debug)]
pub enum Pasted {
    Files(Vec<PathBuf>),
    Image(Arc<Pixels>),
    Text(String),
    Nothing,
}

enum Call {
    Read(poll_promise::Sender<Pasted>),
    CopyPicture(PathBuf, poll_promise::Sender<Result<(), String>>),
    CopyFiles(Vec<FileCopy>, poll_promise::Sender<Result<Vec<Saved>, String>>),
}

impl Clipboard {
    pub(crate) fn start(waker: Waker) -> std::io::Result<Self> {
        let (calls, inbox) = mpsc::channel();
        let wake = waker.clone();
        std::thread::Builder::new().name("easel-clipboard".into()).spawn(move || serve(&inbox, &wake))?;
        Ok(Self { calls, waker })
    }

    /// Reads the clipboard: files before pictures before text.
    pub fn read(&self) -> Promise<Pasted> {
        let (sender, promise) = Promise::new();
        if let Err(mpsc::SendError(Call::Read(sender))) = self.calls.send(Call::Read(sender)) {
            sender.send(Pasted::Nothing);
            (self.waker)();
        }
        promise
    }

    /// Decodes the picture file and offers its pixels to other programs. The error is a sentence.
    pub fn copy_picture(&self, file: PathBuf) -> Promise<Result<(), String>> {
        let (sender, promise) = Promise::new();
        if let Err(mpsc::SendError(Call::CopyPicture(_, sender))) = self.calls.send(Call::CopyPicture(file, sender)) {
            sender.send(Err("the clipboard's thread has stopped".into()));
            (self.waker)();
        }
        promise
    }

    /// Makes copies of picture files and offers them to other programs; returns them. The error is a sentence.
    pub fn copy_files(&self, files: Vec<FileCopy>) -> Promise<Result<Vec<Saved>, String>> {
        let (sender, promise) = Promise::new();
        if let Err(mpsc::SendError(Call::CopyFiles(_, sender))) = self.calls.send(Call::CopyFiles(files, sender)) {
            sender.send(Err("the clipboard's thread has stopped".into()));
            (self.waker)();
        }
        promise
    }
}

fn serve(inbox: &mpsc::Receiver<Call>, waker: &Waker) {
    // Made at first use: there may be no display at all.
    let mut clipboard: Option<arboard::Clipboard> = None;
    for call in inbox {
        if clipboard.is_none() {
            clipboard =
                arboard::Clipboard::new().inspect_err(|error| log::warn!("there is no clipboard: {error}")).ok();
        }
        match call {
            Call::Read(reply) => reply.send(clipboard.as_mut().map_or(Pasted::Nothing, read)),
            Call::CopyPicture(file, reply) => reply.send(match clipboard.as_mut() {
                Some(clipboard) => copy(clipboard, &file),
                None => Err("there is no clipboard".to_owned()),
            }),
            Call::CopyFiles(files, reply) => reply.send(match clipboard.as_mut() {
                Some(clipboard) => copy_files(clipboard, &files),
                None => Err("there is no clipboard".to_owned()),
            }),
        }
        waker();
    }
}

fn read(clipboard: &mut arboard::Clipboard) -> Pasted {
    if let Ok(files) = clipboard.get().file_list()
        && !files.is_empty()
    {
        return Pasted::Files(files);
    }
    if let Ok(text) = clipboard.get_text()
        && !text.is_empty()
    {
        return Pasted::Text(text);
    }
    match clipboard.get_image() {
        Ok(image) => pixels_from(&image).map_or(Pasted::Nothing, |pixels| Pasted::Image(Arc::new(pixels))),
        Err(_) => Pasted::Nothing,
    }
}

fn pixels_from(image: &arboard::ImageData<'_>) -> Option<Pixels> {
    let size = Size { width: u32::try_from(image.width).ok()?, height: u32::try_from(image.height).ok()? };
    Pixels::new(size, image.bytes.to_vec())
}

fn copy(clipboard: &mut arboard::Clipboard, file: &std::path::Path) -> Result<(), String> {
    let bytes =
        crate::library::read_ordinary(file).map_err(|error| format!("the picture could not be read: {error}"))?;
    let pixels = decode(&bytes, &Limits::default()).map_err(|error| error.to_string())?;
    let image = arboard::ImageData {
        width: pixels.size.width as usize,
        height: pixels.size.height as usize,
        bytes: Cow::Owned(pixels.rgba),
    };
    clipboard.set_image(image).map_err(|error| format!("the clipboard would not take it: {error}"))
}

fn copy_files(clipboard: &mut arboard::Clipboard, files: &[FileCopy]) -> Result<Vec<Saved>, String> {
    let copied = copies::copy(&copies::folder(), files).map_err(|error| error.to_string())?;
    let paths: Vec<_> = copied.iter().map(|saved| saved.path.as_path()).collect();
    clipboard.set().file_list(&paths).map_err(|error| format!("the clipboard would not take it: {error}"))?;
    Ok(copied)
}
