#include "engine/engine.h"

#include <algorithm>
#include <map>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "codec/decoder.h"
#include "codec/encoder.h"
#include "engine/fan_out.h"
#include "engine/orient.h"
#include "engine/resample_sink.h"
#include "engine/source_color.h"
#include "engine/target_color.h"
#include "plan/plan.h"

namespace thimble {
namespace {

// From containers; workers run under a memory limit.
template <class Work>
auto WithinMemory(Work work) -> decltype(work()) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return Fail(ErrorCode::kImageTooCostly, "no memory");
  }
}

struct Target {
  std::size_t index;  // among those asked for
  Plan plan;
};
// Those that one decode serves: all of its scale.
using Group = std::vector<Target>;
using SmallPictures = std::vector<Expected<PlanarImage>>;

// A group's receivers of one decode.
class GroupSinks {
 public:
  static Expected<GroupSinks> Create(Decoder& decoder, const SourceInfo& info, const Group& group);

  FanOut& fan_out() { return fan_out_; }
  bool complete() const {
    return std::all_of(sinks_.begin(), sinks_.end(), [](const auto& sink) { return !!sink; });
  }
  // A target whose rows were complete before the decoding failed is as well off as alone, where the
  // decoding would have ended there.
  SmallPictures TakePictures(const Status& decoded) &&;

 private:
  std::vector<Expected<ResampleSink>> sinks_;
  FanOut fan_out_;  // to those among them that are; moving the vector moves none of them
};

Expected<GroupSinks> GroupSinks::Create(Decoder& decoder, const SourceInfo& info,
                                        const Group& group) {
  THIMBLE_TRY(const std::vector<PlaneLayout> layouts,
              decoder.Start(group.front().plan.decode_scale));
  GroupSinks made;
  for (const Target& target : group) {
    made.sinks_.push_back(ResampleSink::Create(target.plan, info, layouts));
  }
  for (auto& sink : made.sinks_) {
    if (sink) made.fan_out_.Add(*sink);
  }
  return made;
}

SmallPictures GroupSinks::TakePictures(const Status& decoded) && {
  SmallPictures pictures;
  for (auto& sink : sinks_) {
    if (!sink) {
      pictures.emplace_back(Forward(sink));
    } else if (!decoded && !sink->done()) {
      pictures.emplace_back(tl::unexpected(decoded.error()));
    } else {
      pictures.push_back(std::move(*sink).TakePicture());
    }
  }
  return pictures;
}

// The outer error is everybody's.
Expected<SmallPictures> DecodeSmall(Decoder& decoder, const SourceInfo& info, const Group& group) {
  THIMBLE_TRY(GroupSinks sinks, GroupSinks::Create(decoder, info, group));
  const Status decoded = sinks.fan_out().empty() ? Status{} : decoder.Decode(sinks.fan_out());
  return std::move(sinks).TakePictures(decoded);
}

Expected<std::size_t> Encode(const PlanarImage& picture, const Plan& plan, MutableByteSpan out) {
  switch (plan.format) {
    case ImageFormat::kJpeg: return EncodeJpeg(picture, plan.jpeg_quality, out);
    case ImageFormat::kPng: return EncodePng(picture, out);
    case ImageFormat::kWebp: return EncodeWebp(picture, plan.webp_quality, out);
  }
  return Fail(ErrorCode::kInternal, "no encoder");
}

Expected<ResizeOutcome> Finish(Expected<PlanarImage> small, const Plan& plan,
                               const SourceInfo& info, MutableByteSpan out) {
  THIMBLE_TRY(PlanarImage picture, std::move(small));
  THIMBLE_TRY(picture, TurnUpright(std::move(picture), plan.orientation));
  THIMBLE_TRY(picture, ToTargetColor(std::move(picture), plan, info.icc_profile));
  THIMBLE_TRY(const std::size_t bytes, Encode(picture, plan, out));
  return ResizeOutcome{bytes, plan.format, plan.output};
}

// An original whose header has been read, and what to make of it.
struct Opened {
  std::unique_ptr<Decoder> decoder;
  SourceInfo info;
  std::map<DecodeScale, Group> groups;
  std::vector<std::pair<std::size_t, Error>> refused;
};

std::vector<Expected<Plan>> MakePlans(std::span<const TransformSpec> targets,
                                      const SourceInfo& info, const PictureLimits& limits) {
  std::vector<Expected<Plan>> plans;
  plans.reserve(targets.size());
  for (const TransformSpec& target : targets) plans.push_back(MakePlan(target, info, limits));
  return plans;
}

bool IsScaled(const Expected<Plan>& plan) { return plan && plan->decode_scale != DecodeScale{}; }

Expected<Opened> Open(ByteSpan source, std::span<const TransformSpec> targets,
                      const PictureLimits& limits) {
  Opened opened;
  THIMBLE_TRY(opened.decoder, OpenDecoder(source, limits));
  opened.info = PrepareColor(*opened.decoder);
  std::vector<Expected<Plan>> plans = MakePlans(targets, opened.info, limits);
  // Plans of full decodes stay as they are: whoever shares the batch makes the engine look, they do
  // not depend on what it sees.
  if (std::ranges::any_of(plans, IsScaled) && opened.decoder->HoldsFinePattern()) {
    opened.info.has_fine_pattern = true;
    plans = MakePlans(targets, opened.info, limits);
  }
  for (std::size_t i = 0; i < plans.size(); ++i) {
    if (plans[i]) {
      opened.groups[plans[i]->decode_scale].push_back({i, *plans[i]});
    } else {
      opened.refused.emplace_back(i, std::move(plans[i].error()));
    }
  }
  return opened;
}

// Every group's, in order, from one pass over the source; none where that does not work out.
Expected<std::vector<SmallPictures>> DecodeTogether(const Opened& opened) {
  std::vector<GroupSinks> sinks;
  for (const auto& [scale, group] : opened.groups) {
    THIMBLE_TRY(GroupSinks of_group, GroupSinks::Create(*opened.decoder, opened.info, group));
    if (!of_group.complete()) return std::vector<SmallPictures>{};
    sinks.push_back(std::move(of_group));
  }
  std::vector<ScaledSink> outputs;
  outputs.reserve(sinks.size());
  for (const auto& [scale, group] : opened.groups) {
    outputs.push_back({scale, &sinks[outputs.size()].fan_out()});
  }
  std::vector<SmallPictures> pictures;
  if (!opened.decoder->DecodeTogether(outputs)) return pictures;
  for (GroupSinks& of_group : sinks) pictures.push_back(std::move(of_group).TakePictures({}));
  return pictures;
}

// The decoder is gone when the results are encoded: one's memory is the other's. One that is opened
// anew is a JPEG's, for other formats have one scale and so one group.
Expected<SmallPictures> DecodeGroup(std::unique_ptr<Decoder> decoder, ByteSpan source,
                                    const PictureLimits& limits, const SourceInfo& info,
                                    const Group& group) {
  if (!decoder) {
    THIMBLE_TRY(decoder, OpenDecoder(source, limits));
  }
  return DecodeSmall(*decoder, info, group);
}

void DeliverGroup(Expected<SmallPictures> pictures, const SourceInfo& info, const Group& group,
                  ResultSink& results) {
  for (std::size_t i = 0; i < group.size(); ++i) {
    const auto finish = [&]() -> Expected<ResizeOutcome> {
      if (!pictures) return tl::unexpected(pictures.error());
      return Finish(std::move((*pictures)[i]), group[i].plan, info, results.Room());
    };
    results.Deliver(group[i].index, WithinMemory(finish));
  }
}

// Gives false, with nothing delivered, where the groups have to be decoded one by one: also when
// there is not the memory for all at once.
bool ResizeTogether(Opened& opened, ResultSink& results) {
  if (opened.groups.size() < 2) return false;
  auto pictures = WithinMemory([&] { return DecodeTogether(opened); });
  if (!pictures || pictures->empty()) return false;
  opened.decoder.reset();
  std::size_t next = 0;
  for (const auto& [scale, group] : opened.groups) {
    DeliverGroup(std::move((*pictures)[next++]), opened.info, group, results);
  }
  return true;
}

class SingleResult final : public ResultSink {
 public:
  explicit SingleResult(MutableByteSpan out) : out_(out) {}

  MutableByteSpan Room() override { return out_; }
  void Deliver(std::size_t, Expected<ResizeOutcome> outcome) override {
    outcome_ = std::move(outcome);
  }
  Expected<ResizeOutcome> Take() && { return std::move(outcome_); }

 private:
  MutableByteSpan out_;
  Expected<ResizeOutcome> outcome_ = Fail(ErrorCode::kInternal, "no outcome");
};

}  // namespace

void ResizePictures(ByteSpan source, std::span<const TransformSpec> targets,
                    const PictureLimits& limits, ResultSink& results) {
  auto opened = WithinMemory([&] { return Open(source, targets, limits); });
  if (!opened) {
    for (std::size_t i = 0; i < targets.size(); ++i) {
      results.Deliver(i, tl::unexpected(opened.error()));
    }
    return;
  }
  for (auto& [target, error] : opened->refused) results.Deliver(target, tl::unexpected(error));
  if (ResizeTogether(*opened, results)) return;
  for (const auto& [scale, targets_of_scale] : opened->groups) {
    const Group& group = targets_of_scale;  // lambdas cannot capture structured bindings yet
    auto pictures = WithinMemory([&] {
      return DecodeGroup(std::move(opened->decoder), source, limits, opened->info, group);
    });
    DeliverGroup(std::move(pictures), opened->info, group, results);
  }
}

Expected<ResizeOutcome> ResizePicture(ByteSpan source, const TransformSpec& spec,
                                      const PictureLimits& limits, MutableByteSpan out) {
  SingleResult result(out);
  ResizePictures(source, {&spec, 1}, limits, result);
  return std::move(result).Take();
}

}  // namespace thimble
