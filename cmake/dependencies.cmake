# Third-party libraries, all from Debian's packages; docs/dependencies.md says why each.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(tl-expected REQUIRED)
find_package(fmt REQUIRED)

# The worker's: codecs, colour, SIMD, sandbox.
pkg_check_modules(Jpeg REQUIRED IMPORTED_TARGET libjpeg)
pkg_check_modules(Png REQUIRED IMPORTED_TARGET libpng)
pkg_check_modules(Deflate REQUIRED IMPORTED_TARGET libdeflate)
pkg_check_modules(Zlib REQUIRED IMPORTED_TARGET zlib)
pkg_check_modules(Webp REQUIRED IMPORTED_TARGET libwebp)
pkg_check_modules(Lcms REQUIRED IMPORTED_TARGET lcms2)
pkg_check_modules(Seccomp REQUIRED IMPORTED_TARGET libseccomp)
find_package(hwy REQUIRED)

# The server's: HTTP, fetching, signing, settings, logs, metrics.
find_package(Boost 1.81 REQUIRED)
pkg_check_modules(Curl REQUIRED IMPORTED_TARGET libcurl)
find_package(OpenSSL REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(CLI11 REQUIRED)

if(THIMBLE_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()
if(THIMBLE_BENCH)
  find_package(benchmark REQUIRED)
endif()
