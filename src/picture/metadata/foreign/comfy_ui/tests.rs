//! Graphs as people draw them, and as they break.

use super::*;
use serde_json::json;

fn of(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

fn field(found: &Foreign, name: &str) -> Option<String> {
    let (_, value) = found.fields.iter().find(|(field, _)| field == name)?;
    Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

fn usual() -> Map<String, Value> {
    of(json!({
        "3": {"class_type": "KSampler", "inputs": {"seed": 156_680_208_700_286_u64, "steps": 20, "cfg": 8.0,
            "sampler_name": "euler", "scheduler": "normal", "denoise": 1, "model": ["10", 0], "positive": ["11", 0],
            "negative": ["11", 1], "latent_image": ["5", 0]}},
        "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "v1-5.safetensors"}},
        "5": {"class_type": "EmptyLatentImage", "inputs": {"width": ["20", 0], "height": 768, "batch_size": 1}},
        "6": {"class_type": "CLIPTextEncode", "inputs": {"text": ["12", 0], "clip": ["4", 1]}},
        "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "text, watermark", "clip": ["4", 1]}},
        "10": {"class_type": "LoraLoader", "inputs": {"lora_name": "snow.safetensors", "strength_model": 0.8,
            "model": ["4", 0], "clip": ["4", 1]}},
        "11": {"class_type": "ControlNetApplyAdvanced", "inputs": {"positive": ["6", 0], "negative": ["7", 0],
            "strength": 1.0, "image": ["13", 0]}},
        "12": {"class_type": "StringConcatenate", "inputs": {"string_a": "a fox", "string_b": "in snow"}},
        "20": {"class_type": "PrimitiveInt", "inputs": {"value": 512}},
        "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
        "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "ComfyUI"}}
    }))
}

#[test]
fn the_usual_graph_is_walked() {
    let found = read(&[usual()]).unwrap();
    assert_eq!(found.prompt.as_deref(), Some("a fox\nin snow"));
    assert_eq!(found.negative_prompt.as_deref(), Some("text, watermark"));
    assert_eq!((found.model.as_deref(), found.seed.as_deref()), (Some("v1-5.safetensors"), Some("156680208700286")));
    assert_eq!(found.size, Some(Size { width: 512, height: 768 }));
    for (name, value) in [("steps", "20"), ("cfg", "8.0"), ("sampler_name", "euler"), ("lora_name", "snow.safetensors")]
    {
        assert_eq!(field(&found, name).as_deref(), Some(value), "{name}");
    }
}

#[test]
fn the_custom_sampler_of_flux_is_walked() {
    let graph = of(json!({
        "13": {"class_type": "SamplerCustomAdvanced", "inputs": {"noise": ["25", 0], "guider": ["22", 0],
            "sampler": ["16", 0], "sigmas": ["17", 0], "latent_image": ["27", 0]}},
        "22": {"class_type": "BasicGuider", "inputs": {"model": ["30", 0], "conditioning": ["26", 0]}},
        "26": {"class_type": "FluxGuidance", "inputs": {"guidance": 3.5, "conditioning": ["6", 0]}},
        "6": {"class_type": "CLIPTextEncodeFlux", "inputs": {"t5xxl": "a fox", "clip_l": "a fox", "guidance": 3.5}},
        "25": {"class_type": "RandomNoise", "inputs": {"noise_seed": 7}},
        "16": {"class_type": "KSamplerSelect", "inputs": {"sampler_name": "euler"}},
        "17": {"class_type": "BasicScheduler", "inputs": {"scheduler": "simple", "steps": 4, "model": ["30", 0]}},
        "27": {"class_type": "EmptySD3LatentImage", "inputs": {"width": 1024, "height": 1024}},
        "30": {"class_type": "UNETLoader", "inputs": {"unet_name": "flux1-schnell.safetensors"}}
    }));
    let found = read(&[graph]).unwrap();
    assert_eq!((found.prompt.as_deref(), &found.negative_prompt), (Some("a fox"), &None));
    assert_eq!((found.model.as_deref(), found.seed.as_deref()), (Some("flux1-schnell.safetensors"), Some("7")));
    assert_eq!((field(&found, "steps").as_deref(), field(&found, "scheduler").as_deref()), (Some("4"), Some("simple")));
}

#[test]
fn the_first_of_two_samplers_tells() {
    let mut graph = usual();
    let second = json!({"class_type": "KSampler", "inputs": {"seed": 2, "steps": 9, "positive": ["7", 0],
        "negative": ["7", 0], "model": ["4", 0], "latent_image": ["3", 0]}});
    graph.shift_insert(0, "1".into(), second);
    assert_eq!(read(&[graph]).unwrap().seed.as_deref(), Some("156680208700286"));
}

#[test]
fn graphs_that_bite_their_own_tail_end() {
    let graph = of(json!({
        "1": {"class_type": "KSampler", "inputs": {"positive": ["2", 0], "negative": ["1", 1], "model": ["1", 0],
            "latent_image": ["1", 0], "seed": ["3", 0]}},
        "2": {"class_type": "ConditioningCombine", "inputs": {"conditioning_1": ["2", 0], "conditioning_2": ["1", 0]}},
        "3": {"class_type": "Seed", "inputs": {"seed": ["3", 0]}}
    }));
    assert_eq!(read(&[graph]).unwrap(), named());
}

#[test]
fn of_a_drawing_the_longest_text_is_taken() {
    let drawn = of(json!({"links": [], "nodes": [
        {"id": 1, "type": "CLIPTextEncode", "widgets_values": ["a fox in the deep snow"]},
        {"id": 2, "type": "CLIPTextEncode", "widgets_values": ["text, blurry"]},
        {"id": 3, "type": "Note", "widgets_values": ["a long note that is about something else entirely"]},
        {"id": 4, "type": "KSampler", "widgets_values": [5, "randomize", 20]}]}));
    assert_eq!(read(&[drawn]).unwrap().prompt.as_deref(), Some("a fox in the deep snow"));
    for other in [json!({}), json!({"a": 1}), json!({"nodes": []}), json!({"1": {"class_type": 3}})] {
        assert_eq!(read(&[of(other.clone())]), None, "{other}");
    }
}

fn with_text(text: Value) -> Map<String, Value> {
    let mut graph = usual();
    graph.insert("6".into(), json!({"class_type": "CLIPTextEncode", "inputs": {"text": text, "clip": ["4", 1]}}));
    graph
}

#[test]
fn words_may_be_a_list_or_behind_a_wrapper() {
    for text in [json!(["a fox", "close up"]), json!({"__value__": ["a fox", "close up"]}), json!("a fox\nclose up")] {
        assert_eq!(read(&[with_text(text.clone())]).unwrap().prompt.as_deref(), Some("a fox\nclose up"), "{text}");
    }
}

#[test]
fn what_is_no_words_costs_the_prompt_alone() {
    for text in
        [json!(12345), json!(null), json!([]), json!({}), json!([null, 3]), json!({"__value__": {"__value__": 1}})]
    {
        let found = read(&[with_text(text.clone())]).unwrap();
        let texts = [found.prompt.as_deref(), found.negative_prompt.as_deref(), found.seed.as_deref()];
        assert_eq!(texts, [None, Some("text, watermark"), Some("156680208700286")], "{text}");
    }
}

#[test]
fn the_node_of_a_service_tells_its_prompt() {
    let order = "Answer with one picture and no words, whatever arrives, and do so every time.";
    let graph = of(json!({
        "1": {"class_type": "GeminiImageNode", "inputs": {"prompt": "a fox", "model": "demo", "seed": 42, "system_prompt": order}},
        "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "a_name/that_is_longer_than_the_prompt"}}
    }));
    let found = read(&[graph]).unwrap();
    let texts = [found.prompt.as_deref(), found.model.as_deref(), found.seed.as_deref()];
    assert_eq!(texts, [Some("a fox"), Some("demo"), Some("42")]);
    assert_eq!(field(&found, "system_prompt").as_deref(), Some(order));
}

#[test]
fn what_a_language_model_was_asked_is_no_prompt() {
    let graph = |words: Value| {
        of(json!({
            "1": {"class_type": "OpenAIGPTImage1", "inputs": {"prompt": ["3", 0], "seed": 7}},
            "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}},
            "3": words
        }))
    };
    let held = read(&[graph(json!({"class_type": "PrimitiveString", "inputs": {"value": "a fox"}}))]).unwrap();
    assert_eq!((held.prompt.as_deref(), held.seed.as_deref()), (Some("a fox"), Some("7")));
    let asked =
        json!({"class_type": "OpenAIChatNode", "inputs": {"prompt": "Write a prompt about a fox", "model": "m"}});
    let found = read(&[graph(asked)]).unwrap();
    assert_ne!(found.seed.as_deref(), Some("7"), "it is not mixed up with the other node");
}
