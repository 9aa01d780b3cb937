//! The child: reads requests, draws, answers, until its input ends.
//!
//! Imports `picture`. One thread reads, so that the end of the parent ends the child at once, whatever it is drawing;
//! another draws, on a stack of its own. Parsed drawings are kept for the next request, as many as [`KEPT`]; the parent
//! counts along.

use super::protocol::{self, Drawn, GREETING, Hello, Key, Ready, Reply, Request, Task};
use super::sandbox;
use crate::picture::{self, Drawing, Error, Repair, View};
use std::collections::VecDeque;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::mpsc;

/// Parsed drawings that a child keeps.
pub(super) const KEPT: usize = 2;
/// Stack of the thread that draws: drawing recurses as deep as groups nest.
const STACK: usize = 64 << 20;
/// Longest text that is taken; longer ones are refused before they are sent.
const MAX_TEXT: u64 = 64 << 20;

/// Draws what the parent asks for through standard input, and answers on standard output; ends with the input.
pub fn serve() -> ExitCode {
    // Each panic costs its part and is counted; words about it would fill a pipe that nobody empties.
    std::panic::set_hook(Box::new(|_| {}));
    match talk() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log::debug!("the parent is gone: {error}");
            ExitCode::FAILURE
        }
    }
}

fn talk() -> io::Result<()> {
    let mut input = io::stdin().lock();
    let Some((Hello { font_dirs }, _)) = protocol::read::<Hello>(&mut input, 0)? else { return Ok(()) };
    let fonts = picture::load_fonts(&font_dirs);
    let missing = sandbox::enter(&fonts);
    let (requests, worker) = mpsc::channel();
    std::thread::Builder::new().name("easel-draw".to_owned()).stack_size(STACK).spawn(move || {
        // Whatever ends the work ends the child: the parent starts another.
        let failed = std::panic::catch_unwind(|| work(missing, &worker)).is_err();
        std::process::exit(i32::from(failed));
    })?;
    while let Some(request) = protocol::read::<Request>(&mut input, MAX_TEXT)? {
        if requests.send(request).is_err() {
            break;
        }
    }
    std::process::exit(0);
}

fn work(mut missing: Vec<String>, requests: &mpsc::Receiver<(Request, Vec<u8>)>) {
    missing.extend(sandbox::enter_worker().err());
    let Ok(mut out) = output() else { return };
    let mut greeted = out.write_all(GREETING);
    greeted = greeted.and_then(|()| protocol::write(&mut out, &Ready { missing }, &[]));
    if greeted.is_err() {
        return;
    }
    let mut parsed = Parsed::default();
    while let Ok((request, text)) = requests.recv() {
        sandbox::allow(request.allowance, request.pixels());
        let (reply, pixels) = match parsed.answer(&request, &text) {
            Ok((drawn, pixels)) => (Ok(drawn), pixels),
            Err(error) => (Err(error), Vec::new()),
        };
        let reply: Reply = reply;
        if protocol::write(&mut out, &reply, &pixels).is_err() {
            return;
        }
    }
}

/// Standard output as it is: what lies before it looks for lines in pixels and writes them in pieces.
#[cfg(unix)]
fn output() -> io::Result<std::fs::File> {
    use std::os::fd::AsFd as _;
    Ok(io::stdout().as_fd().try_clone_to_owned()?.into())
}

#[cfg(not(unix))]
fn output() -> io::Result<io::StdoutLock<'static>> {
    Ok(io::stdout().lock())
}

/// The drawings that were asked for last, the newest at the end.
#[derive(Default)]
struct Parsed(VecDeque<(Key, Result<Drawing, Error>)>);

impl Parsed {
    fn answer(&mut self, request: &Request, text: &[u8]) -> Result<(Drawn, Vec<u8>), Error> {
        let drawing = self.get(request, text)?;
        let mut drawn = Drawn { size: drawing.size(), natural: drawing.natural_size(), ..Drawn::default() };
        drawn.repairs.extend(drawing.repairs());
        let mut rgba = Vec::new();
        match request.task {
            Task::Size => {}
            Task::Probe => drawing.check_natural_size()?,
            Task::Widths => drawn.widths = drawing.text_widths(),
            Task::Draw(view) => {
                let (pixels, is_whole) = drawing.draw_telling(view)?;
                drawn.repairs.extend((!is_whole).then_some(Repair::Parts));
                let is_all = matches!(view, View::Natural | View::Whole { .. });
                let is_empty = is_all && pixels.rgba.as_chunks().0.iter().all(|&[_, _, _, alpha]: &[u8; 4]| alpha == 0);
                drawn.repairs.extend(is_empty.then_some(Repair::Empty));
                drawn.pixels = Some(pixels.size);
                rgba = pixels.rgba;
            }
        }
        Ok((drawn, rgba))
    }

    fn get(&mut self, request: &Request, text: &[u8]) -> Result<&Drawing, Error> {
        let key = request.key();
        let position = self.0.iter().position(|(known, _)| *known == key);
        let entry = match position.and_then(|position| self.0.remove(position)) {
            Some(entry) => entry,
            None if text.is_empty() => return Err(Error::NoChild { reason: "it was asked without a text".to_owned() }),
            None => (key, Drawing::parse_with(text, &request.limits, request.allowance.effort())),
        };
        self.0.push_back(entry);
        if self.0.len() > KEPT {
            self.0.pop_front();
        }
        match self.0.back() {
            Some((_, Ok(drawing))) => Ok(drawing),
            Some((_, Err(error))) => Err(error.clone()),
            None => Err(Error::Unrecognised),
        }
    }
}
