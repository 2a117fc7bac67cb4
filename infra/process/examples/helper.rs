//! What the tests run: the supervisor's program, and servers that do as they are told.

use std::env::{args_os, var};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<_> = args_os().skip(1).collect();
    let (supervise, run) = goodgo_process::SUPERVISE;
    match arguments.first().and_then(|word| word.to_str()) {
        Some(word) if word == supervise => run(&arguments[1..]),
        Some("serve") => serve(),
        Some("fail") => fail(),
        Some("quick") => ExitCode::SUCCESS,
        _ => ExitCode::from(2),
    }
}

/// Answers every request with `ANSWER` and the content of the file that `TOKEN_FILE` names.
fn serve() -> ExitCode {
    let address = var("LISTEN_ADDRESS").unwrap_or_default();
    let token = var("TOKEN_FILE").ok().and_then(|path| std::fs::read_to_string(path).ok());
    let answer = format!("{}{}", var("ANSWER").unwrap_or_default(), token.unwrap_or_default());
    let Ok(listener) = TcpListener::bind(address) else {
        return ExitCode::FAILURE;
    };
    for mut stream in listener.incoming().flatten() {
        let mut request = [0; 4096];
        let _ = stream.read(&mut request);
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", answer.len());
        let _ = stream.write_all(format!("{head}{answer}").as_bytes());
    }
    ExitCode::SUCCESS
}

fn fail() -> ExitCode {
    let mut output = std::io::stdout();
    let _ = writeln!(output, "cannot go on: the setting is wrong");
    ExitCode::from(7)
}
