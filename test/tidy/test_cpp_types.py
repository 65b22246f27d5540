"""The finder of types itself is measured first."""

from cpp_types import types_of

EXAMPLE = """
namespace thimble {
enum class Kind : int { kOne };
struct Declared;
template <class T, class U = std::vector<T>>
class Box final : public Base<T> {
  struct Inner {};
};
template <>
struct Box<int> {};
struct Plain { int brace{1}; };
struct Plain Make(struct Plain given) {
  struct Local {};
  return {};
}
namespace {
struct Hidden {};
}  // namespace
namespace inner {
union Bits { int whole; };
}
}  // namespace thimble
"""


def test_types_in_named_namespaces_are_found_and_no_others():
    assert types_of(EXAMPLE) == ["thimble::Kind", "thimble::Box", "thimble::Plain", "thimble::inner::Bits"]
