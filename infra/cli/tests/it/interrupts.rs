//! Ctrl-C, and two commands at once.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::Desk;

/// A deploy that waits in the middle of a step, and what it says.
struct Waiting {
    child: Child,
    said: std::io::Lines<BufReader<std::process::ChildStderr>>,
}

impl Waiting {
    fn new(desk: &Desk) -> Self {
        let mut child =
            desk.command(&["deploy", "--parallel", "1"]).stderr(Stdio::piped()).spawn().unwrap();
        let said = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut waiting = Self { child, said };
        waiting.until("sharpening the pencil");
        waiting
    }

    fn until(&mut self, text: &str) {
        assert!(self.said.any(|line| line.unwrap().contains(text)), "it never said `{text}`");
    }

    fn interrupt(&self) {
        kill_process(Pid::from_child(&self.child), Signal::INT).unwrap();
    }

    fn code(mut self) -> Option<i32> {
        self.said.by_ref().for_each(drop);
        self.child.wait().unwrap().code()
    }
}

fn go(desk: &Desk) {
    std::fs::write(desk.path().join("workspace/go"), "").unwrap();
}

#[test]
fn the_first_ctrl_c_lets_the_running_step_finish() {
    let desk = Desk::new("milk=wait\nrent=pay");
    let mut deploy = Waiting::new(&desk);
    deploy.interrupt();
    deploy.until("stopping after 1 running step");
    go(&desk);
    assert_eq!(deploy.code(), Some(130));
    assert_eq!(desk.texts(), ["wait"]);
    desk.ok(&["deploy"]);
    assert_eq!(desk.texts(), ["pay", "wait"], "nothing is made twice");
}

#[test]
fn the_second_ctrl_c_stops_at_once() {
    let desk = Desk::new("milk=wait");
    let mut deploy = Waiting::new(&desk);
    deploy.interrupt();
    deploy.until("stopping after");
    deploy.interrupt();
    assert_eq!(deploy.code(), Some(130));
    go(&desk);
    desk.ok(&["deploy"]);
    assert_eq!(desk.texts(), ["wait"]);
}

#[test]
fn a_second_deploy_leaves_with_the_owners_name_or_waits() {
    let desk = Desk::new("milk=wait");
    let first = Waiting::new(&desk);
    let second = desk.run(&["deploy"]);
    assert_eq!(second.code, 4, "{}", second.err);
    assert!(second.err.contains(&format!("process {}", first.child.id())), "{}", second.err);
    assert_eq!(desk.run(&["preview"]).code, 0, "looking needs no lock");
    go(&desk);
    let third = desk.ok(&["deploy", "--wait", "1m"]);
    assert!(third.err.contains("no changes"), "{}", third.err);
    assert_eq!(first.code(), Some(0));
}

#[test]
fn a_killed_deploy_is_followed_and_nothing_is_lost_or_doubled() {
    let desk = Desk::new("milk=wait\nrent=pay");
    let mut first = Waiting::new(&desk);
    first.child.kill().unwrap();
    first.child.wait().unwrap();
    go(&desk);
    let second = desk.ok(&["deploy"]);
    assert!(second.err.contains("going on from where `deploy`"), "{}", second.err);
    assert_eq!(desk.texts(), ["pay", "wait"]);
    desk.ok(&["destroy", "--yes"]);
}
