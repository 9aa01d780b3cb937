//! `easel sign-in`: a key from the service's own page in the browser, or by a code where no browser is at hand.

use super::session::Session;
use super::{Args, Environment, Failure, SignIn, say, say_aside};
use crate::engine::{Event, KeyPlace, Notice, Order, Secret, ServiceOrder, SignInStage};
use std::io::BufRead as _;

pub(super) fn run(args: &Args, environment: Environment, wanted: &SignIn) -> Result<(), Failure> {
    let session = Session::start_beside(args, environment)?;
    let done = sign_in(&session, wanted);
    session.stop();
    done
}

fn sign_in(session: &Session, wanted: &SignIn) -> Result<(), Failure> {
    let place = if wanted.in_file { KeyPlace::File } else { KeyPlace::System };
    session.engine.send(Order::Service(ServiceOrder::SignIn { by_code: wanted.paste, place }));
    let url = session.wait(|now, _| {
        let view = now.sign_in.as_ref()?;
        match &view.stage {
            SignInStage::Failed(why) => Some(Err(Failure::new("sign_in", why))),
            _ => view.url.clone().map(Ok),
        }
    })?;
    if wanted.paste {
        say(&url);
        say_aside("open this address, then paste the code that it shows and press Enter");
        session.engine.send(Order::Service(ServiceOrder::PasteCode(Secret(line()?))));
    } else {
        say_aside("your browser shows the page to sign in at; waiting for it");
    }
    let mut is_told = wanted.paste;
    session.wait(|now, event| {
        if let Some(Event::Notice(notice)) = &event {
            match notice {
                Notice::KeyKept(_) => return Some(Ok(())),
                Notice::KeyNotKept { .. } => {
                    let text = notice.key_trouble().unwrap_or_default();
                    return Some(Err(Failure::new("secret_store", format!("{text}; --file keeps it in a file"))));
                }
                _ => {}
            }
        }
        match now.sign_in.as_ref().map(|view| &view.stage) {
            Some(SignInStage::Failed(why)) => return Some(Err(Failure::new("sign_in", why))),
            Some(SignInStage::NoBrowser) if !is_told => {
                is_told = true;
                say(&url);
                say_aside("no browser opened; open this address on this computer, or use --paste on another one");
            }
            _ => {}
        }
        None
    })?;
    say("signed in");
    Ok(())
}

fn line() -> Result<String, Failure> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(|error| Failure::new("sign_in", error))?;
    Ok(line)
}
