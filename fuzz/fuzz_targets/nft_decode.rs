//! NFT marker files: whatever decodes must survive being encoded and decoded again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vertex_markers::nft::{FeatureSet, ImageSet, KeypointSet, MarkerFiles};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(set) = KeypointSet::decode(bytes) {
        assert_eq!(set.encode(), bytes);
    }
    if let Ok(set) = FeatureSet::decode(bytes) {
        assert_eq!(set.encode(), bytes);
    }
    if let Ok(set) = ImageSet::decode(bytes) {
        assert_eq!(set.encode(), bytes);
        if set.size().is_ok_and(|(width, height, _)| u64::from(width) * u64::from(height) < 1 << 20)
        {
            let _ = set.levels();
        }
    }
    let _ = MarkerFiles::from_zft(bytes);
});
