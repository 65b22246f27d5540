// Colours described by a few numbers instead of a profile: which light a picture's primaries are,
// and how its samples code that light's strength.
#pragma once

namespace thimble {

// CIE 1931.
struct Chromaticity {
  double x = 0;
  double y = 0;
  friend bool operator==(const Chromaticity&, const Chromaticity&) = default;
};

struct Primaries {
  Chromaticity white;
  Chromaticity red;
  Chromaticity green;
  Chromaticity blue;
  friend bool operator==(const Primaries&, const Primaries&) = default;
};

// Light (0-1) of a sample (0-1): (scale * sample + offset)^exponent from `border` on, below it
// slope * sample.
struct TransferCurve {
  double exponent = 1;
  double scale = 1;
  double offset = 0;
  double slope = 0;
  double border = 0;
  friend bool operator==(const TransferCurve&, const TransferCurve&) = default;
};

struct ColorEncoding {
  Primaries primaries;
  TransferCurve transfer;
  friend bool operator==(const ColorEncoding&, const ColorEncoding&) = default;
};

inline constexpr Chromaticity kD65 = {0.3127, 0.3290};
// IEC 61966-2-1.
inline constexpr Primaries kSrgbPrimaries = {kD65, {0.64, 0.33}, {0.30, 0.60}, {0.15, 0.06}};
inline constexpr TransferCurve kSrgbTransfer = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};

}  // namespace thimble
