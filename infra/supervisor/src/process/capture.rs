//! Both outputs of a process on their way into its log.

use std::fs::File;
use std::rc::Rc;

use tokio::task::JoinHandle;
use tokio::time::{Duration, timeout};

use crate::context::Context;
use crate::error::Error;
use crate::logs::pipe::{self, Channel, Drained};
use crate::paths::Paths;
use crate::protocol::Stream;
use crate::readable::readable;
use crate::spec::Spec;

/// Linux before 5.14 may not wake an edge-triggered reader of a pipe that was
/// not empty; there, a line is late by this much.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// Portions moved before other tasks get their turn.
const PORTIONS: usize = 8;

/// Moves lines from the pipes into the log for as long as it lives.
#[derive(Debug)]
pub(super) struct Capture {
    channels: [Rc<Channel>; 2],
    tasks: [JoinHandle<()>; 2],
}

impl Capture {
    pub(super) fn open(context: &Context, key: &str, spec: &Spec) -> Result<Self, Error> {
        let open = |stream| Channel::open(context, key, spec, stream).map(Rc::new);
        let channels = [open(Stream::Out)?, open(Stream::Err)?];
        let tasks = channels
            .each_ref()
            .map(|channel| tokio::task::spawn_local(move_lines(Rc::clone(channel))));
        Ok(Self { channels, tasks })
    }

    /// The ends for the process.
    pub(super) fn for_process(&self) -> Result<(File, File), Error> {
        Ok((self.channels[0].for_process()?, self.channels[1].for_process()?))
    }

    /// The process has ended: what it wrote last goes into the log.
    pub(super) fn finish(&self) {
        for channel in &self.channels {
            // A full disk: the lines are lost, the process is not held up.
            let _ = channel.drain_to_end();
        }
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// Removes the pipes of a process that will not come again.
pub(super) fn remove(paths: &Paths, key: &str) {
    for stream in [Stream::Out, Stream::Err] {
        let _ = std::fs::remove_file(pipe::path(&paths.pipes(), key, stream));
    }
}

async fn move_lines(channel: Rc<Channel>) {
    let Ok(descriptor) = channel.descriptor() else { return };
    let Ok(descriptor) = readable(descriptor) else { return };
    loop {
        let mut more = true;
        for _ in 0..PORTIONS {
            more = !matches!(channel.drain(false), Ok(Drained::Empty));
            if !more {
                break;
            }
        }
        if more {
            tokio::task::yield_now().await;
            continue;
        }
        // Ready means "something came since": what is left is half a line.
        if let Ok(Ok(mut ready)) = timeout(LOOK_AGAIN, descriptor.readable()).await {
            ready.clear_ready();
        }
    }
}
