//! Parts of a drawing that refer to each other in a circle, as models write by accident, and those that only look so.

use super::*;

/// Each is a circle of one, two or three links; `R` stands for a shape.
const CIRCLES: [&str; 31] = [
    "<g id='a'><use href='#b'/></g><g id='b'><use href='#a'/></g>",
    "<g id='a'><use href='#b'/></g><g id='b'><use href='#c'/></g><g id='c'><use href='#a'/></g><use href='#a'/>",
    "<symbol id='a'><use href='#a'/></symbol><use href='#a'/>",
    "<pattern id='a' width='4' height='4'><rect width='9' height='9' fill='url(#a)'/></pattern><rect width='9' height='9' fill='url(#a)'/>",
    // Inherited from where the pattern is written.
    "<g fill='url(#a)'><pattern id='a' width='4' height='4'><rect width='9' height='9'/></pattern><rect width='9' height='9'/></g>",
    "<g style='stroke: url(#a)'><pattern id='a' width='4' height='4'><rect width='9' height='9'/></pattern><rect width='9' height='9'/></g>",
    "<g fill='url(#a)'><pattern id='a' width='4' height='4'><rect width='9' height='9' fill='inherit'/></pattern><rect width='9' height='9'/></g>",
    // Inherited through a use.
    "<rect id='r' width='9' height='9'/><pattern id='a' width='4' height='4'><use href='#r' fill='url(#a)'/></pattern><rect width='9' height='9' fill='url(#a)'/>",
    "<g fill='url(#a)'><rect id='r' width='9' height='9'/><pattern id='a' width='4' height='4'><use href='#r'/></pattern><rect width='9' height='9'/></g>",
    // Of a use itself, whatever its target says.
    "<g fill='url(#a)'><rect id='r' fill='red' width='9' height='9'/><pattern id='a' width='4' height='4'><use href='#r'/></pattern><rect width='9' height='9'/></g>",
    "<pattern id='a' width='9' height='9'><rect width='9' height='9' mask='url(#m)'/></pattern><mask id='m'><rect width='9' height='9' fill='url(#a)'/></mask><rect width='9' height='9' fill='url(#a)'/>",
    "<pattern id='a' width='9' height='9'><rect width='9' height='9' fill='url(#b)'/></pattern><pattern id='b' width='9' height='9'><rect width='9' height='9' stroke='url(#c)'/></pattern><pattern id='c' width='9' height='9'><rect width='9' height='9' fill='url(#a)'/></pattern><rect width='9' height='9' fill='url(#a)'/>",
    // A template's content.
    "<pattern id='a' width='9' height='9' xlink:href='#b'/><pattern id='b' width='9' height='9'><rect width='9' height='9' fill='url(#a)'/></pattern><rect width='9' height='9' fill='url(#a)'/>",
    "<mask id='a'><g mask='url(#a)'><rect width='9' height='9'/></g></mask><rect width='9' height='9' mask='url(#a)'/>",
    "<mask id='a' mask='url(#b)'><rect width='9' height='9'/></mask><mask id='b' mask='url(#c)'><rect width='9' height='9'/></mask><mask id='c' mask='url(#a)'><rect width='9' height='9'/></mask><rect width='9' height='9' mask='url(#a)'/>",
    "<g mask='url(#a)'><mask id='a'><rect width='9' height='9' mask='inherit'/></mask><g mask='url(#a)'><mask id='b'/></g></g><mask id='a'><g mask='url(#b)'/></mask><mask id='b'><g mask='url(#a)'><rect width='9' height='9'/></g></mask><rect width='9' height='9' mask='url(#a)'/>",
    "<clipPath id='a' clip-path='url(#b)'><rect width='9' height='9'/></clipPath><clipPath id='b' clip-path='url(#a)'><rect width='9' height='9'/></clipPath><rect width='9' height='9' clip-path='url(#a)'/>",
    "<clipPath id='a'><rect width='9' height='9' clip-path='url(#b)'/></clipPath><clipPath id='b'><rect width='9' height='9' clip-path='url(#c)'/></clipPath><clipPath id='c'><rect width='9' height='9' clip-path='url(#a)'/></clipPath><rect width='9' height='9' clip-path='url(#a)'/>",
    "<mask id='a'><rect width='9' height='9' filter='url(#f)'/></mask><filter id='f'><feImage href='#g'/></filter><g id='g' mask='url(#a)'><rect width='9' height='9'/></g><rect width='9' height='9' mask='url(#a)'/>",
    "<filter id='f'><feImage href='#g'/></filter><g id='g'><rect width='9' height='9' filter='url(#f)'/></g>",
    "<filter id='f'><feImage href='#r'/></filter><rect id='r' width='9' height='9' fill='url(#p)'/><pattern id='p' width='9' height='9'><rect width='9' height='9' filter='url(#f)'/></pattern><rect width='9' height='9' filter='url(#f)'/>",
    "<filter id='f'><feImage href='#r'/></filter><rect id='r' width='9' height='9' filter='blur(1px) url(#f)'/><rect width='9' height='9' filter='url(#f)'/>",
    "<marker id='a'><path d='M0 0H9' marker-end='url(#a)'/></marker><path d='M0 0H9' marker-end='url(#a)'/>",
    "<g marker-start='url(#a)'><marker id='a'><path d='M0 0H9'/></marker><path d='M0 0H9'/></g>",
    "<marker id='a'><path d='M0 0H9' fill='url(#p)'/></marker><pattern id='p' width='9' height='9'><path d='M0 0H9V9' marker-mid='url(#a)'/></pattern><path d='M0 0H9' style='marker:url(#a)'/>",
    "<style>.x{fill:url(#a)}</style><pattern id='a' width='9' height='9'><rect class='x' width='9' height='9'/></pattern><rect class='x' width='9' height='9'/>",
    "<style>g > .x { fill : url( '#a' ) }</style><g><pattern id='a' width='9' height='9'><g><rect class='x' width='9' height='9' fill='red'/></g></pattern></g><g><rect class='x' width='9' height='9'/></g>",
    "<style>rect{mask:url(#m)}</style><mask id='m'><g><rect width='9' height='9'/></g></mask><rect width='9' height='9'/>",
    "<style>g{/* fill */fill:url(#a)}</style><g><pattern id='a' width='9' height='9'><rect width='9' height='9'/></pattern><rect width='9' height='9'/></g>",
    "<pattern id='b' width='9' height='9'/><pattern id='a' width='9' height='9'><rect width='9' height='9' style='fill:url(#b)'/></pattern><pattern id='b' width='9' height='9'><rect width='9' height='9' fill='url(#a)'/></pattern><rect width='9' height='9' fill='url(#a)'/>",
    "<pattern xml:id='a' width='9' height='9'><g fill='url(#a)'><rect width='9' height='9'/></g></pattern><rect width='9' height='9' fill='url(#a)'/>",
];

#[test]
fn circles_of_references_are_cut_and_the_stack_holds() {
    for circle in CIRCLES {
        on_small_stack(|| {
            let drawing = parse(&wrap(circle)).unwrap_or_else(|error| panic!("{error}: {circle}"));
            assert_eq!(drawing.repairs(), [Repair::Circles], "{circle}");
            drawing.rasterise(20).unwrap();
        });
    }
}

#[test]
fn a_circle_that_cannot_be_cut_is_refused() {
    let rect = "<rect width='9' height='9'/>";
    let svg = format!("<style>rect{{mask:url(#m) !important}}</style><mask id='m'>{rect}</mask>{rect}");
    on_small_stack(|| assert_too_complex(&wrap(&svg)));
}

#[test]
fn what_is_beside_a_circle_is_seen() {
    // The pattern paints nothing, as in browsers; the square beside it stays.
    let svg = "<g fill='url(#a)'><pattern id='a' width='4' height='4'><rect width='9' height='9'/></pattern><rect width='9' height='9'/></g>\
        <rect x='10' y='10' width='9' height='9' fill='red' style='stroke: none'/>";
    let pixels = parse(&wrap(svg)).unwrap().rasterise(20).unwrap();
    let at = |x: usize, y: usize| &pixels.rgba[(y * 20 + x) * 4..][..4];
    assert_eq!((at(4, 4), at(14, 14)), (&[0, 0, 0, 0][..], &[255, 0, 0, 255][..]));
}

#[test]
fn what_only_looks_like_a_circle_is_drawn() {
    let drawn = [
        // The pattern inside of the group that is filled with it paints with a colour of its own.
        "<g fill='url(#a)'><pattern id='a' width='4' height='4'><rect width='9' height='9' fill='red'/></pattern><rect width='9' height='9'/></g>",
        "<g fill='url(#a)'><pattern id='a' width='4' height='4'><g style='fill:red'><rect width='9' height='9'/></g></pattern><rect width='9' height='9'/></g>",
        // What a use paints inherits from the use, not from where it is written.
        "<g fill='url(#a)'><rect id='r' width='9' height='9'/></g><pattern id='a' width='4' height='4'><use href='#r' fill='red'/></pattern>",
        // A clip has a shape and no paint.
        "<g fill='url(#a)'><clipPath id='c'><rect width='9' height='9'/></clipPath><pattern id='a' width='4' height='4'><rect width='9' height='9' fill='red' clip-path='url(#c)'/></pattern><rect width='9' height='9'/></g>",
        // A link leads elsewhere and text runs along a line.
        "<a id='top' href='#top'><rect width='9' height='9'/></a>",
        "<linearGradient id='a' href='#b'><stop/></linearGradient><linearGradient id='b' href='#a'/><rect width='9' height='9' stroke='url(#a)' fill='red'/>",
    ];
    for svg in drawn {
        assert!(has_ink(&wrap(svg)), "{svg}");
    }
}

#[test]
fn markers_that_are_inherited_through_uses_are_counted() {
    let marker = format!("<marker id='m'>{}</marker>", "<path d='M0 0h1'/>".repeat(1000));
    let line = format!("<path id='l' d='M0 0{}'/>", "h1".repeat(1000));
    assert_too_complex(&wrap(&format!("{marker}{line}<g marker-mid='url(#m)'><use href='#l'/></g>")));
    let pattern = format!("<pattern id='p' width='9' height='9'>{}</pattern>", "<path d='M0 0h1'/>".repeat(2000));
    assert_too_complex(&wrap(&format!("{pattern}<g fill='url(#p)'>{}</g>", "<path d='M0 0h1'/>".repeat(2000))));
}
