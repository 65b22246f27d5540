// The floor under every resizer that stands on libjpeg-turbo: decode the original's planes at the
// scale Thimble uses, encode planes of the result's size. One thread, no server, no resampling.
//
//   floor ORIGINAL.jpg RESULT.jpg [RUNS]
//
// RESULT is what Thimble answered for ORIGINAL: its width says which decode scale was used
// (measured is the next one that libjpeg-turbo has SIMD code for), its planes are what is encoded
// again (quality 80, optimal Huffman tables, as Thimble does). Prints the medians as one JSON line,
// in milliseconds of CPU time.
#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <vector>

#include <jpeglib.h>

#include "codec/decoder.h"
#include "plan/plan.h"

namespace {

using Bytes = std::vector<unsigned char>;

constexpr int kQuality = 80;
constexpr int kDefaultRuns = 11;

// One component's samples in whole blocks.
struct PaddedPlane {
  std::size_t width = 0;
  Bytes samples;
  std::vector<JSAMPROW> rows;

  void Resize(std::size_t new_width, std::size_t height) {
    width = new_width;
    samples.resize(width * height);
    rows.resize(height);
    for (std::size_t y = 0; y < height; ++y) rows[y] = samples.data() + y * width;
  }
};

struct Picture {
  std::vector<PaddedPlane> planes;
  std::vector<jpeg_component_info> components;
  unsigned width = 0;
  unsigned height = 0;
};

double CpuMilliseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

Bytes ReadFile(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::size_t BlockSide(const jpeg_component_info& component) {
#if JPEG_LIB_VERSION >= 70
  return static_cast<std::size_t>(component.DCT_v_scaled_size);
#else
  return static_cast<std::size_t>(component.DCT_scaled_size);
#endif
}

// The bands of rows that libjpeg hands out are decoded over one another, as in a server that
// consumes them at once; with `keep` the whole planes stay.
Picture Decode(const Bytes& file, int eighths, bool keep) {
  jpeg_decompress_struct libjpeg{};
  jpeg_error_mgr errors{};
  libjpeg.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&libjpeg);
  jpeg_mem_src(&libjpeg, file.data(), file.size());
  jpeg_read_header(&libjpeg, TRUE);
  libjpeg.scale_num = static_cast<unsigned>(eighths);
  libjpeg.scale_denom = DCTSIZE;
  libjpeg.out_color_space = libjpeg.jpeg_color_space;
  libjpeg.raw_data_out = TRUE;
  libjpeg.do_block_smoothing = FALSE;
  jpeg_start_decompress(&libjpeg);

  const auto count = static_cast<std::size_t>(libjpeg.num_components);
  Picture picture{.planes = std::vector<PaddedPlane>(count),
                  .components = {libjpeg.comp_info, libjpeg.comp_info + count},
                  .width = libjpeg.image_width,
                  .height = libjpeg.image_height};
  std::vector<std::size_t> band_rows;
  for (std::size_t i = 0; i < count; ++i) {
    const jpeg_component_info& component = picture.components[i];
    band_rows.push_back(static_cast<std::size_t>(component.v_samp_factor) * BlockSide(component));
    picture.planes[i].Resize(component.width_in_blocks * BlockSide(component),
                             band_rows[i] * (keep ? libjpeg.total_iMCU_rows : 1));
  }
  std::vector<JSAMPARRAY> rows(count);
  for (std::size_t band = 0; libjpeg.output_scanline < libjpeg.output_height; ++band) {
    for (std::size_t i = 0; i < count; ++i)
      rows[i] = picture.planes[i].rows.data() + (keep ? band * band_rows[i] : 0);
    jpeg_read_raw_data(&libjpeg, rows.data(),
                       static_cast<JDIMENSION>(libjpeg.max_v_samp_factor * DCTSIZE));
  }
  jpeg_finish_decompress(&libjpeg);
  jpeg_destroy_decompress(&libjpeg);
  return picture;
}

std::size_t Encode(Picture& picture) {
  jpeg_compress_struct libjpeg{};
  jpeg_error_mgr errors{};
  libjpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&libjpeg);
  unsigned char* out = nullptr;
  unsigned long bytes = 0;
  jpeg_mem_dest(&libjpeg, &out, &bytes);
  libjpeg.image_width = picture.width;
  libjpeg.image_height = picture.height;
  libjpeg.input_components = static_cast<int>(picture.planes.size());
  libjpeg.in_color_space = picture.planes.size() == 1 ? JCS_GRAYSCALE : JCS_YCbCr;
  jpeg_set_defaults(&libjpeg);
  jpeg_set_quality(&libjpeg, kQuality, TRUE);
  for (std::size_t i = 0; i < picture.planes.size(); ++i) {
    libjpeg.comp_info[i].h_samp_factor = picture.components[i].h_samp_factor;
    libjpeg.comp_info[i].v_samp_factor = picture.components[i].v_samp_factor;
  }
  libjpeg.optimize_coding = TRUE;
  libjpeg.raw_data_in = TRUE;
  jpeg_start_compress(&libjpeg, TRUE);

  std::vector<JSAMPARRAY> rows(picture.planes.size());
  for (std::size_t band = 0; libjpeg.next_scanline < libjpeg.image_height; ++band) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto band_rows = static_cast<std::size_t>(libjpeg.comp_info[i].v_samp_factor) * DCTSIZE;
      rows[i] = picture.planes[i].rows.data() + band * band_rows;
    }
    jpeg_write_raw_data(&libjpeg, rows.data(),
                        static_cast<JDIMENSION>(libjpeg.max_v_samp_factor * DCTSIZE));
  }
  jpeg_finish_compress(&libjpeg);
  jpeg_destroy_compress(&libjpeg);
  std::free(out);  // NOLINT(cppcoreguidelines-no-malloc): libjpeg allocates it so
  return bytes;
}

template <class Work>
double MedianMilliseconds(int runs, const Work& work) {
  std::vector<double> times;
  for (int i = 0; i <= runs; ++i) {
    const double began = CpuMilliseconds();
    work();
    if (i > 0) times.push_back(CpuMilliseconds() - began);  // the first run warms the caches
  }
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

int DecodeScaleFor(const Bytes& original, const Picture& result) {
  const auto decoder = thimble::OpenDecoder(original, {});
  if (!decoder) return 0;
  const thimble::SourceInfo& info = (*decoder)->info();
  thimble::TransformSpec spec;
  spec.width = static_cast<std::int32_t>(result.width);
  const auto plan = thimble::MakePlan(spec, info, {});
  if (!plan) return 0;
  // libjpeg-turbo has SIMD code for these only: the scales between decode slower than the next.
  for (const int fast : {1, 2, 4}) {
    if (plan->decode_scale.eighths <= fast) return fast;
  }
  return 8;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: floor ORIGINAL.jpg RESULT.jpg [RUNS]\n");
    return 2;
  }
  const Bytes original = ReadFile(argv[1]);
  const int runs = argc > 3 ? std::max(1, std::atoi(argv[3])) : kDefaultRuns;
  Picture result = Decode(ReadFile(argv[2]), DCTSIZE, true);
  const int eighths = DecodeScaleFor(original, result);
  if (eighths == 0) {
    std::fprintf(stderr, "floor: %s is no JPEG\n", argv[1]);
    return 1;
  }
  const double decode = MedianMilliseconds(runs, [&] { Decode(original, eighths, false); });
  const double encode = MedianMilliseconds(runs, [&] { Encode(result); });
  std::printf("{\"eighths\": %d, \"decode_ms\": %.3f, \"encode_ms\": %.3f, \"ms\": %.3f}\n",
              eighths, decode, encode, decode + encode);
  return 0;
}
