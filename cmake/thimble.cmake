# How every target of this project is built: language level, warnings, sanitizers, and the two kinds of targets.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})

find_program(THIMBLE_CCACHE ccache)
if(THIMBLE_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${THIMBLE_CCACHE})
endif()

set(THIMBLE_SANITIZE "" CACHE STRING "Value for -fsanitize=, or empty")
if(THIMBLE_SANITIZE)
  # The vptr check looks at an object through a pipe, which the workers' sandbox refuses: every class that a worker is
  # the first to use would count as an error.
  add_compile_options(-fsanitize=${THIMBLE_SANITIZE} -fno-sanitize=vptr -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${THIMBLE_SANITIZE})
endif()

if(THIMBLE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)  # coverage of the parsers; thimble_fuzzer links the driver
endif()

add_library(thimble_options INTERFACE)
target_compile_options(thimble_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wnon-virtual-dtor -Wold-style-cast
  -Woverloaded-virtual -Wimplicit-fallthrough -Wformat=2
  -fstack-protector-strong)
# What GCC's optimizer says of the inside of a moved std::string is wrong (GCC bug 105329 and its kin). It hides that in
# system headers, but not in precompiled ones.
if(THIMBLE_PRECOMPILE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(thimble_options INTERFACE -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread)
endif()
if(THIMBLE_WERROR)
  target_compile_options(thimble_options INTERFACE -Werror)
endif()
target_compile_definitions(thimble_options INTERFACE THIMBLE_VERSION="${PROJECT_VERSION}")
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_definitions(thimble_options INTERFACE _FORTIFY_SOURCE=2)
endif()
target_include_directories(thimble_options INTERFACE ${PROJECT_SOURCE_DIR}/src)
# For every file alike: some libraries of others ask for it and some do not, and a precompiled header serves only files that
# are compiled as it was.
add_compile_options(-pthread)
add_link_options(-pthread -Wl,-z,relro,-z,now)

# What is tested stays as optimized as it is. The tests themselves are not optimized: that took most of their time to
# compile, more than it spares when they run.
set(THIMBLE_TEST_OPTIMIZATION -O0 -U_FORTIFY_SOURCE)
# Code in Highway's vectors is worth more under the sanitizers: without optimization each vector of the emulated target
# lives on the stack, where the address sanitizer guards it.
set(THIMBLE_VECTOR_OPTIMIZATION)
if(THIMBLE_SANITIZE)
  set(THIMBLE_VECTOR_OPTIMIZATION -O2)
endif()
# Vectors share nothing between threads, so one real target is enough for the thread sanitizer. A sanitized program runs
# on the machine that built it, so the other sanitizers leave out what this machine cannot run.
if(THIMBLE_SANITIZE STREQUAL "thread")
  add_compile_definitions("HWY_DISABLED_TARGETS=(HWY_SSSE3|HWY_SSE4|HWY_AVX3|HWY_AVX3_DL)")
elseif(THIMBLE_SANITIZE AND EXISTS /proc/cpuinfo)
  file(STRINGS /proc/cpuinfo THIMBLE_AVX512 REGEX "avx512bw" LIMIT_COUNT 1)
  if(NOT THIMBLE_AVX512)
    add_compile_definitions("HWY_DISABLED_TARGETS=(HWY_AVX3|HWY_AVX3_DL)")
  endif()
endif()

# Which precompiled headers the targets of a folder use (cmake/precompiled.cmake); folders whose files include Asio set it
# to `server`.
set(THIMBLE_PRECOMPILED core)

# thimble_library(codec SOURCES a.cc b.cc DEPENDS thimble_base PkgConfig::Jpeg): the static library thimble_codec.
function(thimble_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;PRIVATE_DEPENDS" ${ARGN})
  add_library(thimble_${name} STATIC ${ARG_SOURCES})
  target_link_libraries(thimble_${name} PUBLIC ${ARG_DEPENDS} PRIVATE thimble_options ${ARG_PRIVATE_DEPENDS})
  thimble_use_precompiled(thimble_${name} ${THIMBLE_PRECOMPILED})
endfunction()

# thimble_test(codec_test SOURCES jpeg_decoder_test.cc DEPENDS thimble_codec): a GoogleTest program, known to ctest.
function(thimble_test name)
  if(NOT THIMBLE_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE thimble_options ${ARG_DEPENDS} GTest::gmock GTest::gtest_main)
  target_compile_options(${name} PRIVATE ${THIMBLE_TEST_OPTIMIZATION})
  thimble_use_precompiled(${name} ${THIMBLE_PRECOMPILED}_test)
  gtest_discover_tests(${name} NO_PRETTY_VALUES DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300)
endfunction()

# thimble_fuzzer(request_url_fuzz SOURCES request_url_fuzz.cc DEPENDS thimble_url): with THIMBLE_FUZZ a libFuzzer
# program; otherwise a test that replays fuzz/corpus/<name>/ once.
function(thimble_fuzzer name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE thimble_options ${ARG_DEPENDS})
  if(THIMBLE_FUZZ)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(${name} PRIVATE ${PROJECT_SOURCE_DIR}/fuzz/replay_main.cc)
    add_test(NAME ${name}_corpus COMMAND ${name} ${PROJECT_SOURCE_DIR}/fuzz/corpus/${name})
  endif()
endfunction()
