//! The command line.

use lexopt::prelude::*;
use std::path::PathBuf;
use std::time::Duration;

/// What `--help` says.
pub const HELP: &str = "\
Easel, a desktop image studio

Usage
  easel [OPTIONS]                 open the studio
  easel models [--json]           list the models and their prices
  easel generate --model ID --prompt TEXT [GENERATE OPTIONS]
                                  make pictures; one line for each: id, path, media type, width, height, cost, ms
  easel sign-in [--paste] [--file]
                                  get a key from the service's own page in your browser and keep it in the system's
                                  secret store (--file: in a file); --paste: type the code that the page shows
  easel account [--json]          what the service says of the key: limits, budgets, use, balance
  easel demo [--port N]           serve the demo API alone on this computer until interrupted
  easel read FILE... [--json]     what picture files say of themselves: format, size, program, prompt, seed, model ...
  easel import PATH... [--json]   copy files and folders into the library, beside a running window too
  easel jobs [--json]             what the library knows of calls that are not stored: open, held, failed, unknown
  easel library check [--repair]  compare the library's index with its folder, byte by byte
  easel library rebuild           make the index anew from the folder; the old one is put aside

Options
  --demo                pictures are painted on this computer; no key, no network
  --api-base URL        another server that speaks the API (or OPENROUTER_API_BASE)
  --connection NAME     a server that has a name in the settings
  --allow-http HOST     let the key go to this host unencrypted, where the API base begins with http://
  --library DIR         where pictures are kept (default: the platform's data folder)
  --read-only           only look at the library: nothing in it is changed, and another Easel may be writing to it
  --timeout SECONDS     longest wait for one answer (default 600)
  --pace SECONDS        how long the demo takes for a picture (default 3)
  --help, --version

Generate options
  --prompt TEXT         `a {red|blue} fox` asks for two prompts; \\{ is a plain brace
  --set FIELD=VALUE     a request field, such as aspect_ratio=16:9, n=2, seed=7 (repeatable)
  --reference PATH|URL  a reference picture (repeatable)
  --provider TAG        only this endpoint
  --option KEY=JSON     a passthrough option of the pinned or only endpoint (repeatable)
  --stream              stream where the endpoint can
  --rescue DIR          where pictures go that the library will not take (else to the system's temporary folder)
  --json                one JSON object a line

The key comes from OPENROUTER_API_KEY or from the studio's settings; each belongs to one server. The variable's goes to
OpenRouter, or to the server that --api-base or OPENROUTER_API_BASE names.
";

/// A parsed command line.
#[derive(Clone, Debug, PartialEq)]
pub struct Args {
    pub mode: Mode,
    pub demo: bool,
    pub api_base: Option<String>,
    /// A server by its name in the settings.
    pub connection: Option<String>,
    /// Hosts that a key may go to unencrypted.
    pub allow_http: Vec<String>,
    pub library: Option<PathBuf>,
    /// For the window.
    pub read_only: bool,
    pub timeout: Duration,
    pub pace: Duration,
}

/// What the program is to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Mode {
    Window,
    Models {
        json: bool,
    },
    Account {
        json: bool,
    },
    SignIn(SignIn),
    Generate(Generate),
    Demo {
        port: u16,
    },
    Library(Task),
    Read {
        files: Vec<PathBuf>,
        json: bool,
    },
    Import {
        paths: Vec<PathBuf>,
        json: bool,
    },
    Jobs {
        json: bool,
    },
    /// Draw what the parent asks for; not in the help.
    DrawSvg,
}

impl Mode {
    /// Names it in a word or two.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Window => "window",
            Self::Models { .. } => "models",
            Self::Account { .. } => "account",
            Self::SignIn(_) => "sign-in",
            Self::Generate(_) => "generate",
            Self::Demo { .. } => "demo",
            Self::Library(_) => "library",
            Self::Read { .. } => "read",
            Self::Import { .. } => "import",
            Self::Jobs { .. } => "jobs",
            Self::DrawSvg => "drawing",
        }
    }
}

/// How `easel sign-in` is to go about it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SignIn {
    /// The page shows a code, which is typed here.
    pub paste: bool,
    /// The key is kept in a file instead of the system's secret store.
    pub in_file: bool,
}

/// What `easel library` is to do.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Task {
    /// Not said yet.
    #[default]
    None,
    Check {
        repair: bool,
    },
    Rebuild,
    /// For measuring; not in the help.
    Fill {
        count: usize,
        into: Option<PathBuf>,
    },
}

/// What `easel generate` was asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Generate {
    pub model: String,
    pub prompt: String,
    /// Field and value as typed.
    pub set: Vec<(String, String)>,
    /// Addresses and paths, whose names need not be text.
    pub references: Vec<std::ffi::OsString>,
    pub provider: Option<String>,
    /// Key and JSON text as typed.
    pub options: Vec<(String, String)>,
    pub stream: bool,
    pub json: bool,
    /// Where pictures go that the library will not take, before the system's temporary folder.
    pub rescue: Option<PathBuf>,
}

/// Reads the command line. `Ok(Err(text))`: print this and be done. `Err`: a sentence for people.
///
/// # Errors
/// When the command line cannot be understood.
pub fn parse(arguments: impl IntoIterator<Item = std::ffi::OsString>) -> Result<Result<Args, String>, String> {
    let mut parser = lexopt::Parser::from_iter(arguments);
    let mut args = Args {
        mode: Mode::Window,
        demo: false,
        api_base: None,
        connection: None,
        allow_http: Vec::new(),
        library: None,
        read_only: false,
        timeout: Duration::from_secs(600),
        pace: Duration::from_secs(3),
    };
    match read(&mut parser, &mut args) {
        Ok(Some(text)) => Ok(Err(text)),
        Ok(None) => check(args).map(Ok),
        Err(error) => Err(format!("{error}; see easel --help")),
    }
}

fn read(parser: &mut lexopt::Parser, args: &mut Args) -> Result<Option<String>, lexopt::Error> {
    while let Some(argument) = parser.next()? {
        match (argument, &mut args.mode) {
            (Long("help") | Short('h'), _) => return Ok(Some(HELP.to_owned())),
            (Long("version") | Short('V'), _) => return Ok(Some(format!("easel {}\n", env!("CARGO_PKG_VERSION")))),
            (Long("demo"), _) => args.demo = true,
            (Long("api-base"), _) => args.api_base = Some(parser.value()?.string()?),
            (Long("connection"), _) => args.connection = Some(parser.value()?.string()?),
            (Long("allow-http"), _) => args.allow_http.push(parser.value()?.string()?),
            (Long("library"), _) => args.library = Some(parser.value()?.into()),
            (Long("read-only"), Mode::Window) => args.read_only = true,
            (Long("timeout"), _) => args.timeout = seconds(parser.value()?)?,
            (Long("pace"), _) => args.pace = seconds(parser.value()?)?,
            (Value(word), mode @ Mode::Window) => {
                *mode = match word.string()?.as_str() {
                    "models" => Mode::Models { json: false },
                    "sign-in" => Mode::SignIn(SignIn::default()),
                    "account" => Mode::Account { json: false },
                    "generate" => Mode::Generate(Generate::default()),
                    "demo" => Mode::Demo { port: 0 },
                    "library" => Mode::Library(Task::None),
                    "read" => Mode::Read { files: Vec::new(), json: false },
                    "import" => Mode::Import { paths: Vec::new(), json: false },
                    "jobs" => Mode::Jobs { json: false },
                    crate::decode::CHILD_COMMAND => Mode::DrawSvg,
                    other => return Err(format!("there is no command '{other}'").into()),
                };
            }
            (Value(word), Mode::Library(task @ Task::None)) => {
                *task = match word.string()?.as_str() {
                    "check" => Task::Check { repair: false },
                    "rebuild" => Task::Rebuild,
                    "fill" => Task::Fill { count: 0, into: None },
                    other => return Err(format!("there is no command 'library {other}'").into()),
                };
            }
            (Long("repair"), Mode::Library(Task::Check { repair })) => *repair = true,
            (Long("count"), Mode::Library(Task::Fill { count, .. })) => *count = parser.value()?.parse()?,
            (Long("into"), Mode::Library(Task::Fill { into, .. })) => *into = Some(parser.value()?.into()),
            (Value(file), Mode::Read { files, .. } | Mode::Import { paths: files, .. }) => files.push(file.into()),
            (Long("json"), Mode::Models { json } | Mode::Account { json }) => *json = true,
            (Long("json"), Mode::Read { json, .. } | Mode::Import { json, .. } | Mode::Jobs { json }) => *json = true,
            (Long("paste"), Mode::SignIn(wanted)) => wanted.paste = true,
            (Long("file"), Mode::SignIn(wanted)) => wanted.in_file = true,
            (Long("port"), Mode::Demo { port }) => *port = parser.value()?.parse()?,
            (Long("json"), Mode::Generate(generate)) => generate.json = true,
            (Long("stream"), Mode::Generate(generate)) => generate.stream = true,
            (Long("rescue"), Mode::Generate(generate)) => generate.rescue = Some(parser.value()?.into()),
            (Long("model"), Mode::Generate(generate)) => generate.model = parser.value()?.string()?,
            (Long("prompt"), Mode::Generate(generate)) => generate.prompt = parser.value()?.string()?,
            (Long("provider"), Mode::Generate(generate)) => generate.provider = Some(parser.value()?.string()?),
            (Long("reference"), Mode::Generate(generate)) => generate.references.push(parser.value()?),
            (Long("set"), Mode::Generate(generate)) => generate.set.push(pair(parser.value()?)?),
            (Long("option"), Mode::Generate(generate)) => generate.options.push(pair(parser.value()?)?),
            (other, _) => return Err(other.unexpected()),
        }
    }
    Ok(None)
}

fn seconds(value: std::ffi::OsString) -> Result<Duration, lexopt::Error> {
    let seconds: f64 = value.parse()?;
    Duration::try_from_secs_f64(seconds).map_err(|_| format!("{seconds} is not a number of seconds").into())
}

fn pair(value: std::ffi::OsString) -> Result<(String, String), lexopt::Error> {
    let text = value.string()?;
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err(format!("'{text}' is not KEY=VALUE").into()),
    }
}

fn check(args: Args) -> Result<Args, String> {
    if let Mode::Generate(generate) = &args.mode {
        for (value, name) in [(&generate.model, "--model"), (&generate.prompt, "--prompt")] {
            if value.is_empty() {
                return Err(format!("easel generate needs {name}; see easel --help"));
            }
        }
    }
    if let Mode::Library(Task::None | Task::Fill { into: None, .. }) = &args.mode {
        return Err("easel library needs to know what to do: check or rebuild; see easel --help".to_owned());
    }
    if matches!(&args.mode, Mode::Read { files, .. } if files.is_empty()) {
        return Err("easel read needs a file; see easel --help".to_owned());
    }
    if matches!(&args.mode, Mode::Import { paths, .. } if paths.is_empty()) {
        return Err("easel import needs a file or a folder; see easel --help".to_owned());
    }
    if args.read_only && args.mode != Mode::Window {
        return Err("--read-only is for the studio alone; see easel --help".to_owned());
    }
    if args.demo && args.api_base.is_some() {
        return Err("--demo and --api-base exclude each other; see easel --help".to_owned());
    }
    if args.connection.is_some() && (args.demo || args.api_base.is_some()) {
        return Err("--connection, --demo and --api-base exclude each other; see easel --help".to_owned());
    }
    Ok(args)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Result<Args, String>, String> {
        parse(std::iter::once("easel").chain(line.split_whitespace()).map(Into::into))
    }

    #[test]
    fn a_whole_generate_line_is_understood() {
        let line = "generate --model a/b --prompt fox --set n=2 --set seed=7 --reference x.png --provider t --option k={} --stream --rescue /r --json --demo --library /l";
        let args = parsed(line).unwrap().unwrap();
        assert!(args.demo);
        let Mode::Generate(generate) = args.mode else { panic!("not generate") };
        assert_eq!(generate.set, [("n".into(), "2".into()), ("seed".into(), "7".into())]);
        assert_eq!(generate.options, [("k".into(), "{}".into())]);
        assert_eq!((generate.references.len(), generate.stream, generate.json), (1, true, true));
        assert_eq!(generate.rescue, Some("/r".into()));
    }

    #[test]
    fn what_is_wrong_is_said_in_one_sentence() {
        for (line, part) in [
            ("paint", "no command 'paint'"),
            ("generate --model a/b", "needs --prompt"),
            ("generate --model a/b --prompt x --set n", "is not KEY=VALUE"),
            ("--port 3", "--port"),
            ("--demo --api-base http://x", "exclude"),
            ("--demo --connection Studio", "exclude"),
            ("--timeout -1", "seconds"),
            ("library", "check or rebuild"),
            ("library paint", "no command 'library paint'"),
            ("library rebuild --repair", "--repair"),
            ("--read-only models", "the studio alone"),
            ("read --json", "needs a file"),
            ("import", "needs a file or a folder"),
        ] {
            let error = parsed(line).unwrap_err();
            assert!(error.contains(part) && error.ends_with("see easel --help"), "{line}: {error}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn files_need_not_have_names_that_are_text() {
        use std::os::unix::ffi::OsStringExt as _;
        let odd = || std::ffi::OsString::from_vec(b"bad\xff\xfename.png".to_vec());
        let of = |line: &str| {
            let words = std::iter::once("easel")
                .chain(line.split(' '))
                .map(|word| if word == "ODD" { odd() } else { word.into() });
            parse(words).unwrap().unwrap()
        };
        let Mode::Generate(generate) =
            of("generate --model a/b --prompt fox --reference ODD --rescue ODD --library ODD").mode
        else {
            panic!("not generate")
        };
        assert_eq!((generate.references, generate.rescue), (vec![odd()], Some(odd().into())));
        assert_eq!(of("--library ODD").library, Some(odd().into()));
        assert_eq!(of("read ODD").mode, Mode::Read { files: vec![odd().into()], json: false });
        assert_eq!(of("import ODD").mode, Mode::Import { paths: vec![odd().into()], json: false });
        let fill = Mode::Library(Task::Fill { count: 1, into: Some(odd().into()) });
        assert_eq!(of("library fill --count 1 --into ODD").mode, fill);
    }

    #[test]
    fn help_and_version_come_before_everything() {
        assert_eq!(parsed("models --help").unwrap().unwrap_err(), HELP);
        assert!(parsed("--version").unwrap().unwrap_err().starts_with("easel 0."));
    }
}
