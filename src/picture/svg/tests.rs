//! Drawings that are well, and drawings that mean harm.

use super::super::{Limit, samples};
use super::*;

mod circles;

fn parse(svg: &str) -> Result<Drawing, Error> {
    Drawing::parse(svg.as_bytes(), &Limits::default())
}

fn wrap(inside: &str) -> String {
    let names = "xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink'";
    format!("<svg {names} width='20' height='20'>{inside}</svg>")
}

fn has_ink(svg: &str) -> bool {
    parse(svg).unwrap().rasterise(20).unwrap().rgba.iter().any(|byte| *byte != 0)
}

fn assert_too_complex(svg: &str) {
    let result = parse(svg);
    assert!(matches!(result, Err(Error::SvgTooComplex { .. })), "{result:?}");
}

fn data_url(media_type: &str, bytes: &[u8]) -> String {
    use base64::Engine as _;
    format!("data:{media_type};base64,{}", base64::engine::general_purpose::STANDARD.encode(bytes))
}

#[test]
fn drawing_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Drawing>();
}

#[test]
fn longer_side_is_exactly_as_asked() {
    let drawing = Drawing::parse(&samples::svg(), &Limits::default()).unwrap();
    assert_eq!(drawing.size(), (97.0, 64.0));
    for side in [1, 10, 97, 333, 1000] {
        let size = drawing.rasterise(side).unwrap().size;
        assert_eq!(size.longer_side(), side);
        assert!(side < 90 || (size.aspect() - 97.0 / 64.0).abs() < 0.01, "{size}");
    }
}

#[test]
fn a_filter_beyond_reason_costs_what_it_is_of_and_not_the_drawing() {
    let filtered = |order: &str| {
        let filter = format!("<filter id='f'><feConvolveMatrix order='{order}' kernelMatrix='1'/></filter>");
        wrap(&format!("{filter}<rect width='9' height='9' filter='url(#f)'/><rect x='10' width='9' height='9'/>"))
    };
    for order in ["100000 100000", "65536 65537", "1e9", "3"] {
        let drawing = parse(&filtered(order)).unwrap();
        assert_eq!(drawing.repairs().contains(&Repair::Parts), order != "3", "{order}");
        let pixels = drawing.rasterise(20).unwrap();
        assert_eq!(pixels.rgba[(5 * 20 + 15) * 4 + 3], 255, "{order}: the other part is seen");
    }
}

#[test]
fn opaque_drawing_has_no_soft_border() {
    for side in [33, 100, 777] {
        let drawing = Drawing::parse(&samples::svg(), &Limits::default()).unwrap();
        assert!(drawing.rasterise(side).unwrap().is_opaque(), "at {side}");
    }
}

#[test]
fn alpha_is_straight() {
    let pixels = parse(&wrap("<rect width='20' height='20' fill='red' opacity='.5'/>")).unwrap().rasterise(4).unwrap();
    assert!(pixels.rgba.chunks(4).all(|p| p[0] >= 254 && p[3].abs_diff(128) <= 1), "{:?}", &pixels.rgba[..4]);
}

#[test]
fn region_is_the_same_part_of_the_whole() {
    let drawing = Drawing::parse(&samples::svg(), &Limits::default()).unwrap();
    let whole = drawing.rasterise(97 * 8).unwrap();
    let part = drawing.rasterise_region(8.0, [50.0, 8.0, 30.0, 20.0]).unwrap();
    let expected = super::super::tile(&whole, 400, 64, 240, 160).unwrap();
    assert_eq!(part.size, expected.size);
    assert!(samples::psnr(&part, &expected) > 45.0);
    let outside = drawing.rasterise_region(2.0, [-20.0, -20.0, 10.0, 10.0]).unwrap();
    assert!(outside.rgba.iter().all(|byte| *byte == 0));
}

#[test]
fn region_without_sense_is_too_large() {
    let drawing = Drawing::parse(&samples::svg(), &Limits::default()).unwrap();
    for (scale, width) in [(f32::NAN, 10.0), (0.0, 10.0), (1.0, f32::INFINITY), (1e9, 10.0), (-1.0, 10.0)] {
        let result = drawing.rasterise_region(scale, [0.0, 0.0, width, 10.0]);
        assert!(matches!(result, Err(Error::TooLarge { .. })), "{scale} {width}: {result:?}");
    }
}

#[test]
fn files_and_addresses_are_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret.png");
    std::fs::write(&path, samples::png(image::ColorType::Rgb8)).unwrap();
    let path = path.to_str().unwrap();
    for href in [path.to_owned(), format!("file://{path}"), "http://127.0.0.1:9/a.png".into(), "/etc/passwd".into()] {
        assert!(!has_ink(&wrap(&format!("<image href='{href}' width='20' height='20'/>"))), "{href}");
    }
    let entity = wrap("<text y='9'>&e;</text>");
    assert!(parse(&format!("<!DOCTYPE svg [<!ENTITY e SYSTEM '{path}'>]>{entity}")).is_err());
}

#[test]
fn embedded_rasters_show_and_anything_else_does_not() {
    for (format, bytes) in samples::all() {
        let href = data_url(format.media_type(), &bytes);
        let ink = has_ink(&wrap(&format!("<image xlink:href='{href}' width='20' height='20'/>")));
        assert_eq!(ink, format != Format::Svg, "{format:?}");
    }
    let bomb = data_url("image/png", &crate::picture::hostile_tests::png_header(60_000, 60_000));
    assert!(!has_ink(&wrap(&format!("<image href='{bomb}' width='20' height='20'/>"))));
}

#[test]
fn embedded_rasters_share_the_limit() {
    let href = data_url("image/png", &samples::png(image::ColorType::Rgb8));
    let two =
        wrap(&format!("<image href='{href}' width='9' height='9'/><image id='b' href='{href}' x='10' width='9'/>"));
    let limits = Limits { max_pixels: samples::SIZE.area() + 1, ..Limits::default() };
    let pixels = Drawing::parse(two.as_bytes(), &limits).unwrap().rasterise(20).unwrap();
    let column = |x: usize| pixels.rgba.chunks(80).any(|row| row[x * 4 + 3] != 0);
    assert!(column(4) && !column(14), "the first fits, the second is left out");
}

#[test]
fn scripts_are_dead_text() {
    let svg = wrap("<script>alert(1)</script><g onclick='alert(1)'><foreignObject><p/></foreignObject></g>");
    assert!(!has_ink(&svg));
}

#[test]
fn text_parses_with_whatever_fonts_there_are() {
    assert!(parse(&wrap("<text y='15' font-family='No Such Font'>Ag \u{4e2d} \u{1f600}</text>")).is_ok());
}

#[test]
fn laughing_entities_are_refused() {
    let mut entities = String::from("<!ENTITY a0 'ha'>");
    for level in 1..10 {
        let inner = format!("&a{};", level - 1).repeat(10);
        entities.push_str(&format!("<!ENTITY a{level} '{inner}'>"));
    }
    assert_too_complex(&format!("<!DOCTYPE svg [{entities}]>{}", wrap("<text>&a9;</text>")));

    let long = format!("<!ENTITY a '{}'>", "x".repeat(100_000));
    let svg = wrap(&format!("<text>{}</text>", "&a;".repeat(10_000)));
    assert_too_complex(&format!("<!DOCTYPE svg [{long}]>{svg}"));

    let many = "<!ENTITY '".repeat(200_000);
    assert_too_complex(&format!("<!DOCTYPE svg [{many}]>{}", wrap("")));
}

#[test]
fn names_by_the_thousand_are_refused() {
    let spaces: String = (0..2000).map(|n| format!(" xmlns:n{n}='urn:{n}'")).collect();
    assert_too_complex(&wrap(&format!("<g{spaces}>{}</g>", "<g xmlns:a='b'/>".repeat(2000))));
    let attributes: String = (0..20_000).map(|n| format!(" data-{n}='x'")).collect();
    assert_too_complex(&wrap(&format!("<g{attributes}/>")));
}

#[test]
fn harmless_entities_work() {
    let svg = wrap("<rect width='20' height='20' fill='&red;'/>");
    assert!(has_ink(&format!("<!DOCTYPE svg [<!ENTITY red '#f00'>]>{svg}")));
}

/// Runs on a stack smaller than any thread of ours has.
fn on_small_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(1 << 20).spawn_scoped(scope, work).unwrap();
        thread.join().unwrap()
    })
}

#[test]
fn deep_nesting_is_refused_without_overflow() {
    let forms = [("<g>", "</g>"), ("<text>", "</text>"), ("<tspan>", "</tspan>"), ("<svg>", "</svg>"), ("<x>", "</x>")];
    on_small_stack(|| {
        for (open, close) in forms {
            for depth in [250, 100_000] {
                assert_too_complex(&wrap(&(open.repeat(depth) + &close.repeat(depth))));
            }
            // Never closed: not XML at all.
            assert!(parse(&wrap(&open.repeat(100_000))).is_err());
        }
    });
}

#[test]
fn allowed_nesting_fits_the_stack() {
    let depth = 150;
    let group = "<g opacity='.99' transform='rotate(1)' clip-path='url(#c)' mask='url(#m)'>";
    let defs = "<clipPath id='c'><rect width='20' height='20'/></clipPath>\
        <mask id='m'><rect width='20' height='20' fill='#fff'/></mask>";
    let rect = "<rect width='20' height='20' stroke='red'/>";
    let groups = wrap(&format!("{defs}{}{rect}{}", group.repeat(depth), "</g>".repeat(depth)));
    let spans = wrap(&format!("<text>{}a{}</text>", "<tspan>".repeat(depth), "</tspan>".repeat(depth)));
    let uses: String = (1..70).map(|n| format!("<g id='u{n}'><use href='#u{}'/></g>", n - 1)).collect();
    let uses = wrap(&format!("<defs><g id='u0'>{rect}</g>{uses}</defs><use href='#u69'/>"));
    on_small_stack(|| {
        for svg in [&groups, &spans, &uses] {
            parse(svg).unwrap().rasterise(20).unwrap();
        }
    });
}

#[test]
fn references_are_counted_before_they_are_followed() {
    let chain = |element: &str, link: &dyn Fn(usize) -> String| {
        let level = |n: usize| format!("<{element} id='r{n}'>{}</{element}>", link(n - 1).repeat(10));
        let levels: String = (1..=8).map(level).collect();
        wrap(&format!("<{element} id='r0'><rect width='1' height='1'/></{element}>{levels}{}", link(8)))
    };
    assert_too_complex(&chain("g", &|n| format!("<use href='#r{n}'/>")));
    assert_too_complex(&chain("pattern", &|n| format!("<rect width='1' height='1' fill='url(#r{n})'/>")));
    assert_too_complex(&chain("marker", &|n| format!("<path d='M0 0H1' style='marker:url(#r{n})'/>")));
    assert_too_complex(&chain("mask", &|n| format!("<g mask='url(\"#r{n}\")'/>")));

    let long_path = "0 ".repeat(200_000);
    let head = "<marker id='m'><path d='M0 0'/><path d='M0 0'/></marker>";
    assert_too_complex(&wrap(&format!("{head}<path d='M{long_path}' marker-mid='url(#m)'/>")));
    let style = "<style>/* { */ g > .line { fill: none; marker-mid: url(#m) }</style>";
    assert_too_complex(&wrap(&format!("{style}{head}<g><path class='a line' d='M{long_path}'/></g>")));

    let long_chain: String = (1..5000).map(|n| format!("<g id='u{n}'><use href='#u{}'/></g>", n - 1)).collect();
    on_small_stack(|| assert_too_complex(&wrap(&format!("<g id='u0'/>{long_chain}"))));
}

#[test]
fn enormous_sizes_are_scaled_or_refused() {
    let drawing =
        parse("<svg xmlns='http://www.w3.org/2000/svg' width='1e9' height='5e8'><rect width='9'/></svg>").unwrap();
    assert_eq!(drawing.rasterise(256).unwrap().size, Size { width: 256, height: 128 });
    let limit = Limits::default();
    assert!(matches!(drawing.rasterise(20_000), Err(Error::TooLarge { limit: Limit::Side(16_384), .. })));
    for side in ["20000", "1e9", "1e30"] {
        let text = format!("<svg xmlns='http://www.w3.org/2000/svg' width='{side}' height='{side}'/>");
        assert!(matches!(super::super::probe(text.as_bytes(), &limit), Err(Error::TooLarge { .. })), "{side}");
        assert!(matches!(super::super::decode(text.as_bytes(), &limit), Err(Error::TooLarge { .. })), "{side}");
    }
    let long = Drawing::parse(&[b"<svg>".as_slice(), &vec![b' '; MAX_BYTES]].concat(), &limit);
    assert!(matches!(long, Err(Error::SvgTooComplex { .. })));
}

#[test]
fn hungry_layers_are_refused_at_large_sizes_only() {
    let layers = "<g opacity='.9'>".repeat(100) + "<rect width='20' height='20'/>" + &"</g>".repeat(100);
    let drawing = parse(&wrap(&layers)).unwrap();
    assert!(drawing.rasterise(256).is_ok());
    assert!(matches!(drawing.rasterise(8192), Err(Error::SvgTooComplex { .. })));

    let floods = "<feFlood flood-color='red'/>".repeat(5000);
    let filter = format!("<filter id='f'>{floods}</filter><rect width='20' height='20' filter='url(#f)'/>");
    assert!(matches!(parse(&wrap(&filter)).unwrap().rasterise(4096), Err(Error::SvgTooComplex { .. })));

    let tile = "<pattern id='p' width='1e6' height='1e6' patternUnits='userSpaceOnUse'><rect width='9' height='9'/></pattern>\
        <rect width='20' height='20' fill='url(#p)'/>";
    assert!(matches!(parse(&wrap(tile)).unwrap().rasterise(64), Err(Error::SvgTooComplex { .. })));
}

#[test]
fn what_cannot_be_drawn_costs_its_part_alone() {
    let far = "<filter id='f'><feDropShadow dx='1e9' dy='-1e9' stdDeviation='1e4'/></filter>";
    let svg = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 40 40' width='20' height='20'>{far}\
        <g transform='translate(20 20)'><rect width='20' height='20' fill='blue'/></g>\
        <rect width='10' height='10' fill='red' filter='url(#f)'/></svg>"
    );
    let pixels = parse(&svg).unwrap().rasterise(20).unwrap();
    let at = |x: usize, y: usize| &pixels.rgba[(y * 20 + x) * 4..][..4];
    assert_eq!(at(15, 15), [0, 0, 255, 255], "what is beside it is where it belongs");
    assert_eq!(at(2, 2), [255, 0, 0, 255], "and its shape is seen without the shadow");
    assert_eq!(at(15, 2), [0; 4]);
}

#[test]
fn a_drawing_of_fractions_has_one_size_and_is_not_stretched() {
    for (width, height) in [(17.4, 16.6), (10.2, 20.9), (0.3, 90.0), (300.5, 200.5), (20.0, 10.0)] {
        let svg = format!(
            "<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}'><rect width='999' height='999'/></svg>"
        );
        let limits = Limits::default();
        let size = super::super::probe(svg.as_bytes(), &limits).unwrap().size;
        let decoded = super::super::decode(svg.as_bytes(), &limits).unwrap();
        assert_eq!(decoded.size, size, "{width} {height}");
        assert_eq!(parse(&svg).unwrap().natural_size(), size);
        assert_eq!(parse(&svg).unwrap().rasterise(size.longer_side()).unwrap().size, size);
    }
}

#[test]
fn ordinary_drawings_are_not_refused() {
    let classes: String = (0..200).map(|n| format!(".c{n}{{fill:url(#g{n})}}")).collect();
    let gradients: String = (0..200).map(|n| format!("<linearGradient id='g{n}'><stop/></linearGradient>")).collect();
    let shapes: String = (0..20_000).map(|n| format!("<path class='c{}' d='M0 0H{n}V9Z'/>", n % 200)).collect();
    assert!(parse(&wrap(&format!("<style>{classes}</style>{gradients}{shapes}"))).is_ok());
}

/// Drawings as programs write them: entities and CDATA, every kind of reference, prefixed names.
const REAL: [&str; 3] = [
    include_str!("../../../tests/data/pictures/illustrator.svg"),
    include_str!("../../../tests/data/pictures/poster.svg"),
    include_str!("../../../tests/data/pictures/prefixed.svg"),
];

#[test]
fn every_prefix_of_real_drawings_closes_to_a_drawing() {
    let own = String::from_utf8(samples::svg()).unwrap();
    for svg in REAL.into_iter().chain([own.as_str()]) {
        let cuts = (0..=svg.len()).filter(|cut| svg.is_char_boundary(*cut));
        let mut started = false;
        for cut in cuts {
            let Some(closed) = close_partial(&svg[..cut]) else {
                assert!(!started, "once shown, always shown: {}", &svg[..cut]);
                continue;
            };
            started = true;
            if let Err(error) = parse(&closed) {
                panic!("{error} after\n{}\nclosed as\n{closed}", &svg[..cut]);
            }
        }
        assert_eq!(close_partial(svg).as_deref(), Some(svg.trim_end()));
        assert!(has_ink(svg));
    }
}

#[test]
fn partial_drawing_shows_what_has_arrived() {
    let svg = wrap("<g><rect width='20' height='20' fill='red'/><path d='M0 0");
    let cut = svg.find("</svg>").unwrap();
    assert!(has_ink(&close_partial(&svg[..cut]).unwrap()));
}
