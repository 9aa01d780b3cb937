//! Closing while something is under way: what would be lost, and the choice.

use super::{Fresh, buttons_ui, note_ui};
use crate::engine::{JobView, Phase};
use crate::studio::Command;
use crate::ui::theme::Type;
use crate::ui::{Cx, widgets};
use egui::{Ui, ViewportCommand};
use std::sync::Arc;

/// What closing would cost, one sentence each.
fn losses(jobs: &[Arc<JobView>]) -> Vec<String> {
    let running: u32 =
        jobs.iter().filter(|job| job.phase.is_running()).map(|job| job.asked - job.arrived.min(job.asked)).sum();
    let unsaved: usize = jobs
        .iter()
        .map(|job| match job.phase {
            Phase::Unsaved { count, elsewhere: None, .. } => count,
            _ => 0,
        })
        .sum();
    let mut losses = Vec::new();
    match running {
        0 => {}
        1 => {
            losses.push("1 picture is still being made. Closed now, it is lost, and may be billed all the same".into());
        }
        count => losses.push(format!(
            "{count} pictures are still being made. Closed now, they are lost, and may be billed all the same"
        )),
    }
    match unsaved {
        0 => {}
        1 => losses.push("1 picture has arrived but could not be saved; it would be lost".into()),
        count => losses.push(format!("{count} pictures have arrived but could not be saved; they would be lost")),
    }
    losses
}

pub(super) fn quit_ui(ui: &mut Ui, cx: &mut Cx<'_>, fresh: &mut Fresh, may_close: &mut bool) {
    let losses = losses(&cx.studio.snapshot.jobs);
    for loss in &losses {
        ui.label(Type::Body.text(loss.as_str()));
    }
    if losses.is_empty() {
        ui.label(Type::Body.text("Everything is done and saved"));
    }
    let queued = cx
        .studio
        .snapshot
        .jobs
        .iter()
        .filter(|job| matches!(job.phase, Phase::Queued { .. } | Phase::Elsewhere { held: false, .. }))
        .count();
    if queued > 0 {
        note_ui(ui, "What has not been sent yet waits for the next time");
    }
    buttons_ui(ui, |ui| {
        let keep = widgets::accent_button(ui, "Keep Easel open");
        fresh.focus(&keep);
        if keep.clicked() {
            cx.push(Command::CloseDialog);
        }
        if widgets::button(ui, None, "Close anyway").clicked() {
            *may_close = true;
            ui.ctx().send_viewport_cmd(ViewportCommand::Close);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::ModelId;
    use crate::engine::DiskError;
    use crate::library::{JobId, Run, RunId};
    use std::sync::Arc;

    fn job(asked: u32, arrived: u32, phase: Phase) -> JobView {
        let run = Run {
            id: RunId("r".into()),
            created_ms: 0,
            model: ModelId::new("a/b"),
            model_name: "B".into(),
            prompt: String::new(),
            settings: String::new(),
            asked,
            aspect: None,
        };
        JobView {
            id: JobId("j".into()),
            run: Arc::new(run),
            prompt: "".into(),
            position: 0,
            asked,
            arrived,
            phase,
            started: None,
            provider: None,
            usual: None,
            previews: 0,
            partials: 0,
            is_sendable: true,
        }
    }

    #[test]
    fn what_would_be_lost_is_counted() {
        let receiving = || Phase::Receiving { note: None };
        let unsaved = |count| Phase::Unsaved { error: DiskError::Stopped, count, elsewhere: None };
        let copied = || Phase::Unsaved { error: DiskError::Stopped, count: 1, elsewhere: Some("/media".into()) };
        for (jobs, starts) in [
            (vec![job(1, 0, Phase::Cancelled), job(1, 0, copied())], vec![]),
            (vec![job(1, 0, Phase::Sending)], vec!["1 picture is still"]),
            (vec![job(4, 1, receiving()), job(2, 0, Phase::Sending)], vec!["5 pictures are still"]),
            (vec![job(2, 0, unsaved(2))], vec!["2 pictures have arrived"]),
            (vec![job(1, 0, Phase::Sending), job(1, 0, unsaved(1))], vec!["1 picture is still", "1 picture has"]),
        ] {
            let jobs: Vec<_> = jobs.into_iter().map(Arc::new).collect();
            let losses = losses(&jobs);
            assert_eq!(losses.len(), starts.len(), "{losses:?}");
            assert!(losses.iter().zip(&starts).all(|(loss, start)| loss.starts_with(start)), "{losses:?}");
        }
    }
}
