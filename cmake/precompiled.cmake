# The headers of others that most files include, parsed once for each way of compiling: `core` for what every file
# uses, `server` for that and Asio; each once more with GoogleTest for the tests. Our own headers are never in them, so
# that a change of ours builds what includes it and no more.

set(thimble_core_headers
  <algorithm> <array> <chrono> <cstddef> <cstdint> <functional> <memory> <optional> <span> <string> <string_view>
  <unordered_map> <utility> <vector> <tl/expected.hpp>)
set(thimble_server_headers
  ${thimble_core_headers}
  <boost/asio/any_io_executor.hpp> <boost/asio/as_tuple.hpp> <boost/asio/awaitable.hpp> <boost/asio/co_spawn.hpp>
  <boost/asio/detached.hpp> <boost/asio/io_context.hpp> <boost/asio/ip/tcp.hpp> <boost/asio/steady_timer.hpp>
  <boost/asio/this_coro.hpp> <boost/asio/use_awaitable.hpp>)

# thimble_carry_headers(core HEADERS ... LIBRARIES ...): an object file whose only purpose is to own a precompiled header
# that targets compiled in the same way share.
function(thimble_carry_headers name)
  cmake_parse_arguments(ARG "" "" "HEADERS;LIBRARIES;OPTIONS" ${ARGN})
  set(source ${CMAKE_BINARY_DIR}/precompiled/${name}.cc)
  file(CONFIGURE OUTPUT ${source} CONTENT "// Owns a precompiled header and nothing else.\n")
  add_library(thimble_precompiled_${name} OBJECT EXCLUDE_FROM_ALL ${source})
  target_link_libraries(thimble_precompiled_${name} PRIVATE thimble_options ${ARG_LIBRARIES})
  target_compile_options(thimble_precompiled_${name} PRIVATE ${ARG_OPTIONS})
  target_precompile_headers(thimble_precompiled_${name} PRIVATE ${ARG_HEADERS})
endfunction()

if(THIMBLE_PRECOMPILE)
  thimble_carry_headers(core HEADERS ${thimble_core_headers} LIBRARIES tl::expected)
  thimble_carry_headers(server HEADERS ${thimble_server_headers}
    LIBRARIES tl::expected Boost::headers Threads::Threads)
  if(THIMBLE_TESTS)
    thimble_carry_headers(core_test HEADERS ${thimble_core_headers} <gtest/gtest.h> <gmock/gmock.h>
      LIBRARIES tl::expected GTest::gmock OPTIONS ${THIMBLE_TEST_OPTIMIZATION})
    thimble_carry_headers(server_test HEADERS ${thimble_server_headers} <gtest/gtest.h> <gmock/gmock.h>
      LIBRARIES tl::expected Boost::headers Threads::Threads GTest::gmock OPTIONS ${THIMBLE_TEST_OPTIMIZATION})
  endif()
endif()

# thimble_use_precompiled(target server_test)
function(thimble_use_precompiled target name)
  if(THIMBLE_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM thimble_precompiled_${name})
  endif()
endfunction()
