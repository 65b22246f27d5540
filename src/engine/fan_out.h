// One decode's bands for several receivers, each until it has enough.
//
// Thread-safety: none. Ownership: borrows the receivers, which must stay where they are.
#pragma once

#include <span>
#include <vector>

#include "codec/decoder.h"

namespace thimble {

class FanOut : public BandSink {
 public:
  void Add(BandSink& receiver) { hungry_.push_back(&receiver); }
  bool empty() const { return hungry_.empty(); }

  bool AcceptBand(std::span<const PlaneView> band) override {
    std::erase_if(hungry_, [band](BandSink* receiver) { return !receiver->AcceptBand(band); });
    return !hungry_.empty();
  }

 private:
  std::vector<BandSink*> hungry_;  // that want more
};

}  // namespace thimble
