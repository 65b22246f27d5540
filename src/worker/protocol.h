// What the server, the zygote and the workers say to each other: one fixed-size message a packet.
//
//   server -> zygote   Hello, Spawn                server -> worker   Batch
//   zygote -> server   Ready, Spawned,             worker -> server   WorkerReady, and for each of
//                      SpawnFailed, Exited                            a Batch's targets an Answer
//
// Messages are plain structs without padding or pointers; what is wanted travels as its canonical
// text, the same that names it everywhere else. Both programs are built together, so
// there is no byte order to agree on; the header's version refuses a mixed installation. Nothing
// that was received is used before Parse* and Decode* have checked it, on either side.
//
// Errors: kInternal from the Encode and Decode functions: a value that the other side would never
// send.
#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "image/image_format.h"
#include "image/limits.h"
#include "image/size.h"
#include "spec/canonical_text.h"
#include "spec/transform_spec.h"
#include "worker/decoder_comparison.h"
#include "worker/sandbox_features.h"

namespace thimble {

inline constexpr std::uint32_t kProtocolMagic = 0x424d4854;  // "THMB" in memory
inline constexpr std::uint16_t kProtocolVersion = 5;  // raised with every change of a message
// Where the zygote and its workers find their socket.
inline constexpr int kChannelFd = 3;
// Of the pictures Thimble writes, JPEG's are the largest a side.
inline constexpr std::int32_t kMaxResultSide = 65'535;
// In one batch. This is enough for a page's srcset; with more, the first results would wait too
// long for the last.
inline constexpr std::size_t kMaxTargets = 16;

enum class MessageKind : std::uint16_t {
  kHello = 1,
  kSpawn,
  kReady,
  kSpawned,
  kSpawnFailed,
  kExited,
  kWorkerReady,
  kBatch,
  kAnswer,
};

struct MessageHeader {
  std::uint32_t magic;
  std::uint16_t version;
  std::uint16_t kind;
  std::uint32_t size;  // bytes, with this header
  std::uint32_t reserved;
};

// Text of a fixed width, filled up with zeros.
using VersionText = std::array<char, 32>;
using DetailText = std::array<char, 96>;
using LibrariesText = std::array<char, 128>;
using SpecText = std::array<char, kMaxSpecText>;  // a TransformSpec, by its canonical text

struct HelloMessage {
  static constexpr MessageKind kKind = MessageKind::kHello;
  static constexpr std::size_t kDescriptors = 0;
  MessageHeader header;
  std::uint64_t worker_memory_bytes;
  std::uint64_t max_result_bytes;
  std::uint32_t allow_missing_sandbox;  // 0 or 1
  std::uint32_t reserved;
};

struct ReadyMessage {
  static constexpr MessageKind kKind = MessageKind::kReady;
  static constexpr std::size_t kDescriptors = 0;
  MessageHeader header;
  std::uint32_t features;  // SandboxFeature bits
  std::uint32_t landlock_abi;
  VersionText version;  // of the program
  LibrariesText libraries;
};

// "Fork a worker."
struct SpawnMessage {
  static constexpr MessageKind kKind = MessageKind::kSpawn;
  static constexpr std::size_t kDescriptors = 0;
  MessageHeader header;
};

// With the server's end of the new worker's socket and the worker's pidfd.
struct SpawnedMessage {
  static constexpr MessageKind kKind = MessageKind::kSpawned;
  static constexpr std::size_t kDescriptors = 2;
  MessageHeader header;
  std::int32_t pid;
  std::uint32_t reserved;
};

struct SpawnFailedMessage {
  static constexpr MessageKind kKind = MessageKind::kSpawnFailed;
  static constexpr std::size_t kDescriptors = 0;
  MessageHeader header;
};

struct ExitedMessage {
  static constexpr MessageKind kKind = MessageKind::kExited;
  static constexpr std::size_t kDescriptors = 0;
  MessageHeader header;
  std::int32_t pid;
  std::int32_t wait_status;  // waitpid(2)'s
};

// "I am inside the sandbox."
struct WorkerReadyMessage {
  static constexpr MessageKind kKind = MessageKind::kWorkerReady;
  static constexpr std::size_t kDescriptors = 0;
  MessageHeader header;
};

// With the memfd of the original, which is its own, sealed, or the worker's inbox, and the worker's
// output. Inbox and output are the same with each of a worker's batches.
struct BatchMessage {
  static constexpr MessageKind kKind = MessageKind::kBatch;
  static constexpr std::size_t kDescriptors = 2;
  MessageHeader header;
  std::uint64_t batch_id;
  std::uint64_t source_bytes;
  std::uint64_t output_bytes;
  std::uint64_t cpu_seconds;
  std::int64_t max_pixels;
  std::int64_t max_icc_bytes;
  std::int32_t max_side;
  std::int32_t max_jpeg_scans;
  std::uint32_t target_count;
  std::uint32_t source_in_inbox;              // 0 or 1
  std::uint32_t jpeg_by_libjpeg;              // 0 or 1
  std::uint32_t compare_decoders;             // 0 or 1
  std::array<SpecText, kMaxTargets> targets;  // the first `target_count` of them
};

struct AnswerMessage {
  static constexpr MessageKind kKind = MessageKind::kAnswer;
  static constexpr std::size_t kDescriptors = 0;
  MessageHeader header;
  std::uint64_t batch_id;
  std::uint64_t result_offset;
  std::uint64_t result_bytes;
  std::int32_t width;
  std::int32_t height;
  std::uint16_t error_code;  // 0: none
  std::uint16_t target;
  std::uint8_t format;
  std::uint8_t comparison;  // a DecoderComparison
  std::uint8_t reserved[2];
  DetailText detail;  // of the error
};

template <class T>
concept Message =
    std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T> && requires {
      { T::kKind } -> std::convertible_to<MessageKind>;
      { T::kDescriptors } -> std::convertible_to<std::size_t>;
    };

static_assert(Message<HelloMessage> && sizeof(HelloMessage) == 40);
static_assert(Message<ReadyMessage> && sizeof(ReadyMessage) == 184);
static_assert(Message<SpawnMessage> && sizeof(SpawnMessage) == 16);
static_assert(Message<SpawnedMessage> && sizeof(SpawnedMessage) == 24);
static_assert(Message<SpawnFailedMessage> && sizeof(SpawnFailedMessage) == 16);
static_assert(Message<ExitedMessage> && sizeof(ExitedMessage) == 24);
static_assert(Message<WorkerReadyMessage> && sizeof(WorkerReadyMessage) == 16);
static_assert(Message<BatchMessage> && sizeof(BatchMessage) == 2136);
static_assert(Message<AnswerMessage> && sizeof(AnswerMessage) == 152);

// No message is longer.
inline constexpr std::size_t kMaxMessageBytes = sizeof(BatchMessage);

template <Message M>
M NewMessage() {
  M message{};
  message.header = {.magic = kProtocolMagic,
                    .version = kProtocolVersion,
                    .kind = static_cast<std::uint16_t>(M::kKind),
                    .size = sizeof(M),
                    .reserved = 0};
  return message;
}

template <Message M>
ByteSpan BytesOfMessage(const M& message) {
  return {reinterpret_cast<const std::uint8_t*>(&message), sizeof(M)};
}

// Nothing unless the packet is exactly one message of this kind with its number of descriptors.
template <Message M>
std::optional<M> ParseMessage(ByteSpan packet, std::size_t descriptors) {
  if (packet.size() != sizeof(M) || descriptors != M::kDescriptors) return std::nullopt;
  M message{};
  std::memcpy(&message, packet.data(), sizeof(M));
  const MessageHeader expected = NewMessage<M>().header;
  if (std::memcmp(&message.header, &expected, sizeof expected) != 0) return std::nullopt;
  return message;
}

// What a worker is told: make these pictures of this original.
struct BatchOrder {
  std::uint64_t batch_id = 0;
  std::vector<TransformSpec> targets;  // 1 to kMaxTargets
  PictureLimits limits;
  std::size_t source_bytes = 0;
  bool source_in_inbox = false;
  std::size_t output_bytes = 0;
  std::chrono::seconds cpu{0};  // more than it can need within its deadlines
  // Make the result that is answered last a second time, with the other JPEG decoder.
  bool compare_decoders = false;
};

Expected<BatchMessage> EncodeBatch(const BatchOrder& order);
Expected<BatchOrder> DecodeBatch(const BatchMessage& message);

// What a worker says of one result.
struct ResultFacts {
  std::size_t offset = 0;  // in the output memfd
  std::size_t bytes = 0;
  ImageFormat format = ImageFormat::kJpeg;
  Size size;
};

struct TargetAnswer {
  std::size_t target = 0;
  Expected<ResultFacts> result;  // or the engine's verdict
  DecoderComparison comparison = DecoderComparison::kNone;
};

// An error that is not the engine's to give becomes kInternal.
AnswerMessage EncodeAnswer(std::uint64_t batch_id, const TargetAnswer& answer);

// What an answer must keep within.
struct AnswerBounds {
  std::uint64_t batch_id = 0;
  std::size_t targets = 0;
  std::size_t output_bytes = 0;
};

// The outer error: the answer makes no sense, its sender cannot be trusted any more.
Expected<TargetAnswer> DecodeAnswer(const AnswerMessage& message, const AnswerBounds& bounds);

VersionText VersionTextOf(std::string_view version);

// Longer texts are cut; characters that are not printable come back as '?'.
LibrariesText LibrariesTextOf(std::string_view libraries);
std::string LibrariesFrom(const LibrariesText& text);

}  // namespace thimble
