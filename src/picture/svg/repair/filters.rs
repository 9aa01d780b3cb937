//! Filters that ask for more than anybody would compute, and than the numbers of what converts them hold.
//!
//! Imports nothing. A primitive whose order is beyond reason gets one that is none: it is left out then, and the rest of
//! the drawing is seen.

/// Largest side of the matrix of a convolution; three is usual.
const MOST: f64 = 4096.0;

/// Writes the start tag of a convolution with an order that can be read; `None`: its own can.
pub(super) fn bounded(tag: &str) -> Option<String> {
    let range = value_of(tag, "order")?;
    let order = tag.get(range.clone())?;
    let numbers = order.split(|c: char| c == ',' || c.is_whitespace()).filter(|number| !number.is_empty());
    let is_huge = numbers.map(str::parse::<f64>).any(|number| number.is_ok_and(|number| number > MOST));
    is_huge
        .then(|| format!("{}0{}", tag.get(..range.start).unwrap_or_default(), tag.get(range.end..).unwrap_or_default()))
}

/// Finds the value of an attribute in a start tag, without its quotes.
fn value_of(tag: &str, name: &str) -> Option<std::ops::Range<usize>> {
    let mut at = tag.find(char::is_whitespace)?;
    loop {
        at += tag.get(at..)?.find(|c: char| !c.is_whitespace())?;
        let rest = tag.get(at..)?;
        let equals = rest.find('=')?;
        let found = rest.get(..equals)?.trim_end();
        at += equals + 1;
        at += tag.get(at..)?.find(|c: char| !c.is_whitespace())?;
        let quote = tag.get(at..)?.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let start = at + 1;
        let end = start + tag.get(start..)?.find(quote)?;
        if found == name {
            return Some(start..end);
        }
        at = end + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_beyond_reason_is_none() {
        let table = [
            (
                "<feConvolveMatrix order='100000 100000' kernelMatrix='1'/>",
                Some("<feConvolveMatrix order='0' kernelMatrix='1'/>"),
            ),
            (
                "<feConvolveMatrix in='order=9' order = \"3,1e9\">",
                Some("<feConvolveMatrix in='order=9' order = \"0\">"),
            ),
            ("<feConvolveMatrix order='300'/>", None),
            ("<feConvolveMatrix order='many'/>", None),
            ("<feConvolveMatrix border='100000'/>", None),
            ("<feConvolveMatrix order", None),
            ("<feConvolveMatrix/>", None),
        ];
        for (tag, expected) in table {
            assert_eq!(bounded(tag).as_deref(), expected, "{tag}");
        }
    }
}
