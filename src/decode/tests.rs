//! Drawings that mean harm, drawn by a real child: each is bounded and told, and the next one is drawn all the same.

use super::process::{Process, Program};
use super::protocol::{Request, Task};
use super::*;
use crate::library::{HeavyDrawing, content_hash, read_heavy_drawings, write_heavy_drawings};
use crate::picture::{self, Error, Heavy, Limits, Pixels, PrepareLimits, Repair, Size, View};
use std::collections::BTreeMap;
use std::io::Read as _;
use std::process::{Command, Stdio};

/// The child of the tests of this library.
#[test]
#[ignore = "the other tests start it"]
fn child() {
    // Not through the harness, which would print.
    std::process::exit(i32::from(serve() != std::process::ExitCode::SUCCESS));
}

fn program(test: &str) -> Program {
    let arguments = [test, "--exact", "--ignored", "--nocapture", "--test-threads=1"].map(str::to_owned).to_vec();
    Program { path: std::env::current_exe().unwrap(), arguments }
}

fn wrap(inside: &str) -> String {
    format!("<svg xmlns='http://www.w3.org/2000/svg' width='20' height='20'>{inside}</svg>")
}

fn filter(primitive: &str) -> String {
    wrap(&format!("<filter id='f'>{primitive}</filter><rect width='20' height='20' fill='red' filter='url(#f)'/>"))
}

fn glance(text: &str) -> Result<Pixels, Error> {
    let view = View::Whole { max_side: 512 };
    Drawing::of(text.as_bytes()).with(Allowance::Glance).draw(&Limits::default(), view)
}

const ORDINARY: &str = "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='30'>\
    <linearGradient id='g'><stop stop-color='red'/><stop offset='1' stop-color='blue'/></linearGradient>\
    <rect width='40' height='30' fill='url(#g)'/><circle cx='9' cy='9' r='7' opacity='.5'/></svg>";

#[test]
fn a_child_draws_what_this_process_would() {
    let here = picture::Drawing::parse(ORDINARY.as_bytes(), &Limits::default()).unwrap();
    let there = Drawing::of(ORDINARY.as_bytes());
    assert_eq!(there.size().unwrap(), here.size());
    for view in
        [View::Natural, View::Whole { max_side: 300 }, View::Region { scale: 3.0, region: [5.0, 5.0, 20.0, 10.0] }]
    {
        assert!(there.draw(&Limits::default(), view).unwrap() == here.draw(view).unwrap(), "{view:?}");
    }
    let info = probe(ORDINARY.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(info, picture::probe(ORDINARY.as_bytes(), &Limits::default()).unwrap());
    let prepared = prepare(ORDINARY.as_bytes(), &PrepareLimits::default()).unwrap();
    assert_eq!((prepared.original, prepared.size), (info, Size { width: 2048, height: 1536 }));
}

#[test]
fn what_was_repaired_is_told_and_a_drawing_of_nothing_says_so() {
    let of = |text: &str| {
        Drawing::of(text.as_bytes()).draw(&Limits::default(), View::Whole { max_side: 16 }).unwrap();
        // Another test may just be asking.
        std::iter::repeat_with(|| repairs(&content_hash(text.as_bytes()))).flatten().next().unwrap()
    };
    assert_eq!(of(ORDINARY), []);
    assert_eq!(of(&wrap("<g/><!-- nothing -->")), [Repair::Empty]);
    let circle = "<g fill='url(#p)'><pattern id='p' width='4' height='4'><rect width='9' height='9'/></pattern><rect width='9' height='9'/></g>";
    let all = of(&wrap(circle));
    assert_eq!(all, [Repair::Circles, Repair::Empty]);
    let said = "Repaired for display: parts that refer to each other in a circle were left out. Nothing in this drawing can be seen";
    assert_eq!(picture::repairs_text(&all).as_deref(), Some(said));
}

#[test]
fn errors_come_back_as_they_are() {
    for text in ["<svg", "<svg>", "<svg xmlns='http://www.w3.org/2000/svg' width='0'/>"] {
        let here = picture::Drawing::parse(text.as_bytes(), &Limits::default()).map(drop);
        assert_eq!(Drawing::of(text.as_bytes()).size().map(drop), here, "{text}");
    }
    let large = wrap("").replace("width='20'", "width='1e9'");
    assert!(matches!(probe(large.as_bytes(), &Limits::default()), Err(Error::TooLarge { .. })));
    let region = View::Region { scale: f32::NAN, region: [0.0, 0.0, 1.0, 1.0] };
    let drawn = Drawing::of(ORDINARY.as_bytes()).draw(&Limits::default(), region);
    assert!(matches!(drawn, Err(Error::TooLarge { .. })), "{drawn:?}");
}

/// Minutes, gigabytes or the end of the process each, where nothing watches.
fn bombs() -> Vec<(&'static str, String)> {
    let scaled = |n: usize, inside: &str| {
        format!(
            "<pattern id='p{n}' width='1' height='1' patternUnits='userSpaceOnUse' patternTransform='scale(30)'>\
            <rect width='9' height='9' fill='{inside}'/></pattern>"
        )
    };
    let patterns = (1..5).map(|n| scaled(n, &format!("url(#p{})", n - 1))).collect::<String>();
    let matrix = "1 ".repeat(90_000);
    let layers = "<g opacity='.9' filter='url(#f)'>".repeat(60);
    let attributes: String = (0..3000).map(|n| format!("[a{n}='x'] [b='{n}'] {{fill:red}} ")).collect();
    vec![
        ("octaves", filter("<feTurbulence numOctaves='1000000000'/>")),
        ("morphology", filter("<feMorphology radius='1000000'/><feMorphology radius='5000 5000' operator='dilate'/>")),
        (
            "nested pattern scale",
            wrap(&format!("{}{patterns}<rect width='20' height='20' fill='url(#p4)'/>", scaled(0, "red"))),
        ),
        ("dashes", wrap("<path d='M0 0H1e9' stroke='red' stroke-dasharray='0.0001'/>")),
        (
            "many dashes",
            wrap(
                &"<path d='M0 0C9 9 -9e6 9e6 9e6 3' stroke='red' stroke-width='9' stroke-dasharray='0.01 0.02'/>"
                    .repeat(50),
            ),
        ),
        (
            "groups",
            wrap(&format!(
                "<filter id='f'><feGaussianBlur stdDeviation='500'/></filter>{layers}<rect width='20' height='20'/>{}",
                "</g>".repeat(60)
            )),
        ),
        ("convolve", filter(&format!("<feConvolveMatrix order='300' kernelMatrix='{matrix}'/>").repeat(9))),
        (
            "attribute selectors",
            wrap(&format!(
                "<style>{attributes}</style>{}",
                "<g b='1' a1='x'><path a2='x' d='M0 0H9V9'/></g>".repeat(20_000)
            )),
        ),
        ("a long style", wrap(&format!("<rect width='9' height='9' style='{}'/>", "fill:red;".repeat(100_000)))),
        ("names", wrap(&format!("<g{}/>", (0..9000).map(|n| format!(" xmlns:n{n}='u:{n}'")).collect::<String>()))),
        ("attributes", wrap(&format!("<g{}/>", (0..40_000).map(|n| format!(" a{n}='x'")).collect::<String>()))),
        ("a megabyte of text", wrap(&format!("<text y='9'>{}</text>", "Wörter und Worte ".repeat(60_000)))),
        (
            "markers",
            wrap(&format!(
                "<marker id='m'>{}</marker><path id='l' d='M0 0{}'/><g marker-mid='url(#m)'><use href='#l'/></g>",
                "<path d='M0 0h1'/>".repeat(900),
                "h1".repeat(9000)
            )),
        ),
        (
            "a circle",
            wrap(
                "<g fill='url(#p)'><pattern id='p' width='4' height='4'><rect width='9' height='9'/></pattern><rect width='9' height='9'/></g>",
            ),
        ),
        ("a shadow far away", filter("<feDropShadow dx='1e9' dy='-1e9' stdDeviation='1e4'/>")),
    ]
}

/// How a drawing ended, as the child reports it; `late`: the parent stopped waiting, so no limit of the child's did it.
fn end_of(drawn: &Result<Pixels, Error>) -> &'static str {
    match drawn {
        Ok(_) => "drawn",
        Err(Error::TooHeavy { why: Heavy::Time }) => "out of time",
        Err(Error::TooHeavy { why: Heavy::Memory }) => "out of memory",
        Err(Error::SvgTooComplex { .. } | Error::TooLarge { .. }) => "refused",
        Err(Error::Busy { .. }) => "late",
        Err(_) => "broken",
    }
}

#[test]
fn whatever_a_drawing_asks_for_the_childs_own_limits_end_it_and_the_next_one_is_drawn() {
    let mut ends = BTreeMap::new();
    for (name, text) in bombs() {
        let drawn = glance(&text);
        println!("{name}: {} {:?}", end_of(&drawn), drawn.as_ref().err());
        ends.insert(name, end_of(&drawn));
        assert!(glance(ORDINARY).is_ok(), "after {name}");
    }
    let odd: Vec<_> = ends.iter().filter(|(_, end)| matches!(**end, "late" | "broken")).collect();
    assert!(odd.is_empty(), "{odd:?}");
    assert_eq!((ends["octaves"], ends["nested pattern scale"]), ("out of time", "out of memory"));
}

#[test]
#[cfg(target_os = "linux")]
fn a_child_has_the_limits_of_what_it_was_asked_last() {
    let mut process = Process::start(&program("decode::tests::child")).unwrap();
    for (number, max_side) in [512, 4096].into_iter().enumerate() {
        let task = Task::Draw(View::Whole { max_side });
        let request =
            Request { hash: number.to_string(), limits: Limits::default(), allowance: Allowance::Glance, task };
        let pixels = request.pixels();
        let answer = process.ask(&request, ORDINARY.as_bytes()).unwrap();
        assert!(answer.1.is_ok());
        process = answer.0;
        let limits = std::fs::read_to_string(format!("/proc/{}/limits", process.id())).unwrap();
        let soft = |name: &str| -> u64 {
            let line = limits.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.split_whitespace().next().unwrap().parse().unwrap()
        };
        assert_eq!(soft("Max address space"), Allowance::Glance.memory_bytes(pixels), "{limits}");
        // And what it had computed before.
        let secs = soft("Max cpu time");
        let allowed = Allowance::Glance.cpu_secs(pixels);
        assert!((allowed..allowed + 20).contains(&secs), "{limits}");
        assert_eq!((soft("Max file size"), soft("Max core file size")), (0, 0), "{limits}");
    }
}

#[test]
fn what_was_too_heavy_is_remembered_in_the_library_and_tried_again_only_when_asked_to() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(folder.path(), true);
    let text = filter("<feTurbulence numOctaves='1000000001'/>");
    let drawing = Drawing::of(text.as_bytes());
    // As if it had been found in the usual way, which would take longer than a test should.
    heavy::learn(&drawing.hash, Allowance::Usual, FEW, Err(&Error::TooHeavy { why: Heavy::Time }));
    let found = HeavyDrawing { why: Heavy::Time, pixels: FEW, drawn_longer: false };
    let known = BTreeMap::from([(drawing.hash.to_string(), found)]);
    assert_eq!(read_heavy_drawings(folder.path()), known);
    assert_eq!(drawing.size(), Err(Error::TooHeavy { why: Heavy::Time }), "although its size alone is no work");
    allow_longer(&drawing.hash);
    assert_eq!(drawing.size(), Ok((20.0, 20.0)));
    let slow = BTreeMap::from([(drawing.hash.to_string(), HeavyDrawing { drawn_longer: true, ..found })]);
    assert_eq!(read_heavy_drawings(folder.path()), slow, "it was not too heavy, only slow");
    drop(ledger);
    heavy::forget(&drawing.hash);
    assert_eq!(heavy::allowance(&drawing.hash, Allowance::Usual, FEW), Ok(Allowance::Usual));
    let ledger = Ledger::open(folder.path(), true);
    assert_eq!(heavy::allowance(&drawing.hash, Allowance::Usual, FEW), Ok(Allowance::Longer), "at a later start too");
    heavy::learn(&drawing.hash, Allowance::Longer, FEW, Err(&Error::TooHeavy { why: Heavy::Time }));
    assert_eq!(read_heavy_drawings(folder.path()), known, "until it is too heavy even for that");
    drop(ledger);

    // A later start reads it; one that only looks writes nothing.
    let other = wrap("<!-- another -->");
    let hash = content_hash(other.as_bytes());
    write_heavy_drawings(
        folder.path(),
        &BTreeMap::from([(hash.clone(), HeavyDrawing { why: Heavy::Memory, pixels: 0, drawn_longer: false })]),
    )
    .unwrap();
    let _ledger = Ledger::open(folder.path(), false);
    assert_eq!(probe(other.as_bytes(), &Limits::default()), Err(Error::TooHeavy { why: Heavy::Memory }));
    allow_longer(&hash);
    assert!(probe(other.as_bytes(), &Limits::default()).is_ok());
    assert!(!read_heavy_drawings(folder.path())[&hash].drawn_longer);
}

/// Of a thumbnail.
const FEW: u64 = 512 * 512;

#[test]
fn what_is_too_heavy_when_it_is_large_is_still_drawn_when_it_is_small() {
    let heavy = Err(&Error::TooHeavy { why: Heavy::Memory });
    heavy::learn("a large one", Allowance::Usual, 100 * FEW, heavy);
    for (pixels, is_tried) in [(0, true), (FEW, true), (25 * FEW, true), (26 * FEW, false), (400 * FEW, false)] {
        assert_eq!(heavy::allowance("a large one", Allowance::Usual, pixels).is_ok(), is_tried, "{pixels}");
    }
    heavy::learn("a small one", Allowance::Usual, FEW, heavy);
    assert!(heavy::allowance("a small one", Allowance::Usual, 1).is_err());
}

#[test]
fn what_is_still_arriving_is_not_remembered_in_the_library() {
    let folder = tempfile::tempdir().unwrap();
    let _ledger = Ledger::open(folder.path(), true);
    heavy::learn("a partial", Allowance::Glance, 0, Err(&Error::TooHeavy { why: Heavy::Time }));
    assert!(!read_heavy_drawings(folder.path()).contains_key("a partial"));
    assert_eq!(heavy::allowance("a partial", Allowance::Usual, 0), Ok(Allowance::Usual), "the whole may do better");
    assert!(heavy::allowance("a partial", Allowance::Glance, 0).is_err());
}

#[test]
fn another_program_in_the_place_of_the_child_is_told() {
    for path in ["/bin/echo", "/bin/true", "/no/such/program"] {
        let program = Program { path: path.into(), arguments: Vec::new() };
        assert!(Process::start(&program).is_err(), "{path}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_child_holds_nothing_private_and_ends_when_it_is_let_go() {
    let process = Process::start(&program("decode::tests::child")).unwrap();
    let of = |file: &str| std::fs::read(format!("/proc/{}/{file}", process.id())).unwrap();
    assert_eq!(String::from_utf8_lossy(&of("environ")), "");
    let line = String::from_utf8(of("cmdline")).unwrap();
    assert!(line.starts_with("easel\0decode::tests::child\0"), "{line}");
    let proc = std::path::PathBuf::from(format!("/proc/{}", process.id()));
    drop(process);
    assert!(!proc.exists());
}

#[test]
fn a_child_ends_with_its_parent_also_in_the_middle_of_a_drawing() {
    let Program { path, arguments } = program("decode::tests::child");
    let mut child = Command::new(path).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut to, mut from) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    protocol::write(&mut to, &protocol::Hello::default(), &[]).unwrap();
    let task = Task::Draw(View::Natural);
    let request = Request { hash: "a".into(), limits: Limits::default(), allowance: Allowance::Longer, task };
    let endless = filter("<feTurbulence numOctaves='1000000000'/>");
    protocol::write(&mut to, &request, endless.as_bytes()).unwrap();
    let mut greeting = vec![0; protocol::GREETING.len()];
    from.read_exact(&mut greeting).unwrap();
    drop(to);
    // Would wait for three minutes.
    child.wait().unwrap();
}

/// Tries what a child may not do, and prints what it could.
#[test]
#[ignore = "the next test starts it"]
fn prisoner() {
    let fonts = tempfile::tempdir().unwrap();
    std::fs::write(fonts.path().join("font"), b"a font").unwrap();
    let outside = tempfile::NamedTempFile::new().unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let missing = sandbox::enter(&[fonts.path().to_owned()]);
    println!("missing: {missing:?}");
    let tried = [
        ("read a font", std::fs::read(fonts.path().join("font")).is_ok()),
        ("read a file", std::fs::read(outside.path()).is_ok()),
        ("read the list of users", std::fs::read("/etc/passwd").is_ok()),
        ("make a file", std::fs::write(fonts.path().join("new"), b"").is_ok()),
        ("connect", std::net::TcpStream::connect(listener.local_addr().unwrap()).is_ok()),
        ("open a port", std::net::UdpSocket::bind("127.0.0.1:0").is_ok()),
        ("start a program", Command::new("/bin/true").status().is_ok()),
    ];
    sandbox::enter_worker().unwrap();
    let thread = std::thread::Builder::new().spawn(|| ()).is_ok();
    for (what, could) in tried.into_iter().chain([("start a thread", thread)]) {
        println!("could {what}: {could}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_child_reads_fonts_and_nothing_else_and_reaches_nobody() {
    let Program { path, arguments } = program("decode::tests::prisoner");
    let said = Command::new(path).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    println!("{said}");
    for what in ["connect", "open a port", "start a program", "start a thread"] {
        assert!(said.contains(&format!("could {what}: false")), "{said}");
    }
    assert!(said.contains("could read a font: true"), "{said}");
    // A kernel without landlock says so.
    let kept = said.contains("landlock");
    for what in ["read a file", "read the list of users", "make a file"] {
        assert!(kept || said.contains(&format!("could {what}: false")), "{said}");
    }
}
