#include "worker/mapping.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/memfd.h"
#include "worker/output_buffer.h"

namespace thimble {
namespace {

// As long originals are.
Expected<SealedBytes> InMemfd(std::string_view text) {
  THIMBLE_TRY(SealedBytesWriter writer, SealedBytesWriter::Create(text.size()));
  if (Status s = writer.Append(BytesOf(text)); !s) return Forward(s);
  return std::move(writer).Seal();
}

TEST(Mapping, ShowsASealedSource) {
  const auto sealed = InMemfd("picture");
  ASSERT_TRUE(sealed);
  const auto mapping = Mapping::OfSealedSource(sealed->fd(), sealed->size());
  ASSERT_TRUE(mapping) << mapping.error().detail;
  EXPECT_EQ(TextOf(mapping->bytes()), "picture");
}

TEST(Mapping, AnEmptySourceIsNoBytes) {
  const auto sealed = InMemfd({});
  ASSERT_TRUE(sealed);
  const auto mapping = Mapping::OfSealedSource(sealed->fd(), 0);
  ASSERT_TRUE(mapping) << mapping.error().detail;
  EXPECT_TRUE(mapping->bytes().empty());
}

TEST(Mapping, RefusesASourceThatSomebodyCouldStillChange) {
  const auto memfd = CreateMemfd();
  ASSERT_TRUE(memfd);
  ASSERT_EQ(::ftruncate(memfd->get(), 100), 0);
  EXPECT_FALSE(Mapping::OfSealedSource(memfd->get(), 100));
  ASSERT_EQ(::fcntl(memfd->get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE),
            0);
  EXPECT_FALSE(Mapping::OfSealedSource(memfd->get(), 100));
  ASSERT_EQ(::fcntl(memfd->get(), F_ADD_SEALS, F_SEAL_SEAL), 0);
  EXPECT_TRUE(Mapping::OfSealedSource(memfd->get(), 100));
}

TEST(Mapping, RefusesASourceShorterThanTheJobSays) {
  const auto sealed = InMemfd("picture");
  ASSERT_TRUE(sealed);
  EXPECT_FALSE(Mapping::OfSealedSource(sealed->fd(), sealed->size() + 1));
}

TEST(Mapping, RefusesWhatIsNoMemfd) {
  EXPECT_FALSE(Mapping::OfSealedSource(STDERR_FILENO, 1));
  EXPECT_FALSE(Mapping::OfSealedSource(-1, 1));
}

TEST(Mapping, RefusesAnInboxThatOthersThanTheServerCouldChange) {
  const auto memfd = CreateMemfd();
  ASSERT_TRUE(memfd);
  ASSERT_EQ(::ftruncate(memfd->get(), kMaxShortBytes), 0);
  ASSERT_EQ(::fcntl(memfd->get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW), 0);
  EXPECT_FALSE(Mapping::OfInbox(memfd->get()));
  ASSERT_EQ(::fcntl(memfd->get(), F_ADD_SEALS, F_SEAL_FUTURE_WRITE | F_SEAL_SEAL), 0);
  EXPECT_TRUE(Mapping::OfInbox(memfd->get()));
}

TEST(Mapping, WhatIsWrittenIntoAnOutputCanBeCopiedOut) {
  const auto output = OutputBuffer::Create(4096);
  ASSERT_TRUE(output);
  {
    auto mapping = Mapping::OfOutput(output->fd(), output->size());
    ASSERT_TRUE(mapping) << mapping.error().detail;
    mapping->mutable_bytes()[4095] = 42;
  }
  const auto copy = output->CopyOut(0, 4096);
  ASSERT_TRUE(copy);
  EXPECT_EQ(copy->back(), 42);
}

TEST(Mapping, RefusesAnOutputThatCouldShrink) {
  const auto memfd = CreateMemfd();
  ASSERT_TRUE(memfd);
  ASSERT_EQ(::ftruncate(memfd->get(), 100), 0);
  EXPECT_FALSE(Mapping::OfOutput(memfd->get(), 100));
}

}  // namespace
}  // namespace thimble
