//! A call whose end was not seen: the service is asked what became of it, and its card says so.

use super::connections::submit;
use super::recorder::{self, Recorder};
use super::store::{Rig, uses};
use easel::engine::{KeyPlace, Order, Phase, Secret, ServiceOrder};
use std::io::Write as _;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

/// Answers pictures with a name and a head, and breaks off; everything else as the recorder does.
fn breaking_off(records: Recorder) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let (port, mut head) = (records.port, [0; 4]);
            if stream.peek(&mut head).is_ok() && &head == b"POST" {
                let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 900\r\nx-generation-id: gen-img-7\r\n\r\n{";
                drop(stream.write_all(head.as_bytes()));
                // What was sent is read, so that the head is not lost with the connection.
                recorder::drain(&mut stream);
                continue;
            }
            std::thread::spawn(move || recorder::forward(stream, port));
        }
    });
    port
}

#[test]
fn a_call_that_broke_off_is_asked_about_and_its_card_says_what_it_cost() {
    let dir = tempfile::tempdir().unwrap();
    let records = Recorder::start(|request| match request.path() {
        "/api/v1/generation?id=gen-img-7" => {
            let body = r#"{"data":{"id":"gen-img-7","total_cost":0.04,"cancelled":false,"api_type":"image"}}"#;
            ("200 OK".into(), String::new(), body.into())
        }
        _ => recorder::service(request),
    });
    let port = breaking_off(records);
    let mut rig = Rig::start(dir.path(), &format!("http://127.0.0.1:{port}/api/v1"), Arc::default());
    rig.engine.send(Order::Service(ServiceOrder::Connect {
        key: Secret("sk-or-v1-0123456789abcdef".into()),
        place: KeyPlace::UntilClose,
    }));
    rig.until("there is a key", |now, _| uses(now, "memory, until Easel closes"));
    submit(&rig, "a lake");
    rig.until("it broke off", |now, _| now.jobs.iter().any(|job| matches!(&job.phase, Phase::Failed(_))));
    rig.until("the service remembers", |now, _| {
        now.jobs.iter().any(|job| {
            matches!(&job.phase, Phase::Failed(failure)
                if failure.record.cost == Some(0.04) && failure.record.billed == Some(true))
        })
    });
    rig.engine.shutdown(Duration::from_secs(10));
}
