//! The command on a terminal: the bar, the question, Ctrl-C from the keyboard.

use std::io::{Read as _, Write as _};
use std::num::NonZeroU16;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use holdall_testing::s3_server::{Fault, FaultAction};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::s3::{reached, server};
use crate::site::{PROGRAM, Site};

/// How long a screen may take to show what is waited for.
const PATIENCE: Duration = Duration::from_mins(1);

/// A program on a terminal of 24 lines and 100 columns.
struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    keyboard: Box<dyn std::io::Write + Send>,
    seen: Arc<(Mutex<vt100::Parser>, Condvar)>,
    reader: std::thread::JoinHandle<()>,
    // Closed with the terminal.
    _master: Box<dyn MasterPty + Send>,
}

impl Terminal {
    fn run(site: &Site, arguments: &[&str]) -> Self {
        let (rows, cols) = (24, 100);
        let screen = PtySize { rows, cols, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(screen).unwrap();
        let mut command = CommandBuilder::new(PROGRAM);
        command.args(arguments);
        command.cwd(site.root());
        command.env("TERM", "xterm-256color");
        command.env_remove("NO_COLOR");
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let count = |number| NonZeroU16::new(number).unwrap();
        let parser = vt100::Parser::new(count(rows), count(cols), 0);
        let seen = Arc::new((Mutex::new(parser), Condvar::new()));
        let (mut output, screen) = (pair.master.try_clone_reader().unwrap(), Arc::clone(&seen));
        let reader = std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            // Linux ends the output of a terminal that nobody has open any more with an error.
            while let Ok(read @ 1..) = output.read(&mut buffer) {
                screen.0.lock().unwrap().process(&buffer[..read]);
                screen.1.notify_all();
            }
        });
        let keyboard = pair.master.take_writer().unwrap();
        Self { child, keyboard, seen, reader, _master: pair.master }
    }

    /// Waits until the screen shows that; what it shows then.
    #[track_caller]
    fn wait_for(&self, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        let mut parser = self.seen.0.lock().unwrap();
        loop {
            let screen = parser.screen().contents();
            if screen.contains(text) {
                return screen;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "{text:?} does not come:\n{screen}");
            parser = self.seen.1.wait_timeout(parser, left).unwrap().0;
        }
    }

    fn type_in(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    /// Waits for the end: exit code and the last screen.
    fn end(mut self) -> (u32, String) {
        let status = self.child.wait().unwrap();
        self.reader.join().unwrap();
        let screen = self.seen.0.lock().unwrap().screen().contents();
        (status.exit_code(), screen)
    }
}

/// Writes a screen where somebody can look at it.
fn keep(name: &str, screen: &str) {
    let directory = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("screens");
    std::fs::create_dir_all(&directory).unwrap();
    std::fs::write(directory.join(name), screen).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bar_moves_and_control_c_ends_it() {
    let server = server().await;
    let site = Site::in_bucket(&server, "static");
    site.fill(20);
    let fault = server.inject(Fault::new(FaultAction::Stall).operation("PutObject").skip(12));
    let mut terminal = Terminal::run(&site, &["collectstatic", "--noinput", "--jobs=1"]);
    reached(&fault).await;
    let (terminal, screen) = tokio::task::spawn_blocking(move || {
        let screen = terminal.wait_for("12/40 files");
        terminal.type_in("\u{3}");
        (terminal, screen)
    })
    .await
    .unwrap();
    keep("publishing.txt", &screen);
    assert!(screen.contains("Publishing [=========> "), "{screen}");
    let (code, screen) = tokio::task::spawn_blocking(|| terminal.end()).await.unwrap();
    keep("interrupted.txt", &screen);
    assert_eq!(code, 130);
    // The bar stays where it stood: the terminal itself wrote `^C` below it.
    let stands = "interrupted: 12 files saved; what was published before is whole; run again to go on";
    assert!(screen.replace('\n', "").contains(stands), "{screen}");
}

#[test]
fn the_question_is_asked_and_the_rate_told() {
    let site = Site::on_disk();
    site.fill(50);
    site.write("collected/old.txt", "old");
    let mut terminal = Terminal::run(&site, &["collectstatic"]);
    terminal.wait_for("Type 'yes' to continue, or 'no' to cancel: ");
    terminal.type_in("yes\r");
    let (code, screen) = terminal.end();
    keep("collected.txt", &screen);
    assert_eq!(code, 0);
    assert!(screen.contains("50 static files copied to"), "{screen}");
    assert!(screen.contains("50 files in ") && screen.contains(" files/s."), "{screen}");
}

#[test]
fn nothing_moves_where_nothing_is_said() {
    let site = Site::on_disk();
    site.fill(5);
    let (code, screen) = Terminal::run(&site, &["collectstatic", "-v0"]).end();
    assert_eq!((code, screen.trim()), (0, ""));
    let (code, screen) = Terminal::run(&site, &["collectstatic", "--json", "--noinput"]).end();
    assert_eq!(code, 0);
    assert!(!screen.contains("files in "), "{screen}");
}
