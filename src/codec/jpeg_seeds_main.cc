// Writes the seeds of the JPEG fuzzers into a folder, which is made: `jpeg_seeds FOLDER`.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <ios>
#include <span>

#include "codec/jpeg_seeds.h"

int main(int count, char** words) {
  const std::span arguments(words, static_cast<std::size_t>(count));
  if (arguments.size() != 2) {
    std::fputs("usage: jpeg_seeds FOLDER\n", stderr);
    return 2;
  }
  const std::filesystem::path folder = arguments[1];
  std::filesystem::create_directories(folder);
  for (const thimble::JpegSeed& seed : thimble::JpegSeeds()) {
    std::ofstream file(folder / (seed.name + ".jpg"), std::ios::binary);
    file.write(reinterpret_cast<const char*>(seed.bytes.data()),
               static_cast<std::streamsize>(seed.bytes.size()));
    if (!file) return 1;
  }
  return 0;
}
