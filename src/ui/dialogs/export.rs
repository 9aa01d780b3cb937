//! Save as: in which format, under which name, in which folder; what to do when the name is taken.
//!
//! Decides what is to be written (`exports`), and leaves the writing to the engine. Invariants: nothing in the library
//! is ever a target, and no file is replaced that the artist was not asked about.

use super::pick::Picking;
use super::{Fresh, buttons_ui, enter, note_ui, save_buttons_ui, warning_ui};
use crate::engine::{Export, Interrupted, Taken, other_name};
use crate::library::{Picture, PictureId, Run};
use crate::picture::{Encoding, Format};
use crate::studio::{Command, Dialog, NameTemplate, good_name, typed_path, with_extension};
use crate::ui::theme;
use crate::ui::{Cx, icons, widgets};
use egui::{ProgressBar, Response, TextEdit, Ui};
use jiff::{Timestamp, Zoned};
use poll_promise::Promise;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Width of the button beside the folder, with the gap before it, points.
const CHOOSE: f32 = 111.0;
/// Longest side of a raster made of a drawing, pixels.
const SIDES: std::ops::RangeInclusive<u32> = 16..=16_384;

pub(super) struct Form {
    items: Vec<Item>,
    library: PathBuf,
    target: Target,
    /// 1 to 100.
    quality: f64,
    /// For WebP: keep every pixel exactly.
    lossless: bool,
    /// Longest side of what is made of drawings, pixels.
    side: u32,
    /// Width and height of the one drawing in its own units, when they are known.
    natural: Option<(f32, f32)>,
    measuring: Option<Measuring>,
    /// Longest side of what is made of other pictures, pixels; `None`: as they are.
    fit: Option<u32>,
    matte: u8,
    /// Whether the files say how they were made.
    recipe: bool,
    /// For one picture only.
    name: String,
    /// For several: see [`NameTemplate`].
    template: String,
    /// Whether the artist wants no more of them written.
    pub(super) stop: bool,
    folder: String,
    picking: Picking,
    /// What stands in the way, or went wrong.
    pub(super) message: Option<String>,
    /// What was not written because a file of that name is there.
    pub(super) taken: Vec<Export>,
    fresh: Fresh,
}

/// Width and height of a drawing, once they have been read.
type Measuring = Promise<Result<Option<(f32, f32)>, Interrupted>>;

/// A picture to be saved.
struct Item {
    file: PathBuf,
    format: Format,
    /// False for bytes that no decoder knows.
    decodable: bool,
    extension: String,
    created: Zoned,
    picture: Picture,
    /// `None`: the run is not known.
    run: Option<Arc<Run>>,
    /// Place within its run, from 1.
    n: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Original,
    Png,
    Jpeg,
    WebP,
}

impl Form {
    pub(super) fn new(ids: &[PictureId], cx: &Cx<'_>) -> Self {
        let studio = &cx.studio;
        let library = cx.engine.library_dir().to_owned();
        let zone = (studio.clock)().time_zone().clone();
        let item = |id: &PictureId| {
            let picture = studio.collection.picture(id)?;
            let created = Timestamp::from_millisecond(picture.created_ms).unwrap_or(Timestamp::UNIX_EPOCH);
            let run = studio.collection.run(&picture.run);
            let place = run.and_then(|entry| entry.pictures.iter().position(|other| other.id == *id));
            Some(Item {
                file: library.join(&picture.file),
                format: picture.format,
                decodable: picture.size.is_some(),
                extension: picture.file.rsplit_once('.').map_or("bin", |(_, extension)| extension).to_owned(),
                created: created.to_zoned(zone.clone()),
                picture: picture.clone(),
                run: run.map(|entry| entry.run.clone()),
                n: place.map_or(1, |place| place as u32 + 1),
            })
        };
        let folder = studio.layout.export_folder.clone().unwrap_or_else(|| cx.engine.pictures_dir().to_owned());
        let items: Vec<Item> = ids.iter().filter_map(item).collect();
        let mut form = Self {
            items,
            library,
            target: Target::Original,
            quality: 90.0,
            lossless: false,
            side: 4096,
            natural: None,
            measuring: None,
            fit: None,
            matte: 255,
            recipe: studio.layout.export_recipe,
            name: String::new(),
            template: studio.layout.export_name.clone().unwrap_or_else(|| NameTemplate::DEFAULT.to_owned()),
            stop: false,
            folder: folder.display().to_string(),
            picking: Picking::default(),
            message: None,
            taken: Vec::new(),
            fresh: Fresh::default(),
        };
        form.name = form.own_name();
        if let [item] = form.items.as_slice()
            && item.format == Format::Svg
        {
            form.measuring = Some(cx.engine.drawing_size(item.file.clone()));
        }
        form
    }

    pub(super) fn title(&self) -> String {
        match self.items.len() {
            0 | 1 => "Save as".to_owned(),
            count => format!("Save {count} pictures"),
        }
    }

    /// A good name for the one picture.
    fn own_name(&self) -> String {
        let name = |item: &Item| good_name(&item.created, item.prompt(), self.extension(item));
        self.items.first().map(name).unwrap_or_default()
    }

    fn extension<'a>(&self, item: &'a Item) -> &'a str {
        match self.target {
            Target::Original => &item.extension,
            Target::Png => Format::Png.extension(),
            Target::Jpeg => Format::Jpeg.extension(),
            Target::WebP => Format::WebP.extension(),
        }
    }

    fn encoding(&self) -> Option<Encoding> {
        match self.target {
            Target::Original => None,
            Target::Png => Some(Encoding::Png),
            Target::Jpeg => Some(Encoding::Jpeg { quality: self.quality.clamp(1.0, 100.0) as u8 }),
            Target::WebP => {
                Some(Encoding::WebP { quality: (!self.lossless).then_some(self.quality.clamp(1.0, 100.0) as u8) })
            }
        }
    }

    /// Returns what is to be written, or the sentence that says what is missing.
    fn exports(&self, home: Option<&Path>) -> Result<Vec<Export>, String> {
        let folder = typed_path(&self.folder, home).ok_or("Type the folder to save into")?;
        let paths: Vec<PathBuf> = match self.items.as_slice() {
            [] => return Err("The pictures are not in the library any more".to_owned()),
            [item] => {
                let name = typed_path(&self.name, home).ok_or("Type a name")?;
                let path = folder.join(name).display().to_string();
                vec![PathBuf::from(with_extension(&path, self.extension(item)))]
            }
            _ => self
                .names(usize::MAX)
                .map_err(|error| error.to_string())?
                .into_iter()
                .map(|name| folder.join(name))
                .collect(),
        };
        if paths.iter().any(|path| !path.is_absolute()) {
            return Err("Type the whole path of the folder, from the root or from ~/".to_owned());
        }
        if paths.iter().any(|path| path.starts_with(&self.library)) {
            return Err("This folder is the library's own; choose another one".to_owned());
        }
        let export = |(item, to): (&Item, PathBuf)| Export {
            from: item.file.clone(),
            to,
            encoding: self.encoding(),
            max_side: self.side,
            fit: self.fit,
            matte: [self.matte; 3],
            recipe: self.recipe.then(|| item.picture.id.clone()),
            taken: if self.items.len() == 1 { Taken::Refuse } else { Taken::Number },
        };
        Ok(self.items.iter().zip(paths).map(export).collect())
    }

    /// Takes what the native dialog brought.
    fn poll(&mut self) {
        if let Some(measuring) = self.measuring.take() {
            match measuring.try_take() {
                Ok(measured) => self.natural = measured.ok().flatten(),
                Err(pending) => self.measuring = Some(pending),
            }
        }
        match self.picking.poll() {
            None => {}
            Some(Ok(path)) => self.take_path(&path),
            Some(Err(message)) => self.message = Some(message),
        }
    }

    fn take_path(&mut self, path: &Path) {
        self.message = None;
        match (self.items.len(), path.parent(), path.file_name()) {
            (1, Some(folder), Some(name)) => {
                self.folder = folder.display().to_string();
                self.name = name.to_string_lossy().into_owned();
            }
            _ => self.folder = path.display().to_string(),
        }
    }
}

/// Draws the dialog; `progress`: how many of how many are written, while they are.
pub(super) fn export_ui(ui: &mut Ui, cx: &mut Cx<'_>, form: &mut Form, progress: Option<(usize, usize)>) {
    form.poll();
    ui.add_enabled_ui(progress.is_none(), |ui| {
        format_ui(ui, form);
        recipe_ui(ui, form);
        cx.studio.layout.export_recipe = form.recipe;
        place_ui(ui, cx, form);
    });
    if let Some(progress) = progress {
        form.stop |= progress_ui(ui, cx, progress);
    } else if form.taken.is_empty() {
        if let Some(message) = &form.message {
            warning_ui(ui, message);
        }
        save_ui(ui, cx, form);
    } else {
        taken_ui(ui, cx, form);
    }
}

/// How far it is; says whether the artist wants it to stop.
pub(super) fn progress_ui(ui: &mut Ui, cx: &mut Cx<'_>, (done, total): (usize, usize)) -> bool {
    let text = format!("Saving {} of {total}…", (done + 1).min(total));
    let bar = ProgressBar::new(done as f32 / total.max(1) as f32).desired_height(4.0);
    ui.add(bar).accessible_name(&text);
    note_ui(ui, &text);
    buttons_ui(ui, |ui| {
        if widgets::button(ui, None, "Go on in the background").clicked() {
            cx.push(Command::CloseDialog);
        }
        widgets::button(ui, None, "Stop").clicked()
    })
}

fn format_ui(ui: &mut Ui, form: &mut Form) {
    let before = form.target;
    widgets::field_row(ui, "Format", |ui| {
        let choices = [
            (Target::Original, "Original", ""),
            (Target::Png, "PNG", ""),
            (Target::Jpeg, "JPEG", ""),
            (Target::WebP, "WebP", ""),
        ];
        let offered = if form.items.iter().all(|item| item.decodable) { choices.as_slice() } else { &choices[..1] };
        widgets::segmented(ui, &mut form.target, offered);
    });
    if form.target != before
        && let [item] = form.items.as_slice()
    {
        form.name = with_extension(&form.name, form.extension(item));
        form.taken.clear();
    }
    widgets::field_row(ui, "", |ui| note_ui(ui, &explanation(form)));
    if form.target == Target::WebP {
        widgets::field_row(ui, "Lossless", |ui| widgets::checkbox(ui, &mut form.lossless, "", "Lossless"));
    }
    if form.target == Target::Jpeg || (form.target == Target::WebP && !form.lossless) {
        widgets::field_row(ui, "Quality", |ui| {
            widgets::value_slider(ui, &mut form.quality, 1.0..=100.0, true, "Quality")
        });
    }
    if form.target == Target::Jpeg {
        widgets::field_row(ui, "Transparent parts", |ui| {
            widgets::segmented(ui, &mut form.matte, &[(255, "White", ""), (128, "Grey", ""), (0, "Black", "")]);
        });
    }
    if form.target != Target::Original {
        sizes::sizes_ui(ui, form);
    }
}

/// What the chosen format means for these pictures.
fn explanation(form: &Form) -> String {
    let mut kinds: Vec<String> = form.items.iter().map(|item| item.extension.to_uppercase()).collect();
    kinds.sort();
    kinds.dedup();
    match form.target {
        Target::Original if form.recipe => format!("{}: as received, not encoded again", kinds.join(", ")),
        Target::Original => format!("{}: the received bytes, unchanged", kinds.join(", ")),
        Target::Png => "Lossless, with transparency".to_owned(),
        Target::Jpeg => "Small, without transparency; loses a little of every picture".to_owned(),
        Target::WebP if form.lossless => "Lossless, with transparency, usually smaller than PNG".to_owned(),
        Target::WebP => "Smallest, with transparency; loses a little of every picture".to_owned(),
    }
}

fn recipe_ui(ui: &mut Ui, form: &mut Form) {
    widgets::field_row(ui, "Recipe", |ui| {
        widgets::checkbox(ui, &mut form.recipe, "Put it into the file", "Put the recipe into the file");
    });
    let note = match (form.recipe, form.target) {
        (true, _) => "Prompt, model and settings, for Easel and for other programs; never the key",
        (false, Target::Original) => "Nothing is added; what the service wrote into the file stays there",
        (false, _) => "The file says nothing about how it was made",
    };
    widgets::field_row(ui, "", |ui| note_ui(ui, note));
}

fn place_ui(ui: &mut Ui, cx: &Cx<'_>, form: &mut Form) {
    ui.add_space(theme::GAP);
    let mut changed = false;
    let one = form.items.len() == 1;
    widgets::field_row(ui, if one { "Name" } else { "Names" }, |ui| {
        let text = if one { &mut form.name } else { &mut form.template };
        let name = field(ui, text, if one { "Name" } else { "Names" }, 0.0);
        form.fresh.focus(&name);
        changed |= name.changed();
    });
    if !one {
        names::preview_ui(ui, form);
    }
    widgets::field_row(ui, "Folder", |ui| {
        let folder = field(ui, &mut form.folder, "Folder", CHOOSE);
        form.fresh.focus(&folder);
        changed |= folder.changed();
        if form.picking.is_open() {
            note_ui(ui, "choosing…");
        } else if widgets::button(ui, Some(icons::FOLDER_OPEN), "Choose…").clicked() {
            choose(cx, form);
        }
    });
    if changed {
        form.message = None;
        form.taken.clear();
    }
}

fn field(ui: &mut Ui, text: &mut String, name: &str, beside: f32) -> Response {
    let width = ui.available_width() - beside;
    ui.add(TextEdit::singleline(text).desired_width(width)).accessible_name(name)
}

fn choose(cx: &Cx<'_>, form: &mut Form) {
    let dialog = rfd::AsyncFileDialog::new().set_directory(&form.folder);
    match form.items.len() {
        1 => form.picking.open(cx.engine, dialog.set_file_name(&form.name).save_file()),
        _ => form.picking.open(cx.engine, dialog.pick_folder()),
    }
}

fn save_ui(ui: &mut Ui, cx: &mut Cx<'_>, form: &mut Form) {
    let items = &form.items;
    let pressed = save_buttons_ui(ui, cx, |ui, cx| {
        if items.len() > 1 && widgets::button(ui, Some(icons::SQUARES_FOUR), "Contact sheet…").clicked() {
            let ids = items.iter().map(|item| item.picture.id.clone()).collect();
            cx.push(Command::OpenDialog(Dialog::ContactSheet(ids)));
        }
    });
    if pressed {
        match form.exports(std::env::home_dir().as_deref()) {
            Ok(exports) => {
                form.message = None;
                if form.items.len() > 1 {
                    cx.studio.layout.export_name = Some(form.template.clone());
                }
                cx.push(Command::Export(exports));
            }
            Err(message) => form.message = Some(message),
        }
    }
}

/// Asks what to do with the name that is taken. Several pictures take other names unasked.
fn taken_ui(ui: &mut Ui, cx: &mut Cx<'_>, form: &mut Form) {
    for taken in &form.taken {
        warning_ui(ui, &format!("{} is already there", file_name(&taken.to)));
    }
    let (replace, other) = buttons_ui(ui, |ui| {
        let other = widgets::accent_button(ui, "Save under another name").clicked();
        let replace = widgets::button(ui, None, "Replace it");
        if widgets::button(ui, None, "Cancel").clicked() {
            cx.push(Command::CloseDialog);
        }
        (replace.clicked(), other)
    });
    if replace || other || enter(ui) {
        let mut again = std::mem::take(&mut form.taken);
        for export in &mut again {
            if replace {
                export.taken = Taken::Replace;
            } else {
                export.to.set_file_name(other_name(&file_name(&export.to)));
            }
        }
        if let [one] = again.as_slice() {
            form.name = file_name(&one.to);
        }
        cx.push(Command::Export(again));
    }
}

pub(super) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

mod names;
mod sizes;
#[cfg(test)]
mod tests;
