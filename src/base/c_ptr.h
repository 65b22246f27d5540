// A unique_ptr for what C libraries allocate: `using CurlEasy = CPtr<CURL, &curl_easy_cleanup>;`
#pragma once

#include <memory>

namespace thimble {

template <auto Free>
struct CDeleter {
  template <class T>
  void operator()(T* resource) const {
    Free(resource);
  }
};

template <class T, auto Free>
using CPtr = std::unique_ptr<T, CDeleter<Free>>;

}  // namespace thimble
