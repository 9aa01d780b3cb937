//! Contact sheets: how they are to look, seen while it is chosen, and where they go.
//!
//! Decides what is to be made (`order`) and leaves the making to the engine. Invariants: one preview is drawn at a time
//! and the newest wish comes next; nothing in the library is ever a target.

use super::export::{file_name, progress_ui};
use super::pick::{Picking, folder_of, folder_ui};
use super::{Fresh, note_ui, save_buttons_ui, warning_ui};
use crate::engine::{Engine, ExportError, Exported, Exporting, Interrupted, SheetOrder, SheetPicture};
use crate::library::{Picture, PictureId, Run};
use crate::picture::{self, Encoding, Format};
use crate::plan::{Captions, Ground, Sheet, SheetStyle};
use crate::studio::{Command, Tone, pictures_text, sheet_words, with_extension};
use crate::ui::theme::{self, Type, tokens};
use crate::ui::widgets::{self, line_of, place};
use crate::ui::{Cx, color_image};
use egui::{
    Align, Align2, ColorImage, DragValue, Image, Layout, Rect, Role, Sense, TextEdit, TextureHandle, Ui, WidgetInfo,
    vec2,
};
use poll_promise::Promise;
use std::path::PathBuf;
use std::sync::Arc;

/// Width of the column with the choices, and side of the room for the preview, points.
const CHOICES: f32 = 440.0;
const PREVIEW: f32 = 400.0;
pub(super) const WIDTH: f32 = CHOICES + PREVIEW + theme::PADDING;
/// Quality of sheets written as JPEG.
const QUALITY: u8 = 92;

type Previewing = Promise<Result<Result<ColorImage, picture::Error>, Interrupted>>;

pub(super) struct Form {
    pictures: Vec<(Picture, Option<Arc<Run>>)>,
    library: PathBuf,
    pub(super) style: SheetStyle,
    jpeg: bool,
    name: String,
    folder: String,
    picking: Picking,
    /// What the preview shows, or is being drawn for.
    previewed: Option<SheetStyle>,
    previewing: Option<Previewing>,
    preview: Option<TextureHandle>,
    /// How many sheets there will be, and how large.
    sizes: String,
    /// Whether the artist wants no more of it.
    pub(super) stop: bool,
    message: Option<String>,
    fresh: Fresh,
}

impl Form {
    pub(super) fn new(ids: &[PictureId], cx: &Cx<'_>) -> Self {
        let studio = &cx.studio;
        let known = |id: &PictureId| {
            let picture = studio.collection.picture(id)?;
            Some((picture.clone(), studio.collection.run(&picture.run).map(|entry| entry.run.clone())))
        };
        let folder = studio.layout.export_folder.as_deref().unwrap_or_else(|| cx.engine.pictures_dir());
        let day = (studio.clock)().strftime("%Y-%m-%d").to_string();
        Self {
            pictures: ids.iter().filter_map(known).collect(),
            library: cx.engine.library_dir().to_owned(),
            style: studio.layout.sheet.clone(),
            jpeg: true,
            name: format!("Contact sheet {day}.jpg"),
            folder: folder.display().to_string(),
            picking: Picking::default(),
            previewed: None,
            previewing: None,
            preview: None,
            sizes: "The pictures are not in the library any more".to_owned(),
            stop: false,
            message: None,
            fresh: Fresh::default(),
        }
    }

    pub(super) fn title(&self) -> String {
        format!("Contact sheet of {}", pictures_text(self.pictures.len()))
    }

    fn order(&self, to: PathBuf) -> SheetOrder {
        let words = |picture: &Picture, run: Option<&Run>| sheet_words(picture, run, self.style.captions);
        let picture = |(picture, run): &(Picture, Option<Arc<Run>>)| SheetPicture {
            file: self.library.join(&picture.file),
            hash: picture.hash.clone(),
            words: words(picture, run.as_deref()),
        };
        let encoding = if self.jpeg { Encoding::Jpeg { quality: QUALITY } } else { Encoding::Png };
        SheetOrder { style: self.style.clone(), pictures: self.pictures.iter().map(picture).collect(), encoding, to }
    }

    /// Takes the preview that was drawn, and has the next one drawn when the wish has changed.
    fn refresh_preview(&mut self, ui: &Ui, engine: &Engine) {
        if let Some(drawing) = self.previewing.take() {
            match drawing.try_take() {
                Ok(Ok(Ok(image))) => {
                    self.preview = Some(ui.ctx().load_texture("contact sheet", image, egui::TextureOptions::LINEAR));
                }
                Ok(Ok(Err(error))) => self.message = Some(error.to_string()),
                Ok(Err(interrupted)) => self.message = Some(interrupted.to_string()),
                Err(pending) => self.previewing = Some(pending),
            }
        }
        if self.previewing.is_none() && self.previewed.as_ref() != Some(&self.style) && !self.pictures.is_empty() {
            self.previewed = Some(self.style.clone());
            let side = (PREVIEW * ui.pixels_per_point()).round() as u32;
            let order = self.order(PathBuf::new());
            self.sizes = sizes_text(&order.sheets());
            self.previewing = Some(engine.sheet_preview(order, side, color_image));
        }
    }

    /// Returns where the sheets go, or the sentence that says what is missing.
    fn target(&self) -> Result<PathBuf, String> {
        let folder = folder_of(&self.folder, &self.library, std::env::home_dir().as_deref())?;
        let name = self.name.trim();
        if name.is_empty() {
            return Err("Type a name".to_owned());
        }
        if name.contains(['/', '\\']) {
            return Err("Type a name without / in it; the folder has a line of its own".to_owned());
        }
        Ok(folder.join(with_extension(name, self.extension())))
    }

    fn extension(&self) -> &'static str {
        if self.jpeg { Format::Jpeg.extension() } else { Format::Png.extension() }
    }
}

/// Draws the dialog; `progress`: how many of how many pictures are on their sheets, while they are made.
pub(super) fn sheet_ui(ui: &mut Ui, cx: &mut Cx<'_>, form: &mut Form, progress: Option<(usize, usize)>) {
    form.refresh_preview(ui, cx.engine);
    form.picking.fill(&mut form.folder, &mut form.message);
    let busy = progress.is_some();
    ui.horizontal_top(|ui| {
        ui.allocate_ui_with_layout(vec2(CHOICES, 0.0), Layout::top_down(Align::Min), |ui| {
            ui.set_width(CHOICES);
            ui.add_enabled_ui(!busy, |ui| {
                style_ui(ui, form);
                place_ui(ui, cx, form);
            });
        });
        ui.add_space(theme::PADDING);
        preview_ui(ui, form);
    });
    cx.studio.layout.sheet = SheetStyle { title: String::new(), ..form.style.clone() };
    if let Some(progress) = progress {
        form.stop |= progress_ui(ui, cx, progress);
        return;
    }
    if let Some(message) = &form.message {
        warning_ui(ui, message);
    }
    if save_buttons_ui(ui, cx, |_, _| {}) {
        match form.target() {
            Ok(to) => {
                form.message = None;
                cx.push(Command::MakeSheets(Box::new(form.order(to))));
            }
            Err(message) => form.message = Some(message),
        }
    }
}

fn style_ui(ui: &mut Ui, form: &mut Form) {
    let style = &mut form.style;
    widgets::field_row(ui, "Columns", |ui| {
        let range = f64::from(*SheetStyle::COLUMNS.start())..=f64::from(*SheetStyle::COLUMNS.end());
        let mut columns = f64::from(style.columns);
        if widgets::value_slider(ui, &mut columns, range, true, "Columns").changed() {
            style.columns = columns as u32;
        }
    });
    widgets::field_row(ui, "Picture size", |ui| {
        ui.add(DragValue::new(&mut style.tile).range(SheetStyle::TILE).speed(4.0).suffix(" px"))
            .accessible_name("Picture size");
        for side in [240, 480, 720, 1024] {
            if widgets::chip(ui, &side.to_string(), style.tile == side).clicked() {
                style.tile = side;
            }
        }
    });
    widgets::field_row(ui, "Paper", |ui| {
        let choices = [(Ground::White, "White", ""), (Ground::Grey, "Grey", ""), (Ground::Black, "Black", "")];
        widgets::segmented(ui, &mut style.ground, &choices);
    });
    widgets::field_row(ui, "Captions", |ui| {
        let Captions { name, model, prompt, settings, cost, stars } = &mut style.captions;
        let all = [
            (name, "File name"),
            (model, "Model"),
            (prompt, "Prompt"),
            (settings, "Settings"),
            (cost, "Price"),
            (stars, "Stars"),
        ];
        for (said, text) in all {
            if widgets::chip(ui, text, *said).clicked() {
                *said = !*said;
            }
        }
    });
    widgets::field_row(ui, "Title", |ui| {
        let width = ui.available_width();
        let title = TextEdit::singleline(&mut style.title).desired_width(width).hint_text("None");
        form.fresh.focus(&ui.add(title).accessible_name("Title"));
    });
}

fn place_ui(ui: &mut Ui, cx: &Cx<'_>, form: &mut Form) {
    ui.add_space(theme::GAP);
    let before = form.jpeg;
    widgets::field_row(ui, "Format", |ui| {
        widgets::segmented(ui, &mut form.jpeg, &[(true, "JPEG", ""), (false, "PNG", "")]);
    });
    if form.jpeg != before {
        form.name = with_extension(&form.name, form.extension());
    }
    let mut changed = widgets::field_row(ui, "Name", |ui| {
        let width = ui.available_width();
        ui.add(TextEdit::singleline(&mut form.name).desired_width(width)).accessible_name("Name").changed()
    });
    changed.inner |= folder_ui(ui, cx.engine, &mut form.folder, &mut form.picking).changed();
    if changed.inner {
        form.message = None;
    }
}

/// The first sheet as it will be, and how large and how many they are.
fn preview_ui(ui: &mut Ui, form: &Form) {
    let t = tokens(ui);
    ui.vertical(|ui| {
        let (room, response) = ui.allocate_exact_size(vec2(PREVIEW, PREVIEW), Sense::hover());
        let drawing = form.previewing.is_some();
        let name =
            if drawing && form.preview.is_none() { "The preview is being drawn" } else { "Preview of the first sheet" };
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
        ui.painter().rect_filled(room, theme::RADIUS, t.background);
        if let Some(preview) = &form.preview {
            let size = preview.size_vec2();
            let scale = (PREVIEW / size.max_elem()).min(1.0 / ui.pixels_per_point());
            Image::new(preview).paint_at(ui, Rect::from_center_size(room.center(), size * scale));
        } else if drawing {
            let words = line_of(ui, "Drawing the preview", Type::Note.font(), t.soft, PREVIEW);
            place(ui, words, room.center(), Align2::CENTER_CENTER);
        }
        note_ui(ui, &form.sizes);
    });
}

/// `2088 × 1260 px`, or `3 sheets, the first 2088 × 15000 px`.
fn sizes_text(sheets: &[Sheet]) -> String {
    let first = sheets.first().map(|sheet| sheet.size).unwrap_or_default();
    match sheets.len() {
        0 | 1 => format!("{first} px"),
        count => format!("{count} sheets, the first {first} px"),
    }
}

/// Sheets that are being made.
pub(super) struct Making(Exporting);

impl Making {
    pub(super) fn start(order: SheetOrder, engine: &Engine) -> Self {
        Self(engine.make_sheets(order))
    }

    /// Ends after the picture that is being drawn; the sheet it is on is not written.
    pub(super) fn stop(&self) {
        self.0.stop();
    }

    /// Returns how many pictures are drawn, of how many.
    pub(super) fn progress(&self) -> (usize, usize) {
        self.0.progress()
    }
}

/// Tells how it went when all are made; `form` is the dialog's, while it is open.
pub(super) fn poll(making: &mut Option<Making>, form: Option<&mut Form>, cx: &mut Cx<'_>) {
    let Some(Making(exporting)) = making.take() else { return };
    let (stopped, done) = (
        exporting.is_stopped(),
        match exporting.try_take() {
            Ok(done) => done,
            Err(exporting) => {
                *making = Some(Making(exporting));
                return;
            }
        },
    );
    let Ok(results) = done else {
        return cx.studio.notices.say(Tone::Bad, "Making the contact sheet was interrupted", None);
    };
    let failed = failure(&results);
    let saved: Vec<_> = results.into_iter().flatten().collect();
    if let Some(first) = saved.first() {
        cx.studio.layout.export_folder = first.path.parent().map(PathBuf::from);
        let text = match saved.len() {
            1 => format!("Saved {}", file_name(&first.path)),
            count => format!("{count} contact sheets saved"),
        };
        let action = ("Open folder".to_owned(), Command::ShowFile(first.path.clone()));
        cx.studio.notices.say(Tone::Good, text, Some(action));
    }
    let trouble = failed.or_else(|| stopped.then(|| "Stopped; the sheet that was being drawn is not saved".to_owned()));
    match (form, trouble) {
        (Some(form), Some(trouble)) => form.message = Some(trouble),
        (Some(_), None) => cx.push(Command::CloseDialog),
        (None, Some(trouble)) => cx.studio.notices.say(Tone::Bad, trouble, None),
        (None, None) => {}
    }
}

fn failure(results: &Exported) -> Option<String> {
    let error: Option<&ExportError> = results.iter().find_map(|result| result.as_ref().err());
    error.map(|error| format!("A contact sheet was not saved: {error}"))
}
