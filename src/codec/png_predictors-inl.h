// What PNG's filters predict a sample to be from the samples to its left (a), above it (b) and
// above to the left (c), for vectors of 8-bit samples. For use inside Highway's per-target code
// only; no state.

// The guard is toggled so that every target gets its own.
#if defined(THIMBLE_CODEC_PNG_PREDICTORS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef THIMBLE_CODEC_PNG_PREDICTORS_INL_H
#undef THIMBLE_CODEC_PNG_PREDICTORS_INL_H
#else
#define THIMBLE_CODEC_PNG_PREDICTORS_INL_H
#endif

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace thimble::HWY_NAMESPACE {

template <class Tag>
HWY_INLINE hwy::HWY_NAMESPACE::Vec<Tag> AverageRoundedDown(Tag tag, hwy::HWY_NAMESPACE::Vec<Tag> a,
                                                           hwy::HWY_NAMESPACE::Vec<Tag> b) {
  namespace hn = hwy::HWY_NAMESPACE;
  const auto odd = hn::And(hn::Xor(a, b), hn::Set(tag, 1));
  return hn::Sub(hn::AverageRound(a, b), odd);
}

// The one of a, b, c that is nearest to a + b - c; in this order where two are equally near. Its
// distances from the smaller and the larger of a and b are those of c from the larger and the
// smaller; and if c is not between these two it is not the nearest. That fits into eight bits.
template <class Tag>
HWY_INLINE hwy::HWY_NAMESPACE::Vec<Tag> Paeth(Tag tag, hwy::HWY_NAMESPACE::Vec<Tag> a,
                                              hwy::HWY_NAMESPACE::Vec<Tag> b,
                                              hwy::HWY_NAMESPACE::Vec<Tag> c) {
  namespace hn = hwy::HWY_NAMESPACE;
  const auto low = hn::Min(a, b);
  const auto high = hn::Max(a, b);
  const auto above_low = hn::SaturatedSub(c, low);
  const auto below_high = hn::SaturatedSub(high, c);
  const auto surplus = hn::SaturatedSub(above_low, below_high);
  const auto off_centre = hn::Or(surplus, hn::SaturatedSub(below_high, above_low));
  const auto nearer = hn::Min(above_low, below_high);
  const auto a_or_b = hn::IfThenElse(hn::Eq(surplus, hn::Zero(tag)), high, low);
  return hn::IfThenElse(hn::Gt(nearer, off_centre), c, a_or_b);
}

}  // namespace thimble::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
