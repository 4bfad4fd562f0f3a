//! The IDX format: a big-endian header (magic number, count, sizes), then one byte a value.
//!
//! Described on <http://yann.lecun.com/exdb/mnist/>. The header is believed only within bounds, and
//! the content has to be exactly as long as it says: at most one byte more is ever read or
//! allocated, so a gzip bomb stays small.

use std::io::{self, Read};

use super::{MAX_BYTES, MAX_ITEMS, PictureSize, error::IdxFault};

/// Most bytes that are reserved on a header's word: 60,000 pictures.
const MAX_RESERVED: u64 = 48 << 20;

/// Bytes in three dimensions: grey pictures.
pub(super) const IMAGES_MAGIC: u32 = 0x0000_0803;

/// Bytes in four dimensions, channels last: pictures in colour. The format allows for it; convlens writes it, too.
pub(super) const COLOUR_MAGIC: u32 = 0x0000_0804;

/// Bytes in one dimension: labels.
pub(super) const LABELS_MAGIC: u32 = 0x0000_0801;

/// Reads a file of pictures, row by row: their size and all their bytes.
pub(super) fn read_images(mut file: impl Read) -> Result<(PictureSize, Vec<u8>), IdxFault> {
    let [magic, count, rows, columns] = read_header(&mut file, 0)?;
    let (header, channels) = if magic == COLOUR_MAGIC {
        let [channels] = read_header(&mut file, 16)?;
        (20, channels)
    } else {
        check_magic(IMAGES_MAGIC, magic)?;
        (16, 1)
    };
    check_count(count)?;
    let size = PictureSize {
        height: rows as usize,
        width: columns as usize,
        channels: channels as usize,
    };
    if !size.is_allowed() {
        return Err(IdxFault::Size {
            rows,
            columns,
            channels,
        });
    }
    let bytes = count as usize * size.len();
    if bytes > MAX_BYTES {
        return Err(IdxFault::TooLarge {
            bytes: bytes as u64,
        });
    }
    Ok((size, read_content(file, header, bytes)?))
}

/// Reads a file of labels: one byte each, of any value.
pub(super) fn read_labels(mut file: impl Read) -> Result<Vec<u8>, IdxFault> {
    let [magic, count] = read_header(&mut file, 0)?;
    check_magic(LABELS_MAGIC, magic)?;
    check_count(count)?;
    read_content(file, 8, count as usize)
}

/// Reads some numbers, `before` bytes after the start.
fn read_header<const FIELDS: usize>(
    file: &mut impl Read,
    before: usize,
) -> Result<[u32; FIELDS], IdxFault> {
    let header = read_exactly(file.take(4 * FIELDS as u64), 4 * FIELDS, before)?;
    let mut fields = [0; FIELDS];
    for (field, bytes) in fields.iter_mut().zip(header.chunks_exact(4)) {
        *field = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    }
    Ok(fields)
}

fn check_magic(expected: u32, found: u32) -> Result<(), IdxFault> {
    if found != expected {
        return Err(IdxFault::Magic { expected, found });
    }
    Ok(())
}

fn check_count(count: u32) -> Result<(), IdxFault> {
    if count == 0 || count > MAX_ITEMS {
        return Err(IdxFault::Count { count });
    }
    Ok(())
}

/// Reads the `length` bytes that a header of `header` bytes announces, and makes sure that they
/// are the last.
fn read_content(file: impl Read, header: usize, length: usize) -> Result<Vec<u8>, IdxFault> {
    // Asking for one byte too many tells a longer file, and makes gzip verify its own checksum.
    let content = read_exactly(file.take(length as u64 + 1), length, header)?;
    if content.len() > length {
        return Err(IdxFault::Trailing {
            expected: (header + length) as u64,
        });
    }
    Ok(content)
}

/// Reads all of `file`, which may not be shorter than `length` bytes, `before` bytes after the
/// start.
fn read_exactly(
    mut file: io::Take<impl Read>,
    length: usize,
    before: usize,
) -> Result<Vec<u8>, IdxFault> {
    let mut bytes = Vec::new();
    // A header alone gets no more than Fashion-MNIST takes; a longer file grows into it.
    bytes
        .try_reserve_exact(file.limit().min(MAX_RESERVED) as usize)
        .map_err(|error| IdxFault::Unreadable(error.into()))?;
    match file.read_to_end(&mut bytes) {
        // flate2 calls a gzip stream that breaks off an unexpected end, too.
        Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => {
            Err(IdxFault::Unreadable(error))
        }
        _ if bytes.len() < length => Err(IdxFault::Truncated {
            expected: (before + length) as u64,
            found: (before + bytes.len()) as u64,
        }),
        Err(error) => Err(IdxFault::Unreadable(error)),
        Ok(_) => Ok(bytes),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    const IMAGE_PIXELS: usize = PictureSize::FASHION_MNIST.len();

    /// A file of pictures with the given pixels, 28×28 each.
    pub fn images_file(pixels: &[u8]) -> Vec<u8> {
        let count = (pixels.len() / IMAGE_PIXELS) as u32;
        [&header(&[IMAGES_MAGIC, count, 28, 28]), pixels].concat()
    }

    /// A file of labels.
    pub fn labels_file(labels: &[u8]) -> Vec<u8> {
        [&header(&[LABELS_MAGIC, labels.len() as u32]), labels].concat()
    }

    fn header(fields: &[u32]) -> Vec<u8> {
        fields
            .iter()
            .flat_map(|field| field.to_be_bytes())
            .collect()
    }

    #[test]
    fn another_kind_of_file_is_named() {
        let labels = labels_file(&[1; 20]);
        assert!(matches!(
            read_images(&labels[..]),
            Err(IdxFault::Magic {
                expected: 0x803,
                found: 0x801
            })
        ));
        let images = images_file(&[0; IMAGE_PIXELS]);
        assert!(matches!(
            read_labels(&images[..]),
            Err(IdxFault::Magic {
                expected: 0x801,
                found: 0x803
            })
        ));
    }

    #[test]
    fn pictures_may_have_any_size_within_bounds() {
        let pixels: Vec<u8> = (0..2 * 9 * 11).map(|at| at as u8).collect();
        let file = [header(&[IMAGES_MAGIC, 2, 9, 11]), pixels.clone()].concat();
        let (size, read) = read_images(&file[..]).unwrap();
        assert_eq!((size.height, size.width, size.channels), (9, 11, 1));
        assert_eq!(read, pixels);
        let pixels = vec![7; 8 * 9 * 3];
        let file = [header(&[COLOUR_MAGIC, 1, 8, 9, 3]), pixels.clone()].concat();
        let (size, read) = read_images(&file[..]).unwrap();
        assert_eq!((size.height, size.width, size.channels), (8, 9, 3));
        assert_eq!(read, pixels);
        for (sides, channels) in [((7, 28), 1), ((28, 257), 1), ((28, 28), 4), ((28, 28), 0)] {
            let file = header(&[COLOUR_MAGIC, 1, sides.0, sides.1, channels]);
            assert!(matches!(
                read_images(&file[..]),
                Err(IdxFault::Size { rows, columns, channels: c }) if (rows, columns) == sides && c == channels
            ));
        }
        let file = header(&[IMAGES_MAGIC, MAX_ITEMS, 256, 256]);
        let fault = read_images(&file[..]);
        assert!(matches!(fault, Err(IdxFault::TooLarge { .. })));
    }

    #[test]
    fn an_absurd_count_is_refused_before_memory_is_asked_for() {
        for count in [0, MAX_ITEMS + 1, u32::MAX] {
            let images = header(&[IMAGES_MAGIC, count, 28, 28]);
            assert!(
                matches!(read_images(&images[..]), Err(IdxFault::Count { count: c }) if c == count)
            );
            let labels = header(&[LABELS_MAGIC, count]);
            assert!(
                matches!(read_labels(&labels[..]), Err(IdxFault::Count { count: c }) if c == count)
            );
        }
    }

    #[test]
    fn an_endless_file_is_read_one_byte_too_far_and_no_further() {
        /// A header, then zeros for ever, as from a gzip bomb; counts what is taken.
        struct Bomb {
            header: Vec<u8>,
            taken: usize,
        }
        impl Read for Bomb {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                for byte in buffer.iter_mut() {
                    *byte = self.header.get(self.taken).copied().unwrap_or(0);
                    self.taken += 1;
                }
                Ok(buffer.len())
            }
        }
        let mut bomb = Bomb {
            header: header(&[IMAGES_MAGIC, 1, 28, 28]),
            taken: 0,
        };
        assert!(matches!(
            read_images(&mut bomb),
            Err(IdxFault::Trailing { expected: 800 })
        ));
        assert_eq!(bomb.taken, 801);
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(
            labels in prop::collection::vec(any::<u8>(), 1..300),
            pixel in any::<u8>(),
            count in 1_usize..5,
        ) {
            prop_assert_eq!(read_labels(&labels_file(&labels)[..]).unwrap(), labels);
            let pixels: Vec<u8> =
                (0..count * IMAGE_PIXELS).map(|index| pixel.wrapping_add(index as u8)).collect();
            prop_assert_eq!(read_images(&images_file(&pixels)[..]).unwrap().1, pixels);
        }

        #[test]
        fn every_file_that_breaks_off_is_told(
            count in 1_usize..4,
            cut in any::<prop::sample::Index>(),
        ) {
            let file = images_file(&vec![5; count * IMAGE_PIXELS]);
            let cut = cut.index(file.len());
            let expected = if cut < 16 { 16 } else { file.len() as u64 };
            match read_images(&file[..cut]) {
                Err(IdxFault::Truncated { expected: e, found }) => {
                    prop_assert_eq!((e, found), (expected, cut as u64));
                }
                other => prop_assert!(false, "{:?}", other),
            }
        }

        #[test]
        fn every_file_that_goes_on_is_told(extra in 1_usize..50) {
            let mut file = labels_file(&[3; 10]);
            file.resize(18 + extra, 3);
            let told = matches!(read_labels(&file[..]), Err(IdxFault::Trailing { expected: 18 }));
            prop_assert!(told);
        }

        #[test]
        fn no_bytes_whatever_make_it_panic_or_invent(
            mut file in prop::collection::vec(any::<u8>(), 0..900),
            genuine in 0_usize..16,
        ) {
            // Keep a few bytes of a true header, so that every check is reached.
            let header = header(&[IMAGES_MAGIC, 1, 28, 28]);
            let kept = genuine.min(file.len());
            file[..kept].copy_from_slice(&header[..kept]);
            if let Ok((_, pixels)) = read_images(&file[..]) {
                prop_assert_eq!(&pixels[..], &file[16..]);
            }
            if let Ok(labels) = read_labels(&file[..]) {
                prop_assert_eq!(&labels[..], &file[8..]);
            }
        }
    }
}
