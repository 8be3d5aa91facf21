//! Real pictures, made here, so that the repository holds no binary files.

/// A PNG that every browser can show: `width` by `height` pixels of a gradient that depends on
/// `hue`, so that two pictures can be told apart on a screenshot.
pub(crate) fn png(width: u32, height: u32, hue: u8) -> Vec<u8> {
    let shade =
        |position: u32, length: u32| u8::try_from(position * 200 / length.max(1)).expect("at most 200");
    let pixels: Vec<u8> = (0..height)
        .flat_map(|y| (0..width).flat_map(move |x| [hue, 40 + shade(y, height), 40 + shade(x, width)]))
        .collect();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().expect("the header is small");
    writer.write_image_data(&pixels).expect("as many bytes as the header says");
    writer.finish().expect("a Vec takes everything");
    file
}

/// A PNG of at least `bytes` bytes: noise, which does not compress.
pub(crate) fn large_png(bytes: usize) -> Vec<u8> {
    let side = (1..10_000).find(|side| side * side * 3 >= bytes).expect("a picture of a sensible size");
    let mut state = 0x9e37_79b9_u32;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        // xorshift32: any generator will do, as long as it is the same every time.
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[0]
    })
    .take(side * side * 3)
    .collect();
    let side = u32::try_from(side).expect("at most ten thousand");
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, side, side);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().expect("the header is small");
    writer.write_image_data(&noise).expect("as many bytes as the header says");
    writer.finish().expect("a Vec takes everything");
    assert!(file.len() >= bytes);
    file
}
