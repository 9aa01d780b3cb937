use super::*;

fn commission(prompt: &str, width: u32, height: u32) -> Commission {
    Commission {
        model: "easel/atelier",
        manner: Manner::Painted,
        families: &[Family::Mountains, Family::Sea],
        prompt: prompt.to_owned(),
        seed: 7,
        width,
        height,
        quality: Quality::Medium,
        transparent: false,
        references: Vec::new(),
        knobs: Knobs::default(),
    }
}
